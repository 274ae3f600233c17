/** What Ark's clients read and post. */
import * as v from "valibot";
import { count, KeyValueSchema, text } from "../api/otlp-schema.ts";
import type { ArkEvent } from "./events/posted-event.ts";
import { PostedEventSchema } from "./events/posted-event.ts";

export const cursor = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

const ArkSpanSchema = v.pipe(
  v.object({
    traceId: text,
    spanId: text,
    parentSpanId: v.pipe(text, v.description("Empty for a root.")),
    name: text,
    kind: v.number(),
    startTimeUnixNano: text,
    endTimeUnixNano: v.pipe(text, v.description("`0` while the span runs.")),
    attributes: v.pipe(v.array(KeyValueSchema), v.readonly()),
    status: v.object({ code: v.number(), message: text }),
    resource: v.record(text, v.unknown()),
  }),
  v.description("A span without scope, events and links, with whole values."),
);

export type BareSpan = Readonly<v.InferOutput<typeof ArkSpanSchema>>;

export const ArkTraceSchema = v.object({ traceId: text, spans: v.array(ArkSpanSchema) });

export const ArkEventSchema = v.object({
  timestamp: v.pipe(text, v.description("RFC 3339.")),
  eventType: v.picklist(["Normal", "Warning"]),
  reason: text,
  message: text,
  data: v.objectWithRest({ queryId: text, queryName: text, queryNamespace: text, sessionId: text }, text),
}) satisfies v.GenericSchema<ArkEvent>;

const pageOf = (item: v.GenericSchema) =>
  v.object({ items: v.array(item), total: count, hasMore: v.boolean(), nextCursor: v.exactOptional(cursor) });
export const ArkTracesSchema = pageOf(ArkTraceSchema);
export const ArkEventsSchema = pageOf(ArkEventSchema);

export const BrokerSessionSchema = v.object({
  id: text,
  createdAt: v.pipe(text, v.description("RFC 3339: its first start.")),
  updatedAt: v.pipe(text, v.description("RFC 3339: its last export.")),
  queryCount: count,
  activeQueries: count,
});

export type BrokerSession = Readonly<v.InferOutput<typeof BrokerSessionSchema>>;

export const ArkSessionsSchema = v.object({
  resourceVersion: v.pipe(cursor, v.description("The cursor from which a watch goes on.")),
  sessions: v.array(BrokerSessionSchema),
  cursor: v.exactOptional(v.pipe(cursor, v.description("The `before` of the next page."))),
});

export type BrokerList = Readonly<v.InferOutput<typeof ArkSessionsSchema>>;

export const ArkSessionSchema = v.object({
  resourceVersion: cursor,
  id: text,
  createdAt: text,
  updatedAt: text,
  queries: v.pipe(v.record(text, ArkTraceSchema), v.description("By name.")),
});

/** Ark's events have no `event:`: their data is the bare item, their `id` its cursor. */
const id = v.pipe(text, v.regex(/^\d{1,16}$/), v.description("The item's cursor."));
const item = <const Data extends v.GenericSchema>(data: Data) =>
  v.pipe(v.object({ id, data }), v.description("An item of a stream. `data` is the JSON of its `data:`."));
export const ArkSpanItemSchema = item(ArkSpanSchema);
export const ArkEventItemSchema = item(ArkEventSchema);

/** Of the stream of sessions. */
export const BrokerStreamEventSchema = v.variant("event", [
  v.object({ event: v.literal("connected"), data: v.object({ resourceVersion: cursor }) }),
  v.object({
    event: v.literal("span"),
    id,
    data: v.object({ sessionId: text, queryName: text, span: ArkSpanSchema }),
  }),
]);

export const DoneSchema = v.object({ status: v.literal("success"), message: v.exactOptional(text) });

const [posted, { entries: postedFields }] = PostedEventSchema.pipe;
/** What the Worker reads events by, with a text that it does not load. */
export const PostedArkEventSchema = v.pipe(
  posted,
  v.object({ ...postedFields, timestamp: v.pipe(postedFields.timestamp, v.description("RFC 3339.")) }),
);

export const arkComponents: Readonly<Record<string, v.GenericSchema>> = {
  ArkSpan: ArkSpanSchema,
  ArkTrace: ArkTraceSchema,
  ArkEvent: ArkEventSchema,
  PostedArkEvent: PostedArkEventSchema,
  ArkTraces: ArkTracesSchema,
  ArkEvents: ArkEventsSchema,
  ArkSessions: ArkSessionsSchema,
  ArkSession: ArkSessionSchema,
  ArkSpanItem: ArkSpanItemSchema,
  ArkEventItem: ArkEventItemSchema,
  BrokerStreamEvent: BrokerStreamEventSchema,
};
