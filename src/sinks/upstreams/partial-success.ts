import { isRecord } from "../../lib/plain-data.ts";
import { ProtobufReader, LENGTH, VARINT } from "../../otlp/protobuf/reader.ts";
import { Trail } from "../../otlp/refusals.ts";
import type { SinkAnswer } from "../sink.ts";

/** `message`: as it came. */
export type PartialSuccess = { readonly rejected: number; readonly message: string };

/**
 * The partial success in an Export…ServiceResponse of any signal (OTLP/HTTP Response, Partial Success), in JSON or protobuf;
 * `undefined` if all was accepted. An answer in any other form counts as a full success: many receivers answer with one of their own.
 */
export function readPartialSuccess({
  headers,
  body,
}: Pick<SinkAnswer, "headers" | "body">): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  const type = headers.get("content-type") ?? "";
  const read = /protobuf/.test(type) ? fromProtobuf(body) : /json/.test(type) ? fromJson(body) : undefined;
  if (read === undefined || (read.rejected === 0 && read.message === "")) return undefined;
  return read;
}

/** Of each signal; some receivers write the names of the schema. */
const REJECTED = [
  "rejectedSpans",
  "rejected_spans",
  "rejectedLogRecords",
  "rejected_log_records",
  "rejectedDataPoints",
  "rejected_data_points",
];

function fromJson(body: Uint8Array): PartialSuccess | undefined {
  try {
    const response: unknown = JSON.parse(new TextDecoder().decode(body));
    const partial = isRecord(response) ? (response["partialSuccess"] ?? response["partial_success"]) : undefined;
    if (!isRecord(partial)) return undefined;
    const counts = REJECTED.map((name) => partial[name]);
    const rejected = Number(counts.find((given) => given !== undefined) ?? 0);
    const message = partial["errorMessage"] ?? partial["error_message"];
    return {
      rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
      message: typeof message === "string" ? message : "",
    };
  } catch {
    return undefined;
  }
}

/**
 * | Export…ServiceResponse | | Export…PartialSuccess | |
 * |---|---|---|---|
 * | 1 | partial_success | 1 | rejected_spans, rejected_log_records, rejected_data_points: int64 |
 * | | | 2 | error_message: string |
 */
function fromProtobuf(body: Uint8Array): PartialSuccess | undefined {
  const reader = new ProtobufReader(body, new Trail());
  let rejected = 0;
  let message = "";
  while (reader.more) {
    const tag = reader.tag();
    if (tag !== ((1 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    while (reader.more) {
      const field = reader.tag();
      if (field === ((1 << 3) | VARINT)) rejected = Number(reader.int64());
      else if (field === ((2 << 3) | LENGTH)) message = reader.string("error_message");
      else reader.skip(field);
    }
    reader.leave(outer);
  }
  return reader.fault === undefined ? { rejected: Math.max(0, rejected), message } : undefined;
}
