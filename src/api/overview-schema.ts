/** The answer of `GET /`. */
import * as v from "valibot";
import type { OverviewAnswer } from "../session/contract/overview.ts";
import type { WaterfallBar } from "../session/latest-trace.ts";
import { WholeNumbersSchema } from "./numbers-schema.ts";
import { count, nanoseconds, text, traceId } from "./otlp-schema.ts";
import { resourceVersion, SessionSummarySchema, SpanKindSchema } from "./session-schema.ts";

const BarSchema = v.object({
  name: text,
  kind: SpanKindSchema,
  state: v.picklist(["ended", "failed", "running"]),
  depth: v.pipe(count, v.description("0 for a span without a received parent.")),
  start: v.pipe(v.number(), v.description("Nanoseconds since the start of the trace.")),
  duration: v.pipe(v.number(), v.description("Nanoseconds; of a running span up to the last known time of the trace.")),
}) satisfies v.GenericSchema<WaterfallBar>;

export const OverviewSchema = v.object({
  at: v.pipe(v.number(), v.description("Unix milliseconds, by the server's clock.")),
  resourceVersion,
  now: v.pipe(
    v.array(SessionSummarySchema),
    v.description("Sessions that wait, stall or go on: at most 12, the newest activity first."),
  ),
  numbers: WholeNumbersSchema,
  storage: v.exactOptional(
    v.pipe(text, v.description("Why nothing can be stored, and what to do: the disk is full, or a file is damaged.")),
  ),
  off: v.exactOptional(
    v.pipe(
      v.array(v.object({ upstream: text, reason: text })),
      v.description("Upstreams to which nothing is sent, and why."),
    ),
  ),
  latest: v.exactOptional(
    v.pipe(
      v.object({
        session: text,
        title: text,
        traceId,
        start: nanoseconds,
        duration: v.pipe(v.number(), v.description("Nanoseconds.")),
        bars: v.pipe(v.array(BarSchema), v.description("Its spans, parents first; at most 500.")),
        omitted: v.pipe(count, v.description("How many spans are left out.")),
      }),
      v.description("The trace that began last in the session with the newest activity."),
    ),
  ),
}) satisfies v.GenericSchema<OverviewAnswer>;

export const OVERVIEW_COMPONENTS = { Overview: OverviewSchema };
