import type { LogRecord } from "../../otel/log-record.ts";
import { addDropped, canonicalRecord } from "../canonical.ts";
import type { JsonDecoding, JsonObject } from "./scalars.ts";
import { readEnum, readId, readText, readTime, readUint32 } from "./scalars.ts";
import { attributesCut, readAttributes, readBody } from "./values.ts";

/** `decoding.rejection` says whether the record is accepted. Its ids refer to a span; missing ids are no fault. */
export function readRecord(decoding: JsonDecoding, input: JsonObject): LogRecord {
  return canonicalRecord({
    timeUnixNano: readTime(decoding, "timeUnixNano", input["timeUnixNano"]),
    observedTimeUnixNano: readTime(decoding, "observedTimeUnixNano", input["observedTimeUnixNano"]),
    severityNumber: readEnum(decoding, "severityNumber", input["severityNumber"]),
    severityText: readText(decoding, "severityText", input["severityText"]),
    body: readBody(decoding, input["body"]),
    attributes: readAttributes(decoding, input["attributes"]),
    droppedAttributesCount: addDropped(
      readUint32(decoding, "droppedAttributesCount", input["droppedAttributesCount"]),
      attributesCut(input["attributes"]),
    ),
    flags: readUint32(decoding, "flags", input["flags"]),
    traceId: readId(decoding, "traceId", input["traceId"]),
    spanId: readId(decoding, "spanId", input["spanId"]),
    eventName: readText(decoding, "eventName", input["eventName"]),
  });
}
