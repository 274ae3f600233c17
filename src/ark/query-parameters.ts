import * as v from "valibot";
import { flag } from "../api/parameter.ts";

/** Items a page, as in Ark's API server. */
const DEFAULT_LIMIT = "100";
const LARGEST_LIMIT = 1_000;

/** An exact integer: JSON would round larger numbers. */
function integer(message: string) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/, message),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(Number.MAX_SAFE_INTEGER, message),
  );
}

const LIMIT = "limit must be a positive integer";
const CURSOR = "cursor must be a non-negative integer";

/** The parameters of Ark's reading routes, documented in `operations.ts`. All routes read all of them; openapi.json lists those that make a difference. */
export const ArkParameters = v.object({
  limit: v.optional(
    v.pipe(integer(LIMIT), v.minValue(1, LIMIT), v.maxValue(LARGEST_LIMIT, `limit cannot exceed ${LARGEST_LIMIT}`)),
    DEFAULT_LIMIT,
  ),
  cursor: v.exactOptional(integer(CURSOR)),
  resourceVersion: v.exactOptional(integer(CURSOR)),
  session_id: v.exactOptional(v.string()),
  watch: flag("watch"),
  "from-beginning": flag("from-beginning"),
});

/** The parameters of the list of sessions, beside those. */
export const BrokerListParameters = v.object({
  before: v.exactOptional(integer("before must be a non-negative integer")),
  active: flag("active"),
});
