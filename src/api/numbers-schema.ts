/** The answer of `GET /metrics.json`. */
import * as v from "valibot";
import type { FiguresAnswer, NumbersAnswer, WholeNumbers } from "../session/numbers/numbers-answer.ts";
import { NUMBER_GROUPINGS } from "../session/numbers/numbers.ts";
import { count, nanoseconds, text } from "./otlp-schema.ts";
import { ListCountsSchema, SpanKindSchema, TokensSchema } from "./session-schema.ts";

const duration = v.pipe(v.string(), v.regex(/^\d+$/), v.description("Nanoseconds, decimal."));

const FiguresSchema = v.object({
  count,
  errors: v.pipe(count, v.description("Those that failed.")),
  p50: v.exactOptional(duration),
  p95: v.exactOptional(duration),
  p99: v.exactOptional(duration),
  tokens: TokensSchema,
  cost: v.exactOptional(v.pipe(v.number(), v.description("US dollars: costs of spans, else from the price table."))),
  estimated: v.exactOptional(v.pipe(v.number(), v.description("The part of `cost` from the price table."))),
  unpriced: v.pipe(count, v.description("Calls with tokens but no price, which `cost` excludes.")),
}) satisfies v.GenericSchema<FiguresAnswer>;

export const WholeNumbersSchema = v.object({
  limit: v.pipe(count, v.description("How many spans count at most: those that ended last.")),
  from: v.exactOptional(v.pipe(nanoseconds, v.description("When the first span that counts ended."))),
  to: v.exactOptional(v.pipe(nanoseconds, v.description("When the last span that counts ended."))),
  sessions: ListCountsSchema,
  spans: v.pipe(FiguresSchema, v.description("All that count. Tokens and costs count once.")),
  turns: v.pipe(FiguresSchema, v.description("Turns that begin with a span that counts, as their sessions show them.")),
}) satisfies v.GenericSchema<WholeNumbers>;

export const NumbersSchema = v.object({
  ...WholeNumbersSchema.entries,
  by: v.picklist(NUMBER_GROUPINGS),
  groups: v.pipe(
    v.array(
      v.object({
        name: v.pipe(text, v.description('`GET /users/:id` of a route; "" for tokens of no model.')),
        kind: v.exactOptional(v.pipe(SpanKindSchema, v.description("Of an operation."))),
        ...FiguresSchema.entries,
      }),
    ),
    v.description("The most frequent ones first. Tokens of a route are those of the turns that it begins."),
  ),
  omitted: v.pipe(count, v.description("How many groups are left out: there are 200 at most.")),
}) satisfies v.GenericSchema<NumbersAnswer>;

export const NUMBERS_COMPONENTS = { Numbers: NumbersSchema };
