import { closedRequest, openRequest, questionFromName, questionIn, requestInEvent } from "../facts/input-request.ts";
import type { InputRequest } from "../facts/input-request.ts";
import type { AnyValue, KeyValue } from "../otel/span.ts";

/** The input request that a log record reports; `undefined` if there is none. */
export function inputRequestOfRecord(record: {
  readonly name: string;
  readonly attributes: readonly KeyValue[];
  readonly body: AnyValue | undefined;
  /** Unix nanoseconds. */
  readonly time: bigint;
}): InputRequest | undefined {
  const { name, attributes, body, time } = record;
  const request = requestInEvent(name, attributes);
  if (request === undefined) return undefined;
  if (request.state === "closed") return closedRequest(time, request.task);
  const inBody = body === undefined ? undefined : questionIn(body);
  const question = request.question ?? inBody ?? questionFromName(name);
  const open = openRequest(time, request.task, question, request.tool);
  return request.by === "name" ? { ...open, untilEnd: true } : open;
}
