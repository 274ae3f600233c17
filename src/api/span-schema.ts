/** The answer about one span. */
import * as v from "valibot";
import type { ShownContent } from "../content/shown-content.ts";
import type { SpanDetail } from "../session/span-detail.ts";
import {
  count,
  KeyValueSchema,
  LogRecordSchema,
  nanoseconds,
  ResourceSchema,
  ScopeSchema,
  spanId,
  SpanSchema,
  text,
  traceId,
} from "./otlp-schema.ts";
import { SpanKindSchema, TokensSchema } from "./session-schema.ts";

const optionalText = v.exactOptional(text);

const ShownPartSchema = v.object({
  type: v.pipe(
    text,
    v.description(
      "`text`, `reasoning`, `tool_call`, `tool_call_response`, or the producer's word for a picture, a file or any other part.",
    ),
  ),
  text: v.exactOptional(v.pipe(text, v.description("Of any other part its JSON."))),
  id: optionalText,
  name: optionalText,
  arguments: v.exactOptional(v.unknown()),
  result: v.exactOptional(v.unknown()),
});

const cut = v.exactOptional(
  v.pipe(
    v.object({ bytes: count }),
    v.description("Present if something is missing, by `max` or since its arrival: UTF-8 bytes of the whole."),
  ),
);

const ShownContentSchema = v.variant("type", [
  v.object({
    type: v.literal("messages"),
    messages: v.array(
      v.object({
        role: text,
        name: optionalText,
        parts: v.array(ShownPartSchema),
        finishReason: optionalText,
      }),
    ),
    cut,
  }),
  v.object({ type: v.picklist(["text", "json"]), text, cut }),
]) satisfies v.GenericSchema<ShownContent>;

const { events, links } = SpanSchema.entries;

export const SpanDetailSchema = v.object({
  traceId,
  spanId,
  parentSpanId: v.exactOptional(spanId),
  otlpKind: count,
  otlpKinds: v.exactOptional(
    v.pipe(v.array(count), v.description("If several spans have this id: the kinds of all, the earliest span first.")),
  ),
  replacedBy: v.exactOptional(
    v.pipe(
      v.object({ traceId, spanId }),
      v.description(
        "The span that the session shows in the place of this one: it describes the same operation better.",
      ),
    ),
  ),
  derived: v.exactOptional(v.pipe(v.literal(true), v.description("The span is derived from log records."))),
  name: text,
  kind: SpanKindSchema,
  title: v.pipe(text, v.description("What the span is called by its kind, in one line.")),
  status: v.picklist(["ok", "error", "running"]),
  statusMessage: optionalText,
  start: nanoseconds,
  end: v.exactOptional(nanoseconds),
  model: optionalText,
  provider: optionalText,
  agent: v.exactOptional(v.pipe(text, v.description("Of a span that names none, the agent in which it ran."))),
  tool: optionalText,
  toolCallId: optionalText,
  tokens: v.exactOptional(TokensSchema),
  cost: v.exactOptional(v.pipe(v.number(), v.description("US dollars."))),
  estimated: v.exactOptional(v.pipe(v.literal(true), v.description("The cost is the price table's."))),
  timeToFirstTokenMs: v.exactOptional(v.number()),
  finishReasons: v.exactOptional(v.array(text)),
  parameters: v.exactOptional(
    v.pipe(
      v.record(text, v.unknown()),
      v.description("Of the request to a model: `temperature`, `max_tokens` and the like, in snake case."),
    ),
  ),
  toolsOffered: v.exactOptional(
    v.array(v.object({ name: text, description: optionalText, parameters: v.exactOptional(v.unknown()) })),
  ),
  error: v.exactOptional(v.object({ type: optionalText, message: optionalText, stack: optionalText })),
  input: v.exactOptional(ShownContentSchema),
  output: v.exactOptional(ShownContentSchema),
  events: v.array(events.wrapped.item),
  links: v.array(links.wrapped.item),
  attributes: v.array(KeyValueSchema),
  resource: ResourceSchema,
  scope: ScopeSchema,
  logs: v.pipe(v.array(LogRecordSchema), v.description("Log records of the span, by time; 1,000 at most.")),
  omittedLogs: v.exactOptional(v.pipe(count, v.description("Further log records of the span."))),
}) satisfies v.GenericSchema<SpanDetail>;

export const SPAN_COMPONENTS = { ShownContent: ShownContentSchema, SpanDetail: SpanDetailSchema };
