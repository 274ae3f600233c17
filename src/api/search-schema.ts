/** The answer of a search in a session. */
import * as v from "valibot";
import { count, nanoseconds, text, traceId } from "./otlp-schema.ts";

export const SearchMatchSchema = v.object({
  type: v.picklist(["span", "log"]),
  traceId,
  spanId: v.exactOptional(v.pipe(text, v.description("Absent from a log record that belongs to no span."))),
  otlpKind: v.exactOptional(v.pipe(count, v.description("Of spans only."))),
  name: text,
  time: v.pipe(nanoseconds, v.description("Start of the span, or time of the log record.")),
  field: v.pipe(
    text,
    v.description("`name`, `status`, `event`, `body`, or the key of an attribute, after its event's name."),
  ),
  excerpt: v.pipe(text, v.description("The first place with the text around it, in one line.")),
  at: v.pipe(count, v.description("Where the place begins in the excerpt, UTF-16 units.")),
  length: count,
  count: v.pipe(count, v.description("Places in all texts of this span or log record, at most 1,000 of each text.")),
});

export const SearchAnswerSchema = v.object({
  q: text,
  matches: v.pipe(v.array(SearchMatchSchema), v.description("By time.")),
  omitted: v.pipe(count, v.description("Further spans and log records with the text.")),
  incomplete: v.exactOptional(
    v.pipe(
      v.literal(true),
      v.description("The session is larger than one search reads: some texts were not searched."),
    ),
  ),
  resourceVersion: v.pipe(text, v.description("The version of the session that was searched.")),
});

export type SearchMatch = v.InferOutput<typeof SearchMatchSchema>;
export type SearchAnswer = v.InferOutput<typeof SearchAnswerSchema>;
