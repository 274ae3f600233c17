import type { LogRecord } from "../../otel/log-record.ts";
import type { AnyValue } from "../../otel/span.ts";
import { addDropped, canonicalRecord } from "../canonical.ts";
import { LOOK_LIKE_NO_LOGS } from "../envelope-visitor.ts";
import type { ProtobufDecoding } from "./decoding.ts";
import { FIXED32, FIXED64, LENGTH, VARINT } from "./reader.ts";
import { newAttributeList, readAttribute, readBody } from "./values.ts";
import type { OpenValue } from "./values.ts";
import type { RecordDraft } from "../canonical.ts";

/**
 * | LogRecord | | | |
 * |---|---|---|---|
 * | 1 | time_unix_nano: fixed64 | 8 | flags: fixed32 |
 * | 2 | severity_number: enum | 9 | trace_id: bytes |
 * | 3 | severity_text: string | 10 | span_id: bytes |
 * | 5 | body: AnyValue | 11 | observed_time_unix_nano: fixed64 |
 * | 6 | attributes: repeated KeyValue | 12 | event_name: string |
 * | 7 | dropped_attributes_count: uint32 | | |
 */
const RECORD = [
  "",
  "timeUnixNano",
  "severityNumber",
  "severityText",
  "",
  "body",
  "attributes",
  "droppedAttributesCount",
  "flags",
  "traceId",
  "spanId",
  "observedTimeUnixNano",
  "eventName",
];

/** `decoding.rejection` says whether the record is accepted. */
export function readRecord(decoding: ProtobufDecoding): LogRecord {
  const { reader } = decoding;
  const attributes = newAttributeList();
  const body = new Body();
  const draft: RecordDraft = {
    timeUnixNano: "",
    observedTimeUnixNano: "",
    severityNumber: 0,
    severityText: "",
    body: undefined,
    attributes: attributes.entries,
    droppedAttributesCount: 0,
    flags: 0,
    traceId: "",
    spanId: "",
    eventName: "",
  };
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | FIXED64:
        draft.timeUnixNano = reader.fixed64();
        break;
      case (2 << 3) | VARINT:
        draft.severityNumber = reader.varint() | 0;
        break;
      case (3 << 3) | LENGTH:
        draft.severityText = decoding.text("severityText");
        break;
      case (5 << 3) | LENGTH:
        body.read(decoding);
        break;
      case (6 << 3) | LENGTH:
        readAttribute(decoding, attributes);
        break;
      case (7 << 3) | VARINT:
        draft.droppedAttributesCount = reader.varint();
        break;
      case (8 << 3) | FIXED32:
        draft.flags = reader.fixed32();
        break;
      case (9 << 3) | LENGTH:
        draft.traceId = decoding.id("traceId");
        break;
      case (10 << 3) | LENGTH:
        draft.spanId = decoding.id("spanId");
        break;
      case (11 << 3) | FIXED64:
        draft.observedTimeUnixNano = reader.fixed64();
        break;
      case (12 << 3) | LENGTH:
        draft.eventName = decoding.text("eventName");
        break;
      case (1 << 3) | LENGTH:
      case (2 << 3) | LENGTH:
        // A span's ids, a metric's name and description.
        reader.fail(`${RECORD[tag >>> 3]} cannot have wire type ${tag & 7}; ${LOOK_LIKE_NO_LOGS}`);
        break;
      default:
        decoding.other(tag, RECORD);
    }
  }
  draft.body = body.take(decoding);
  draft.droppedAttributesCount = addDropped(draft.droppedAttributesCount, attributes.cut);
  return canonicalRecord(draft);
}

/** Merges the occurrences of a body into one value; a large value is offloaded after the last one. */
class Body {
  #value: OpenValue = {};
  #units = 0;
  #values = 0;

  read(decoding: ProtobufDecoding): void {
    const { units, values } = decoding;
    this.#value = readBody(decoding, this.#value);
    this.#units += decoding.units - units;
    this.#values += decoding.values - values;
  }

  /** `undefined` if it is empty. */
  take(decoding: ProtobufDecoding): AnyValue | undefined {
    for (const _ in this.#value) {
      return decoding.inline(this.#value, decoding.units - this.#units, decoding.values - this.#values, "body");
    }
    return undefined;
  }
}
