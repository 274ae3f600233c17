/** Words of OpenAPI that its document repeats. */
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
