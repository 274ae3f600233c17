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
  readonly running: boolean;
  readonly failed: boolean;
};

/** The steps of one agent. */
export type Lane = {
  /** "" for steps of no agent. */
  readonly name: string;
  /** Parents before what they contain. */
  readonly steps: readonly LaneStep[];
};

/** More lanes would be thinner than a line. */
export const MAX_LANES = 12;

const lanesByRoot = foldRoots((rows): ReadonlyMap<string, readonly LaneStep[]> => {
  const lanes = new Map<string, LaneStep[]>();
  const laneOf = new Map<TreeNode, string>();
  const hasSteps = rows.some(isStep);
  for (const row of rows) {
    const own = agentName(row);
    const lane = own ?? (row.parent === undefined ? "" : (laneOf.get(row.parent) ?? ""));
    laneOf.set(row, lane);
    // Without steps, what contains nothing else is what happened.
    const isShown = hasSteps ? isStep(row) || row.cause : row.span !== undefined && row.children.length === 0;
    if (!isShown || row.span === undefined || row.badges.includes("absurd-time")) continue;
    const { key, start, end, running, cause } = row;
    const steps = lanes.get(lane) ?? [];
    steps.push({ key, group: groupOfKind(row.span.facts.kind), start, end, running, failed: cause });
    lanes.set(lane, steps);
  }
  return lanes;
});

/** One lane for each agent, by their first step; agents beyond {@link MAX_LANES} share the last lane. */
export function overviewLanes(tree: SessionTree): readonly Lane[] {
  const lanes = new Map<string, LaneStep[][]>();
  for (const part of lanesByRoot(tree)) {
    for (const [name, steps] of part) {
      const known = lanes.get(name);
      if (known === undefined) lanes.set(name, [[...steps]]);
      else known.push([...steps]);
    }
  }
  const sorted = Array.from(lanes, ([name, parts]) => ({ name, steps: parts.flat() }))
    .map((lane) => ({ lane, start: firstStart(lane) }))
    .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    .map(({ lane }) => lane);
  if (sorted.length <= MAX_LANES) return sorted;
  const rest = sorted.slice(MAX_LANES - 1);
  return [
    ...sorted.slice(0, MAX_LANES - 1),
    { name: `${rest.length} agents`, steps: rest.flatMap(({ steps }) => steps) },
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

const firstStart = ({ steps }: Lane): bigint =>
  steps.reduce((first, { start }) => (start < first ? start : first), steps[0]?.start ?? 0n);
