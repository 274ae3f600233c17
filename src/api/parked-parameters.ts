import * as v from "valibot";
import { readMoment } from "./moment.ts";
import { numberParameter, textParameter } from "./parameter.ts";

const TIME = "a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d";
const time = (name: string, description: string) =>
  v.exactOptional(
    v.pipe(
      textParameter(name, (text) => readMoment(text, 0) !== undefined, TIME),
      v.description(description),
    ),
  );
const trace = (name: string, description: string) =>
  v.exactOptional(
    v.pipe(
      textParameter(name, (text) => /^[0-9a-f]{32}$/.test(text), "a trace id of 32 hex digits"),
      v.description(description),
    ),
  );

const RANGE = {
  from: time("from", "Only traces that were parked then or later."),
  until: time("until", "Only traces that were parked then or earlier."),
};

/** The parameters of a list of parked traces. */
export const ParkedParameters = v.object({
  ...RANGE,
  after: trace("after", "`next` of the page before."),
  limit: v.optional(
    v.pipe(
      numberParameter("limit", { pattern: /^\d{1,4}$/, least: 1, most: 1_000, expected: "a number from 1 to 1,000" }),
      v.description("Default: 100."),
    ),
    "100",
  ),
});

/** The parameters of a replay. */
export const DeliverAgainParameters = v.object({
  ...RANGE,
  trace: trace("trace", "Only this trace."),
});
