/** The answer about one query: what it takes to run it again, or to resume it. */
import * as v from "valibot";
import type { Message } from "../content/messages.ts";
import type { QueryRequest } from "../session/rerun/query-request.ts";
import type { ResumePoint } from "../session/rerun/resume-point.ts";
import { nanoseconds, text } from "./otlp-schema.ts";
import { QUERY_PHASES, QueryTargetSchema } from "./session-schema.ts";

const id = v.exactOptional(text);

const MessagePartSchema = v.variant("type", [
  v.object({ type: v.literal("text"), text }),
  v.object({ type: v.literal("reasoning"), text }),
  v.object({ type: v.literal("tool_call"), id, name: text, arguments: v.unknown() }),
  v.object({ type: v.literal("tool_call_response"), id, result: v.unknown() }),
  v.object({
    type: v.literal("other"),
    is: v.pipe(text, v.description("The producer's word for a picture, a file or any other part.")),
    text: v.pipe(text, v.description("Its JSON.")),
  }),
]);

const MessageSchema = v.object({
  role: text,
  parts: v.array(MessagePartSchema),
  name: v.exactOptional(text),
  finishReason: v.exactOptional(text),
}) satisfies v.GenericSchema<Message>;

const incomplete = v.exactOptional(v.pipe(v.array(text), v.description("Truncated fields.")));

export const QueryRequestSchema = v.object({
  session: text,
  query: v.pipe(text, v.description("The key of the query.")),
  traceId: text,
  phase: v.picklist(QUERY_PHASES),
  named: v.pipe(v.boolean(), v.description("True if spans name the query, as Ark's do.")),
  name: text,
  namespace: v.exactOptional(text),
  target: v.exactOptional(QueryTargetSchema),
  input: v.exactOptional(v.pipe(text, v.description("The prompt, verbatim."))),
  messages: v.exactOptional(v.array(MessageSchema)),
  parameters: v.exactOptional(v.array(v.object({ name: text, value: text }))),
  sessionId: v.exactOptional(text),
  conversationId: v.exactOptional(text),
  incomplete,
}) satisfies v.GenericSchema<QueryRequest>;

const ResumePointSchema = v.object({
  messages: v.array(MessageSchema),
  results: v.pipe(
    v.array(
      v.object({ id, name: text, arguments: v.exactOptional(v.unknown()), result: v.exactOptional(v.unknown()) }),
    ),
    v.description("Results of the calls of the last answer."),
  ),
  unanswered: v.pipe(
    v.array(
      v.object({
        kind: v.picklist(["tool", "llm"]),
        id,
        name: text,
        arguments: v.exactOptional(v.unknown()),
        spanId: v.exactOptional(text),
        since: v.exactOptional(nanoseconds),
        failure: v.exactOptional(text),
      }),
    ),
    v.description("Calls without a result."),
  ),
  incomplete,
}) satisfies v.GenericSchema<Omit<ResumePoint, "results">>;

export const ResumedRequestSchema = v.pipe(
  v.object({ ...QueryRequestSchema.entries, ...ResumePointSchema.entries }),
  v.description("With `for=resume`."),
);

export const QueryAnswerSchema = v.union([ResumedRequestSchema, QueryRequestSchema]);

export const RERUN_COMPONENTS = {
  Message: MessageSchema,
  QueryRequest: QueryRequestSchema,
  ResumedRequest: ResumedRequestSchema,
};
