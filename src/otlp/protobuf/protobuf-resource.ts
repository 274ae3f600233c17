import type { ProtobufDecoding } from "./protobuf-decoding.ts";
import { LENGTH, VARINT } from "./protobuf-reader.ts";
import { readAttribute, type AttributeList } from "./protobuf-values.ts";

/** What occurrences of a resource or scope add up to: messages that come twice are merged. */
export type ResourceDraft = { readonly attributes: AttributeList; dropped: number };

export type ScopeDraft = ResourceDraft & { name: string; version: string };

/**
 * | Resource | |
 * |---|---|
 * | 1 | attributes: repeated KeyValue |
 * | 2 | dropped_attributes_count: uint32 |
 */
const RESOURCE = ["", "attributes", "droppedAttributesCount"];

export function readResource(decoding: ProtobufDecoding, draft: ResourceDraft): void {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  trail.enter("resource");
  while (reader.more) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) readAttribute(decoding, draft.attributes);
    else if (tag === ((2 << 3) | VARINT)) draft.dropped = reader.varint();
    else decoding.other(tag, RESOURCE);
  }
  trail.leave();
  reader.leave(outer);
}

/**
 * | InstrumentationScope | |
 * |---|---|
 * | 1 | name: string |
 * | 2 | version: string |
 * | 3 | attributes: repeated KeyValue |
 * | 4 | dropped_attributes_count: uint32 |
 */
const SCOPE = ["", "name", "version", "attributes", "droppedAttributesCount"];

export function readScope(decoding: ProtobufDecoding, draft: ScopeDraft): void {
  const { reader, trail } = decoding;
  const outer = reader.enter();
  trail.enter("scope");
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        draft.name = decoding.text("name");
        break;
      case (2 << 3) | LENGTH:
        draft.version = decoding.text("version");
        break;
      case (3 << 3) | LENGTH:
        readAttribute(decoding, draft.attributes);
        break;
      case (4 << 3) | VARINT:
        draft.dropped = reader.varint();
        break;
      default:
        decoding.other(tag, SCOPE);
    }
  }
  trail.leave();
  reader.leave(outer);
}
