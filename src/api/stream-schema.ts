/** The events of streams: `event:`, `id:`, and `data:` as JSON. A test checks each event that it receives against these. */
import * as v from "valibot";
import type { Receipt } from "../facts/delivery.ts";
import type { ListStreamEvent, SessionStreamEvent } from "../session/contract/stream-events.ts";
import { count, nanoseconds, ResourceLogsSchema, ResourceSpansSchema, text, traceId } from "./otlp-schema.ts";
import { RecentExportsSchema, RetentionSchema, SessionSummarySchema } from "./session-schema.ts";

/** An event of a union, as it crosses the wire: its type is `event:`. */
type OnTheWire<Event extends { readonly type: string }> = Event extends { readonly type: infer Type }
  ? { readonly event: Type; readonly id?: string; readonly data: Omit<Event, "type"> }
  : never;

const version = v.pipe(
  text,
  v.regex(/^[0-9a-z]{1,64}\.\d{1,15}(?:\.\d{1,9}\.\d{1,9})?$/),
  v.description("Where a stream resumes after this event; of a replay, where the replay resumes."),
);
const id = version;
const maybeId = v.exactOptional(version);

function event<const Type extends string, Entries extends v.ObjectEntries>(type: Type, entries: Entries) {
  return { event: v.literal(type), data: v.object(entries) };
}

const ReceiptSchema = v.object({
  encoding: v.picklist(["json", "protobuf"]),
  service: v.exactOptional(text),
  spans: count,
  records: v.exactOptional(count),
  rejected: v.exactOptional(v.object({ spans: count, reason: text })),
}) satisfies v.GenericSchema<Receipt>;

const received = v.pipe(nanoseconds, v.description("Time of arrival."));
const now = v.pipe(v.number(), v.description("The server's clock, Unix milliseconds."));
const Bookmark = v.object(event("bookmark", { resourceVersion: version, now }));

export const SessionStreamEventSchema = v.pipe(
  v.variant("event", [
    v.object({
      ...event("spans", { received, receipt: ReceiptSchema, resourceSpans: v.array(ResourceSpansSchema) }),
      id,
    }),
    v.object({
      ...event("logs", { received, receipt: ReceiptSchema, traceId, resourceLogs: v.array(ResourceLogsSchema) }),
      id,
    }),
    v.object({ ...event("gone", { traceId, session: v.exactOptional(text) }), id }),
    v.object({ ...event("reset", {}), id: maybeId }),
    v.object({ ...event("moved", { session: text }), id: maybeId }),
    v.object({ ...event("deleted", {}), id: maybeId }),
    v.object(
      event("session", {
        summary: SessionSummarySchema,
        prices: v.exactOptional(v.pipe(text, v.description("The deployment's setting."))),
        retention: v.exactOptional(RetentionSchema),
      }),
    ),
    Bookmark,
  ]),
  v.description(
    "An event of the stream of a session, of a trace or of a replay. `data` is the JSON of its `data:`. Without `id`, no stream resumes here.",
  ),
) satisfies v.GenericSchema<OnTheWire<SessionStreamEvent>>;

const { status: _, ...LISTED } = SessionSummarySchema.entries;

export const ListStreamEventSchema = v.pipe(
  v.variant("event", [
    v.object({ ...event("session", { summary: v.object(LISTED) }), id: maybeId }),
    v.object({ ...event("gone", { id: text, session: v.exactOptional(text) }), id: maybeId }),
    v.object({ ...event("reset", {}), id }),
    v.object(event("recentExports", { recentExports: RecentExportsSchema })),
    Bookmark,
  ]),
  v.description(
    "An event of the list's stream. `data` is the JSON of its `data:`. A change that time alone causes has no `id`.",
  ),
) satisfies v.GenericSchema<OnTheWire<ListStreamEvent>>;

export const STREAM_COMPONENTS = {
  Receipt: ReceiptSchema,
  EventId: version,
  SessionStreamEvent: SessionStreamEventSchema,
  ListStreamEvent: ListStreamEventSchema,
};
