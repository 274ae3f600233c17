/** Words of OpenAPI that its document repeats. */
import { LIST_SORTS } from "../../trace/directory-contract.ts";
import { NAME_FIELDS } from "../../trace/list/search-text.ts";

export const json = (description: string, ref?: string) => ({
  description,
  content: {
    "application/json": { schema: ref === undefined ? { type: "object" } : { $ref: `#/components/schemas/${ref}` } },
  },
});
export const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
export const path = (name: string, description: string) => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string" },
});
export const query = (name: string, description: string, schema: object = { type: "string" }) => ({
  name,
  in: "query",
  description,
  schema,
});
export const refusals = {
  401: problem("No token, or an unknown one."),
  403: problem("The token has not this right, or the request is not addressed to this machine."),
  503: problem("Not set up yet, or a passing fault: try again."),
};
export const watching = [
  query("watch", "`true`: the answer is a `text/event-stream` (as with `Accept: text/event-stream`).", {
    type: "boolean",
  }),
  query("resourceVersion", "Where a stream resumes; `Last-Event-ID` means the same. Without it, from the beginning."),
];
/** Of the list and its watch; of the watch without the last four. */
export const listing = [
  query("kind", "`session`, `trace` for bare traces, `all`.", {
    enum: ["session", "trace", "all"],
    default: "session",
  }),
  query("status", "One or more of waiting, stalled, running, quiet, failed, finished, separated by commas."),
  query("q", "Words, each the beginning of a word in the title, the questions, the names or the errors.", {
    type: "string",
    maxLength: 256,
  }),
  ...NAME_FIELDS.map((field) => query(field, "A whole name; given twice, both.")),
  query(
    "since",
    "Sessions with spans then or later: a time, Unix nanoseconds, or a duration back from now (15m, 2h, 7d).",
  ),
  query("until", "Sessions with spans then or before; as `since`."),
  query("sort", "What a page is sorted by.", { enum: LIST_SORTS, default: "activity" }),
  query("order", "Largest or smallest first.", { enum: ["desc", "asc"], default: "desc" }),
  query("limit", "Rows a page.", { type: "integer", minimum: 1, maximum: 1000, default: 100 }),
  query("cursor", "`nextCursor` of the page before, with the same filters."),
];
export const replaying = [
  query("replay", "`true`: the log told again in its own time, as a stream that ends with a bookmark.", {
    type: "boolean",
  }),
  query("by", "Of a replay: spans as they ended, or deliveries as they arrived.", {
    enum: ["event", "arrival"],
    default: "event",
  }),
  query("speed", "Of a replay: how many times as fast.", {
    type: "number",
    minimum: 0.01,
    maximum: 10_000,
    default: 1,
  }),
  query("idle", "Of a replay: the longest wait, such as 500ms or 2s; at most an hour.", {
    type: "string",
    default: "2s",
  }),
  query(
    "from",
    "Of a replay: what was before goes out at once. A time, Unix nanoseconds, or a duration into the session.",
  ),
];
