import * as v from "valibot";
import { NUMBER_GROUPINGS } from "../session/numbers/numbers.ts";
import { oneOf } from "./parameter.ts";

/** The parameters of `GET /metrics.json`, documented in `operations.ts`. */
export const NumbersParameters = v.object({ by: v.optional(oneOf("by", NUMBER_GROUPINGS), "operation") });
