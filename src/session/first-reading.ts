import { countKinds } from "./kind-filter.ts";
import type { QuerySummary, SessionSummary } from "./summary.ts";
import type { SessionTree } from "./tree/tree.ts";

/**
 * The reading that says most of a session: its log records if it has no spans, and its timeline if nothing in it was asked, said or called,
 * as in a request of a web server. Once it is the transcript, more data does not change it.
 */
export function firstReading(session: {
  readonly tree: SessionTree;
  readonly summary: Pick<SessionSummary, "liveness">;
  readonly queries: readonly Pick<QuerySummary, "prompt" | "target">[];
  readonly logs: readonly unknown[];
}): "transcript" | "timeline" | "logs" {
  const { tree, summary, queries, logs } = session;
  if (tree.rows.length === 0) return logs.length > 0 ? "logs" : "transcript";
  const { models, tools, agents } = countKinds(tree);
  const isTold =
    models + tools + agents > 0 ||
    summary.liveness.waiting !== undefined ||
    queries.some(({ prompt, target }) => prompt !== undefined || target !== undefined);
  return isTold ? "transcript" : "timeline";
}
