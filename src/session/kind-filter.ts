import type { SpanKind } from "../facts/facts.ts";
import { foldRoots } from "./tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "./tree/tree-node.ts";

/** Which spans a reading shows. */
export type KindFilter = {
  /** `undefined`: all. */
  readonly kinds: ReadonlySet<SpanKind> | undefined;
  /** `only`: the causes of failures, each once. */
  readonly errors: "any" | "only";
  /** Plumbing that nothing else asks for is folded or shown in place. */
  readonly plumbing: "folded" | "shown";
};

/** A reader's word for kinds that belong together. */
export type KindGroup = "models" | "tools" | "agents" | "plumbing";

export const KIND_GROUPS: Readonly<Record<KindGroup, readonly SpanKind[]>> = {
  models: ["llm", "embedding"],
  tools: ["tool", "retrieval"],
  agents: ["agent", "team", "query", "turn"],
  plumbing: ["http", "db", "messaging", "chain", "internal"],
};

const GROUP_OF: ReadonlyMap<SpanKind, KindGroup> = new Map(
  (["models", "tools", "agents", "plumbing"] as const).flatMap((group) =>
    KIND_GROUPS[group].map((kind) => [kind, group] as const),
  ),
);

export const groupOfKind = (kind: SpanKind): KindGroup => GROUP_OF.get(kind) ?? "plumbing";

/** Spans between the steps: of no query, turn, agent, model, tool or retrieval, and without an error of their own. */
export const isPlumbing = ({ span, error }: Pick<TreeNode, "span" | "error">): boolean =>
  span !== undefined && !error && groupOfKind(span.facts.kind) === "plumbing";

/** Whether the reader asked for such a row. Plumbing is folded or shown by the reading. */
export function passes({ kinds, errors }: Pick<KindFilter, "kinds" | "errors">, node: TreeNode): boolean {
  if (errors === "only" && !node.cause) return false;
  return kinds === undefined || (node.span !== undefined && kinds.has(node.span.facts.kind));
}

/** Whether any row is left out. */
export const isFiltering = ({ kinds, errors }: Pick<KindFilter, "kinds" | "errors">): boolean =>
  kinds !== undefined || errors === "only";

export type KindCounts = Readonly<Record<KindGroup | "errors" | "spans", number>>;

const countsByRoot = foldRoots((rows): KindCounts => {
  const counts = { ...NO_COUNTS };
  for (const { span, error, cause } of rows) {
    if (span === undefined) continue;
    counts.spans++;
    if (cause) counts.errors++;
    const { kind } = span.facts;
    const group = groupOfKind(kind);
    // A query and a turn are read with the agents, and are none.
    if (group === "agents" ? kind === "agent" : group !== "plumbing" || !error) counts[group]++;
  }
  return counts;
});

const NO_COUNTS = { models: 0, tools: 0, agents: 0, plumbing: 0, errors: 0, spans: 0 };

/** Spans by group. Plumbing in error is no plumbing. */
export function countKinds(tree: SessionTree): KindCounts {
  const sum = { ...NO_COUNTS };
  for (const counts of countsByRoot(tree)) {
    sum.models += counts.models;
    sum.tools += counts.tools;
    sum.agents += counts.agents;
    sum.plumbing += counts.plumbing;
    sum.errors += counts.errors;
    sum.spans += counts.spans;
  }
  return sum;
}

/** Plumbing is folded from this share of the spans on: below it, it does not hide the steps. */
const LEAST_FOLDED = 0.6;

/** A session of plumbing alone is shown as it is. */
export const foldsPlumbing = ({ plumbing, spans }: KindCounts): boolean =>
  plumbing > spans * LEAST_FOLDED && plumbing < spans;
