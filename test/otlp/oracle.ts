import { readFileSync } from "node:fs";
import protobuf from "protobufjs";

const { root } = protobuf.parse(readFileSync(new URL("../fixtures/otlp/trace.proto", import.meta.url), "utf8"));
const TRACES = "ExportTraceServiceRequest";
const IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** Decodes a protobuf request with a library to OTLP/JSON; throws if the library cannot decode it. */
export function libraryDecode(bytes: Uint8Array, type = TRACES): unknown {
  const request = root.lookupType(type);
  const plain = request.toObject(request.decode(bytes), { longs: String, bytes: String, json: true, arrays: false });
  return withIds(plain, (id) => Buffer.from(id, "base64").toString("hex"));
}

/** Encodes OTLP/JSON as protobuf with the library. */
export function libraryEncode(request: unknown, type = TRACES): Uint8Array {
  const plain = withIds(request, (id) => Buffer.from(id, "hex").toString("base64"));
  const message = root.lookupType(type);
  return message.encode(message.fromObject(plain as Record<string, unknown>)).finish();
}

export function libraryRead(type: string, bytes: Uint8Array): unknown {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: String, bytes: Array });
}

function withIds(value: unknown, change: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => withIds(element, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === "string" && IDS.has(key) ? change(field) : withIds(field, change),
    ]),
  );
}
