import { groupOfKind } from "./kind-filter.ts";
import { foldRoots } from "./tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "./tree/tree.ts";

/** By which time a row changed last: when it was received, or, in a replay, when it started or ended. */
export type ChangeTime = "received" | "happened";

/**
 * The step that changed last: of what one export brought, the one that began or ended last, and a step before what lies between
 * the steps. So it is the newest also while several agents work, wherever its row is. What has steps below it is none: when a turn
 * ends, its row stands above all that was said in it.
 */
export function newestStep(tree: SessionTree, by: ChangeTime): TreeNode | undefined {
  let newest: Change | undefined;
  for (const change of (by === "received" ? byReceipt : byTime)(tree))
    if (change !== undefined && isNewer(change, newest)) newest = change;
  return newest?.row;
}

type Change = { readonly row: TreeNode; readonly received: bigint; readonly at: bigint; readonly isStep: boolean };

const byReceipt = foldRoots((rows) => newestOf(rows, "received"));
const byTime = foldRoots((rows) => newestOf(rows, "happened"));

function newestOf(rows: readonly TreeNode[], by: ChangeTime): Change | undefined {
  let newest: Change | undefined;
  const around = aroundSteps(rows);
  for (const row of rows) {
    const { span, start, end, running } = row;
    if (span === undefined || row.badges.includes("absurd-time") || around.has(row)) continue;
    const change = {
      row,
      received: by === "received" ? BigInt(span.received) : 0n,
      at: running ? start : end,
      isStep: isStep(row),
    };
    if (isNewer(change, newest)) newest = change;
  }
  return newest;
}

/** The rows that have a step below them. */
function aroundSteps(rows: readonly TreeNode[]): ReadonlySet<TreeNode> {
  const around = new Set<TreeNode>();
  for (const row of rows) {
    if (!isStep(row)) continue;
    for (let above = row.parent; above !== undefined && !around.has(above); above = above.parent) around.add(above);
  }
  return around;
}

/** An open question is read as a step, whatever its span is. */
const isStep = ({ span }: TreeNode): boolean =>
  span !== undefined && (groupOfKind(span.facts.kind) !== "plumbing" || span.facts.inputRequest?.state === "open");

/** Of two equal ones, the later row: it is the inner one. */
function isNewer(change: Change, known: Change | undefined): boolean {
  if (known === undefined || change.received !== known.received)
    return known === undefined || change.received > known.received;
  if (change.isStep !== known.isStep) return change.isStep;
  return change.at >= known.at;
}
