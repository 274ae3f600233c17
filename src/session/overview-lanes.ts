import { groupOfKind } from "./kind-filter.ts";
import type { KindGroup } from "./kind-filter.ts";
import { foldRoots } from "./tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "./tree/tree.ts";

/** A step in a lane. `key`: of its row. */
export type LaneStep = {
  readonly key: string;
  readonly group: KindGroup;
  readonly start: bigint;
  readonly end: bigint;
  /** The same as numbers, Unix milliseconds: exact enough to draw. */
  readonly from: number;
  readonly to: number;
  readonly running: boolean;
  readonly failed: boolean;
};

/** The steps of one agent. */
export type Lane = {
  /** "" for steps of no agent. */
  readonly name: string;
  /** Parents before what they contain. One list for each root: the same as long as nothing below the root changes. */
  readonly parts: readonly (readonly LaneStep[])[];
};

/** More lanes would be thinner than a line. */
export const MAX_LANES = 12;

const lanesByRoot = foldRoots((rows): ReadonlyMap<string, readonly LaneStep[]> => {
  const lanes = new Map<string, LaneStep[]>();
  /** By depth, of the row and those above it: rows come depth first. */
  const laneAt: string[] = [];
  const hasSteps = rows.some(isStep);
  for (const row of rows) {
    const own = agentName(row);
    const lane = own ?? (row.parent === undefined ? "" : (laneAt[row.depth - 1] ?? ""));
    laneAt[row.depth] = lane;
    // Without steps, what contains nothing else is what happened.
    const isShown = hasSteps ? isStep(row) || row.cause : row.span !== undefined && row.children.length === 0;
    if (!isShown || row.span === undefined || row.badges.includes("absurd-time")) continue;
    const { key, start, end, running, cause } = row;
    const steps = lanes.get(lane) ?? [];
    const group = groupOfKind(row.span.facts.kind);
    steps.push({ key, group, start, end, from: millisOf(start), to: millisOf(end), running, failed: cause });
    lanes.set(lane, steps);
  }
  return lanes;
});

/** One lane for each agent, by their first step; agents beyond {@link MAX_LANES} share the last lane. */
export function overviewLanes(tree: SessionTree): readonly Lane[] {
  const lanes = new Map<string, (readonly LaneStep[])[]>();
  for (const part of lanesByRoot(tree)) {
    for (const [name, steps] of part) {
      const known = lanes.get(name);
      if (known === undefined) lanes.set(name, [steps]);
      else known.push(steps);
    }
  }
  const sorted = Array.from(lanes, ([name, parts]) => ({ name, parts }))
    .map((lane) => ({ lane, start: firstStart(lane) }))
    .toSorted((a, b) => compare(a.start ?? 0n, b.start ?? 0n))
    .map(({ lane }) => lane);
  if (sorted.length <= MAX_LANES) return sorted;
  const rest = sorted.slice(MAX_LANES - 1);
  return [
    ...sorted.slice(0, MAX_LANES - 1),
    { name: `${rest.length} agents`, parts: rest.flatMap(({ parts }) => parts) },
  ];
}

const isStep = ({ span }: TreeNode): boolean => {
  const group = span === undefined ? "plumbing" : groupOfKind(span.facts.kind);
  return group === "models" || group === "tools";
};

function agentName({ span }: TreeNode): string | undefined {
  const facts = span?.facts;
  return facts?.kind === "agent" ? (facts.agent ?? facts.name) : undefined;
}

const startOf = new WeakMap<readonly LaneStep[], bigint>();

function firstStart({ parts }: Lane): bigint | undefined {
  let first: bigint | undefined;
  for (const steps of parts) {
    let start = startOf.get(steps);
    if (start === undefined) startOf.set(steps, (start = earliestOf(steps)));
    if (first === undefined || start < first) first = start;
  }
  return first;
}

const earliestOf = (steps: readonly LaneStep[]): bigint =>
  steps.reduce((first, { start }) => (start < first ? start : first), steps[0]?.start ?? 0n);

const millisOf = (nanos: bigint): number => Number(nanos) / 1e6;
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
