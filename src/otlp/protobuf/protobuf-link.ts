import type { SpanLink } from "../../trace/span.ts";
import { addDropped, canonicalLink, type LinkDraft } from "../canonical.ts";
import type { ProtobufDecoding } from "./protobuf-decoding.ts";
import { FIXED32, LENGTH, VARINT } from "./protobuf-reader.ts";
import { newAttributeList, readAttribute } from "./protobuf-values.ts";

/**
 * | Span.Link | | | |
 * |---|---|---|---|
 * | 1 | trace_id: bytes | 4 | attributes: repeated KeyValue |
 * | 2 | span_id: bytes | 5 | dropped_attributes_count: uint32 |
 * | 3 | trace_state: string | 6 | flags: fixed32 |
 */
const LINK = ["", "traceId", "spanId", "traceState", "attributes", "droppedAttributesCount", "flags"];

export function readLink(decoding: ProtobufDecoding, index: number): SpanLink {
  const { reader, trail } = decoding;
  const attributes = newAttributeList();
  const draft: LinkDraft = {
    traceId: "",
    spanId: "",
    traceState: "",
    attributes: attributes.kept,
    droppedAttributesCount: 0,
    flags: 0,
  };
  const outer = reader.enter();
  trail.enter("links");
  trail.item(index);
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        draft.traceId = decoding.id("traceId");
        break;
      case (2 << 3) | LENGTH:
        draft.spanId = decoding.id("spanId");
        break;
      case (3 << 3) | LENGTH:
        draft.traceState = decoding.text("traceState");
        break;
      case (4 << 3) | LENGTH:
        readAttribute(decoding, attributes);
        break;
      case (5 << 3) | VARINT:
        draft.droppedAttributesCount = reader.varint();
        break;
      case (6 << 3) | FIXED32:
        draft.flags = reader.fixed32();
        break;
      default:
        decoding.other(tag, LINK);
    }
  }
  trail.leave();
  reader.leave(outer);
  draft.droppedAttributesCount = addDropped(draft.droppedAttributesCount, attributes.cut);
  return canonicalLink(draft);
}
