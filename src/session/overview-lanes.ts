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

/** The steps of a lane below one root: the same as long as nothing below the root changes. */
export type LanePart = {
  /** Parents before what they contain. */
  readonly steps: readonly LaneStep[];
  /** The earliest start. */
  readonly first: bigint;
  /**
   * Three numbers a step, beside each other in memory: of a long session few steps are visited to draw it. Start and end, Unix milliseconds, which
   * is exact enough; and the place of its group in `LANE_GROUPS`, with `FAILED` and `RUNNING`.
   */
  readonly drawn: readonly number[];
};

export const LANE_GROUPS: readonly KindGroup[] = ["models", "tools", "agents", "plumbing"];
export const FAILED = LANE_GROUPS.length;
export const RUNNING = 2 * FAILED;

/** The steps of one agent. */
export type Lane = {
  /** "" for steps of no agent. */
  readonly name: string;
  readonly parts: readonly LanePart[];
};

/** More lanes would be thinner than a line. */
export const MAX_LANES = 12;

export function lanePart(steps: readonly LaneStep[]): LanePart {
  let first = steps[0]?.start ?? 0n;
  const drawn: number[] = [];
  for (const { start, end, group, failed, running } of steps) {
    if (start < first) first = start;
    const look = LANE_GROUPS.indexOf(group) + (failed ? FAILED : 0) + (running ? RUNNING : 0);
    drawn.push(millisOf(start), millisOf(end), look);
  }
  return { steps, first, drawn };
}

const lanesByRoot = foldRoots((rows): readonly (readonly [name: string, part: LanePart])[] => {
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
    const group = groupOfKind(row.span.facts.kind);
    const steps = lanes.get(lane) ?? [];
    steps.push({ key, group, start, end, running, failed: cause });
    lanes.set(lane, steps);
  }
  return Array.from(lanes, ([name, steps]) => [name, lanePart(steps)] as const);
});

/** One lane for each agent, by their first step; agents beyond {@link MAX_LANES} share the last lane. */
export function overviewLanes(tree: SessionTree): readonly Lane[] {
  const lanes = new Map<string, { readonly name: string; readonly parts: LanePart[]; first: bigint }>();
  for (const root of lanesByRoot(tree)) {
    for (const [name, part] of root) {
      const known = lanes.get(name);
      if (known === undefined) lanes.set(name, { name, parts: [part], first: part.first });
      else {
        known.parts.push(part);
        if (part.first < known.first) known.first = part.first;
      }
    }
  }
  const sorted = [...lanes.values()].sort((a, b) => compare(a.first, b.first));
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

const millisOf = (nanos: bigint): number => Number(nanos) / 1e6;
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
