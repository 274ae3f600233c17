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

/** The parameters of Ark's reading routes. All routes read all of them; openapi.json lists those that make a difference. */
export const ArkParameters = v.object({
  limit: v.pipe(
    v.optional(
      v.pipe(integer(LIMIT), v.minValue(1, LIMIT), v.maxValue(LARGEST_LIMIT, `limit cannot exceed ${LARGEST_LIMIT}`)),
      DEFAULT_LIMIT,
    ),
    v.description("Items per page."),
  ),
  cursor: v.exactOptional(
    v.pipe(
      integer(CURSOR),
      v.description("Return items after this cursor. On a stream, `Last-Event-ID` is equivalent."),
    ),
  ),
  resourceVersion: v.exactOptional(v.pipe(integer(CURSOR), v.description("Same as `cursor`."))),
  session_id: v.exactOptional(v.pipe(v.string(), v.description("Items of one session only."))),
  watch: v.pipe(flag("watch"), v.description("`true`: an event stream; `data:` is a bare item, `id:` its cursor.")),
  "from-beginning": v.pipe(flag("from-beginning"), v.description("Stream: existing items first.")),
});

/** The parameters of the list of sessions, beside those. */
export const BrokerListParameters = v.object({
  before: v.exactOptional(
    v.pipe(integer("before must be a non-negative integer"), v.description("`cursor` of the previous page.")),
  ),
  active: v.pipe(flag("active"), v.description("`true`: only sessions with open spans or queries.")),
});
