import type { SpanKind } from "../facts/facts.ts";
import { groupOfKind } from "./kind-filter.ts";
import { foldRoots } from "./tree/fold-roots.ts";
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
  let [work, plumbing] = [NOTHING_OPEN, NOTHING_OPEN];
  let before: TreeNode | undefined;
  for (const part of partsOf(tree)) {
    work = merged(work, part.work);
    plumbing = merged(plumbing, part.plumbing);
    before = laterEnd(before, part.finished);
  }
  const open = work.count > 0 ? work : plumbing;
  const now = waiting ?? open.last;
  const others = open.count - (now !== undefined && isOpen(now) ? 1 : 0);
  return {
    ...(now === undefined ? {} : { now: stepOf(now) }),
    others: Math.max(0, others),
    ...(before === undefined ? {} : { before: stepOf(before) }),
  };
}

/** The open rows without an open row below. */
type Open = { readonly count: number; readonly last?: TreeNode };
type Part = { readonly work: Open; readonly plumbing: Open; readonly finished?: TreeNode };

const NOTHING_OPEN: Open = { count: 0 };

const partsOf = foldRoots((rows): Part => {
  const work = innermost(rows.filter((row) => isOpen(row) && !isPlumbingRow(row)));
  const plumbing = work.count > 0 ? NOTHING_OPEN : innermost(rows.filter(isOpen));
  let finished: TreeNode | undefined;
  for (const row of rows) finished = laterEnd(finished, row);
  return { work, plumbing, ...(finished === undefined ? {} : { finished }) };
});

/** Running, or not received and still awaited: exporters send most spans at their end. */
const isOpen = ({ running, awaited, span }: TreeNode): boolean => running || (awaited && span === undefined);

const isPlumbingRow = ({ span, name }: TreeNode): boolean =>
  span === undefined ? name === "" : groupOfKind(span.facts.kind) === "plumbing";

/** `open`: parents first. */
function innermost(open: readonly TreeNode[]): Open {
  const outer = new Set<TreeNode>();
  let last: TreeNode | undefined;
  let count = 0;
  for (let at = open.length - 1; at >= 0; at--) {
    const row = open[at];
    if (row === undefined) continue;
    if (!outer.has(row)) {
      count++;
      if (last === undefined || row.start > last.start) last = row;
    }
    // Whatever is above a known outer row is known too.
    for (let above = row.parent; above !== undefined && !outer.has(above); above = above.parent) outer.add(above);
  }
  return { count, ...(last === undefined ? {} : { last }) };
}

function merged(a: Open, b: Open): Open {
  const last = a.last === undefined || (b.last !== undefined && b.last.start > a.last.start) ? b.last : a.last;
  return { count: a.count + b.count, ...(last === undefined ? {} : { last }) };
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
