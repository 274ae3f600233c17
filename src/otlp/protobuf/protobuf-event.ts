import type { SpanEvent } from "../../trace/span.ts";
import { addDropped, canonicalEvent } from "../canonical.ts";
import type { ProtobufDecoding } from "./protobuf-decoding.ts";
import { FIXED64, LENGTH, VARINT } from "./protobuf-reader.ts";
import { newAttributeList, readAttribute } from "./protobuf-values.ts";

/**
 * | Span.Event | |
 * |---|---|
 * | 1 | time_unix_nano: fixed64 |
 * | 2 | name: string |
 * | 3 | attributes: repeated KeyValue |
 * | 4 | dropped_attributes_count: uint32 |
 */
const EVENT = ["", "timeUnixNano", "name", "attributes", "droppedAttributesCount"];

export function readEvent(decoding: ProtobufDecoding, index: number): SpanEvent {
  const { reader, trail } = decoding;
  const attributes = newAttributeList();
  let timeUnixNano = "";
  let name = "";
  let dropped = 0;
  const outer = reader.enter();
  trail.enter("events");
  trail.item(index);
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | FIXED64:
        timeUnixNano = reader.fixed64();
        break;
      case (2 << 3) | LENGTH:
        name = decoding.text("name");
        break;
      case (3 << 3) | LENGTH:
        readAttribute(decoding, attributes);
        break;
      case (4 << 3) | VARINT:
        dropped = reader.varint();
        break;
      default:
        decoding.other(tag, EVENT);
    }
  }
  trail.leave();
  reader.leave(outer);
  return canonicalEvent(timeUnixNano, name, attributes.kept, addDropped(dropped, attributes.cut));
}
