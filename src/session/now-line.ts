import type { SpanKind } from "../facts/facts.ts";
import { groupOfKind } from "./kind-filter.ts";
import { foldPieces } from "./tree/fold-pieces.ts";
import type { SessionTree, TreeNode } from "./tree/tree.ts";

/** A step, and the agent or team that took it; none for a step that is an agent itself. */
export type AgentStep = { readonly step: TreeNode; readonly agent?: TreeNode };

/** What a session does now, and what it did last. */
export type NowLine = {
  /** The innermost open step; of several, the one that started last. Of a waiting session: the step that waits. */
  readonly now?: AgentStep;
  /** Steps that are open beside it. */
  readonly others: number;
  /** The step that finished last. */
  readonly before?: AgentStep;
};

/** `waiting`: the row of an open input request. The status decides whether an open step still runs: see `liveness`. */
export function nowLine(tree: SessionTree, waiting?: TreeNode): NowLine {
  const work: TreeNode[] = [];
  const plumbing: TreeNode[] = [];
  let before: TreeNode | undefined;
  for (const part of partsOf(tree)) {
    for (const row of part.work) work.push(row);
    for (const row of part.plumbing) plumbing.push(row);
    before = laterEnd(before, part.finished);
  }
  const open = innermost(work.length > 0 ? work : plumbing);
  const now = waiting ?? lastOf(open);
  const others = open.length - (now !== undefined && isOpen(now) ? 1 : 0);
  return {
    ...(now === undefined ? {} : { now: stepOf(now) }),
    others: Math.max(0, others),
    ...(before === undefined ? {} : { before: stepOf(before) }),
  };
}

/** `work`: the open rows that are no plumbing, without such a row below. `plumbing`: in a piece without work, the open rows without one below. */
type Part = {
  readonly work: readonly TreeNode[];
  readonly plumbing: readonly TreeNode[];
  readonly finished: TreeNode | undefined;
};

const partsOf = foldPieces((rows): Part => {
  const open = rows.filter(isOpen);
  const work = innermost(open.filter((row) => !isPlumbingRow(row)));
  let finished: TreeNode | undefined;
  for (const row of rows) finished = laterEnd(finished, row);
  return { work, plumbing: work.length > 0 ? [] : innermost(open), finished };
});

/** Running, or not received and still awaited: exporters send most spans at their end. */
const isOpen = ({ running, awaited, span }: TreeNode): boolean => running || (awaited && span === undefined);

const isPlumbingRow = ({ span, name }: TreeNode): boolean =>
  span === undefined ? name === "" : groupOfKind(span.facts.kind) === "plumbing";

/** Those without another one below. `open`: parents first. */
function innermost(open: readonly TreeNode[]): readonly TreeNode[] {
  if (open.length < 2) return open;
  const outer = new Set<TreeNode>();
  for (const row of open) {
    // Whatever is above a known outer row is known too.
    for (let above = row.parent; above !== undefined && !outer.has(above); above = above.parent) outer.add(above);
  }
  return open.filter((row) => !outer.has(row));
}

/** Of several that start together, the inner one: it comes later. */
function lastOf(open: readonly TreeNode[]): TreeNode | undefined {
  let last = open[0];
  for (const row of open) if (last === undefined || row.start >= last.start) last = row;
  return last;
}

/** The kinds of steps, the most specific first: a session without models may still do something. */
const STEPS: ReadonlySet<SpanKind> = new Set<SpanKind>(["llm", "tool", "retrieval", "embedding"]);

/** The row that ended later; steps before all others. */
function laterEnd(known: TreeNode | undefined, row: TreeNode | undefined): TreeNode | undefined {
  if (row?.span === undefined || row.running || row.badges.includes("absurd-time")) return known;
  if (known === undefined) return row;
  const [a, b] = [isStep(known), isStep(row)];
  if (a !== b) return a ? known : row;
  // Of two that end together, the inner one: it comes later.
  return row.end >= known.end ? row : known;
}

const isStep = ({ span }: TreeNode): boolean => span !== undefined && STEPS.has(span.facts.kind);

function stepOf(step: TreeNode): AgentStep {
  if (isAgent(step)) return { step };
  let agent = step.parent;
  while (agent !== undefined && !isAgent(agent)) agent = agent.parent;
  return agent === undefined ? { step } : { step, agent };
}

const isAgent = ({ span }: TreeNode): boolean => span?.facts.kind === "agent" || span?.facts.kind === "team";
