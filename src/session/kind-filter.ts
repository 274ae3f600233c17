import type { SpanKind } from "../facts/facts.ts";
import type { TreeNode } from "./tree/tree.ts";

/** Which spans a reading shows. */
export type KindFilter = {
  /** `undefined`: all. */
  readonly kinds: ReadonlySet<SpanKind> | undefined;
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
  if (errors === "only" && !node.error) return false;
  return kinds === undefined || (node.span !== undefined && kinds.has(node.span.facts.kind));
}

/** Whether any row is left out. */
export const isFiltering = ({ kinds, errors }: Pick<KindFilter, "kinds" | "errors">): boolean =>
  kinds !== undefined || errors === "only";

export type KindCounts = Readonly<Record<KindGroup | "errors" | "spans", number>>;

/** Spans by group. Plumbing in error counts as an error, and not as plumbing. */
export function countKinds(rows: readonly TreeNode[]): KindCounts {
  const counts = { models: 0, tools: 0, agents: 0, plumbing: 0, errors: 0, spans: 0 };
  for (const { span, error } of rows) {
    if (span === undefined) continue;
    counts.spans++;
    if (error) counts.errors++;
    const group = groupOfKind(span.facts.kind);
    if (group !== "plumbing" || !error) counts[group]++;
  }
  return counts;
}

/** Plumbing is folded from this share of the spans on: below it, it does not hide the steps. */
const LEAST_FOLDED = 0.6;

export const foldsPlumbing = ({ plumbing, spans }: KindCounts): boolean => plumbing > spans * LEAST_FOLDED;
