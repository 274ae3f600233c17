import type { Resource, Scope, Span, SpanEvent, SpanLink } from "../../otel/span.ts";
import {
  addDropped,
  canonicalEvent,
  canonicalLink,
  canonicalResource,
  canonicalScope,
  canonicalSpan,
} from "../canonical.ts";
import type { JsonDecoding, JsonObject } from "./scalars.ts";
import { readEnum, readId, readOwnId, readText, readTime, readUint32 } from "./scalars.ts";
import { attributesCut, readAttributes } from "./values.ts";
import { MAX_EVENTS, MAX_LINKS } from "../limits.ts";

/** `decoding.rejection` says whether the span is accepted. */
export function readSpan(decoding: JsonDecoding, input: JsonObject): Span {
  const status = decoding.message("status", input["status"]);
  const events = decoding.list("events", input["events"]);
  const links = decoding.list("links", input["links"]);
  return canonicalSpan({
    traceId: readOwnId(decoding, "traceId", input["traceId"]),
    spanId: readOwnId(decoding, "spanId", input["spanId"]),
    traceState: readText(decoding, "traceState", input["traceState"]),
    parentSpanId: readId(decoding, "parentSpanId", input["parentSpanId"]),
    flags: readUint32(decoding, "flags", input["flags"]),
    name: readText(decoding, "name", input["name"]),
    kind: readEnum(decoding, "kind", input["kind"]),
    startTimeUnixNano: readTime(decoding, "startTimeUnixNano", input["startTimeUnixNano"]),
    endTimeUnixNano: readTime(decoding, "endTimeUnixNano", input["endTimeUnixNano"]),
    attributes: readAttributes(decoding, input["attributes"]),
    droppedAttributesCount: readAttributesDropped(decoding, input),
    events: readEvents(decoding, events),
    droppedEventsCount: addDropped(
      readUint32(decoding, "droppedEventsCount", input["droppedEventsCount"]),
      events.length - MAX_EVENTS,
    ),
    links: readLinks(decoding, links),
    droppedLinksCount: addDropped(
      readUint32(decoding, "droppedLinksCount", input["droppedLinksCount"]),
      links.length - MAX_LINKS,
    ),
    statusMessage: status === undefined ? "" : readText(decoding, "status.message", status["message"]),
    statusCode: status === undefined ? 0 : readEnum(decoding, "status.code", status["code"]),
  });
}

export function readResource(decoding: JsonDecoding, input: unknown): Resource | undefined {
  const resource = decoding.message("resource", input);
  if (resource === undefined) return undefined;
  decoding.trail.enter("resource");
  const read = canonicalResource(
    readAttributes(decoding, resource["attributes"]),
    readAttributesDropped(decoding, resource),
  );
  decoding.trail.leave();
  return read;
}

export function readScope(decoding: JsonDecoding, input: unknown): Scope | undefined {
  const scope = decoding.message("scope", input);
  if (scope === undefined) return undefined;
  decoding.trail.enter("scope");
  const read = canonicalScope(
    readText(decoding, "name", scope["name"]),
    readText(decoding, "version", scope["version"]),
    readAttributes(decoding, scope["attributes"]),
    readAttributesDropped(decoding, scope),
  );
  decoding.trail.leave();
  return read;
}

function readEvents(decoding: JsonDecoding, list: readonly unknown[]): readonly SpanEvent[] {
  const events: SpanEvent[] = [];
  if (list.length === 0) return events;
  decoding.trail.enter("events");
  for (let index = 0; index < list.length && index < MAX_EVENTS; index++) {
    decoding.trail.item(index);
    const event = decoding.element("", list[index]);
    if (event === undefined) break;
    events.push(
      canonicalEvent(
        readTime(decoding, "timeUnixNano", event["timeUnixNano"]),
        readText(decoding, "name", event["name"]),
        readAttributes(decoding, event["attributes"]),
        readAttributesDropped(decoding, event),
      ),
    );
  }
  decoding.trail.leave();
  return events;
}

function readLinks(decoding: JsonDecoding, list: readonly unknown[]): readonly SpanLink[] {
  const links: SpanLink[] = [];
  if (list.length === 0) return links;
  decoding.trail.enter("links");
  for (let index = 0; index < list.length && index < MAX_LINKS; index++) {
    decoding.trail.item(index);
    const link = decoding.element("", list[index]);
    if (link === undefined) break;
    links.push(
      canonicalLink({
        traceId: readId(decoding, "traceId", link["traceId"]),
        spanId: readId(decoding, "spanId", link["spanId"]),
        traceState: readText(decoding, "traceState", link["traceState"]),
        attributes: readAttributes(decoding, link["attributes"]),
        droppedAttributesCount: readAttributesDropped(decoding, link),
        flags: readUint32(decoding, "flags", link["flags"]),
      }),
    );
  }
  decoding.trail.leave();
  return links;
}

function readAttributesDropped(decoding: JsonDecoding, input: JsonObject): number {
  const dropped = readUint32(decoding, "droppedAttributesCount", input["droppedAttributesCount"]);
  return addDropped(dropped, attributesCut(input["attributes"]));
}
