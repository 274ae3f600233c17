import { countKinds } from "./kind-filter.ts";
import type { QuerySummary } from "./summary.ts";
import type { SessionTree } from "./tree/tree.ts";

/**
 * The reading that says most of a session: its log records if it has no spans, and its timeline if nothing in it was asked, said or called,
 * as in a request of a web server. Once it is the transcript, more data does not change it.
 */
export function firstReading({
  tree,
  queries,
  logs,
}: {
  readonly tree: SessionTree;
  readonly queries: readonly Pick<QuerySummary, "prompt">[];
  readonly logs: readonly unknown[];
}): "transcript" | "timeline" | "logs" {
  if (tree.roots.length === 0 && logs.length > 0) return "logs";
  const { models, tools, agents, spans } = countKinds(tree);
  const isConversation =
    spans === 0 || models + tools + agents > 0 || queries.some(({ prompt }) => prompt !== undefined);
  return isConversation ? "transcript" : "timeline";
}
