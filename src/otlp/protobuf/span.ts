import type { Span, SpanEvent, SpanLink } from "../../otel/span.ts";
import { addDropped, canonicalSpan, canonicalEvent, canonicalLink } from "../canonical.ts";
import type { SpanDraft, LinkDraft } from "../canonical.ts";
import { LOOK_LIKE_LOGS } from "../envelope-visitor.ts";
import { MAX_EVENTS, MAX_LINKS } from "../limits.ts";
import type { ProtobufDecoding } from "./decoding.ts";
import { FIXED32, FIXED64, LENGTH, VARINT } from "./reader.ts";
import { newAttributeList, readAttribute } from "./values.ts";

/**
 * | Span | | | |
 * |---|---|---|---|
 * | 1 | trace_id: bytes | 9 | attributes: repeated KeyValue |
 * | 2 | span_id: bytes | 10 | dropped_attributes_count: uint32 |
 * | 3 | trace_state: string | 11 | events: repeated Event |
 * | 4 | parent_span_id: bytes | 12 | dropped_events_count: uint32 |
 * | 5 | name: string | 13 | links: repeated Link |
 * | 6 | kind: enum | 14 | dropped_links_count: uint32 |
 * | 7 | start_time_unix_nano: fixed64 | 15 | status: Status |
 * | 8 | end_time_unix_nano: fixed64 | 16 | flags: fixed32 |
 */
const SPAN = [
  "",
  "traceId",
  "spanId",
  "traceState",
  "parentSpanId",
  "name",
  "kind",
  "startTimeUnixNano",
  "endTimeUnixNano",
  "attributes",
  "droppedAttributesCount",
  "events",
  "droppedEventsCount",
  "links",
  "droppedLinksCount",
  "status",
  "flags",
];

/** `decoding.rejection` says whether the span is accepted. */
export function readSpan(decoding: ProtobufDecoding): Span {
  const { reader } = decoding;
  const attributes = newAttributeList();
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  let eventsCut = 0;
  let linksCut = 0;
  const draft: SpanDraft = {
    traceId: "",
    spanId: "",
    traceState: "",
    parentSpanId: "",
    flags: 0,
    name: "",
    kind: 0,
    startTimeUnixNano: "",
    endTimeUnixNano: "",
    attributes: attributes.entries,
    droppedAttributesCount: 0,
    events,
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
    statusMessage: "",
    statusCode: 0,
  };
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
        draft.parentSpanId = decoding.id("parentSpanId");
        break;
      case (5 << 3) | LENGTH:
        draft.name = decoding.text("name");
        break;
      case (6 << 3) | VARINT:
        draft.kind = reader.varint() | 0;
        break;
      case (7 << 3) | FIXED64:
        draft.startTimeUnixNano = reader.fixed64();
        break;
      case (8 << 3) | FIXED64:
        draft.endTimeUnixNano = reader.fixed64();
        break;
      case (9 << 3) | LENGTH:
        readAttribute(decoding, attributes);
        break;
      case (10 << 3) | VARINT:
        draft.droppedAttributesCount = reader.varint();
        break;
      case (11 << 3) | LENGTH:
        if (events.length < MAX_EVENTS) events.push(readEvent(decoding, events.length));
        else {
          eventsCut += 1;
          reader.skip(tag);
        }
        break;
      case (12 << 3) | VARINT:
        draft.droppedEventsCount = reader.varint();
        break;
      case (13 << 3) | LENGTH:
        if (links.length < MAX_LINKS) links.push(readLink(decoding, links.length));
        else {
          linksCut += 1;
          reader.skip(tag);
        }
        break;
      case (14 << 3) | VARINT:
        draft.droppedLinksCount = reader.varint();
        break;
      case (15 << 3) | LENGTH:
        readStatus(decoding, draft);
        break;
      case (16 << 3) | FIXED32:
        draft.flags = reader.fixed32();
        break;
      case (1 << 3) | FIXED64:
      case (2 << 3) | VARINT:
      case (11 << 3) | FIXED64:
        // A log record's time, severity and observed time.
        reader.fail(`${SPAN[tag >>> 3]} cannot have wire type ${tag & 7}; ${LOOK_LIKE_LOGS}`);
        break;
      default:
        decoding.other(tag, SPAN);
    }
  }
  draft.droppedAttributesCount = addDropped(draft.droppedAttributesCount, attributes.cut);
  draft.droppedEventsCount = addDropped(draft.droppedEventsCount, eventsCut);
  draft.droppedLinksCount = addDropped(draft.droppedLinksCount, linksCut);
  requireIds(decoding, draft);
  return canonicalSpan(draft);
}

/** Log records use the same field numbers for other fields: small ones decode as spans without ids. */
function requireIds(decoding: ProtobufDecoding, draft: SpanDraft): void {
  if (draft.traceId === "" && draft.spanId === "" && draft.startTimeUnixNano === "") {
    decoding.wrongValue("traceId", `missing; ${LOOK_LIKE_LOGS}`);
  } else if (draft.traceId === "") decoding.wrongValue("traceId", "missing or all zeroes");
  else if (draft.spanId === "") decoding.wrongValue("spanId", "missing or all zeroes");
}

/**
 * | Status | |
 * |---|---|
 * | 2 | message: string |
 * | 3 | code: enum |
 */
const STATUS = ["", "", "status.message", "status.code"];

function readStatus(decoding: ProtobufDecoding, draft: SpanDraft): void {
  const { reader } = decoding;
  const outer = reader.enter();
  while (reader.more) {
    const tag = reader.tag();
    switch (tag) {
      case (2 << 3) | LENGTH:
        draft.statusMessage = decoding.text("status.message");
        break;
      case (3 << 3) | VARINT:
        draft.statusCode = reader.varint() | 0;
        break;
      default:
        decoding.other(tag, STATUS);
    }
  }
  reader.leave(outer);
}

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
  return canonicalEvent(timeUnixNano, name, attributes.entries, addDropped(dropped, attributes.cut));
}

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
    attributes: attributes.entries,
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
