import * as v from "valibot";
import { readMoment } from "./moment.ts";
import { numberParameter, textParameter } from "./parameter.ts";

const TIME = "a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration such as 15m, 2h or 7d";
const time = (name: string) => v.exactOptional(textParameter(name, (text) => readMoment(text, 0) !== undefined, TIME));
const trace = (name: string) =>
  v.exactOptional(textParameter(name, (text) => /^[0-9a-f]{32}$/.test(text), "a trace id of 32 hex digits"));

const RANGE = { from: time("from"), until: time("until") };

/** The parameters of a list of parked traces. Documented in `admin-operations.ts`, as the next ones are. */
export const ParkedParameters = v.object({
  ...RANGE,
  after: trace("after"),
  limit: v.optional(
    numberParameter("limit", { pattern: /^\d{1,4}$/, least: 1, most: 1_000, expected: "a number from 1 to 1,000" }),
    "100",
  ),
});

/** The parameters of a replay. */
export const DeliverAgainParameters = v.object({ ...RANGE, trace: trace("trace") });
