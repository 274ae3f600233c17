import * as v from "valibot";
import { NUMBER_GROUPINGS } from "../session/numbers/numbers.ts";
import { oneOf } from "./parameter.ts";

/** The parameters of `GET /metrics.json`. */
export const NumbersParameters = v.object({
  by: v.pipe(
    v.optional(oneOf("by", NUMBER_GROUPINGS), "operation"),
    v.description("What `groups` has the numbers of: routes of servers, names of spans, models, tools."),
  ),
});
