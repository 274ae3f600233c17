import type { SpanKind } from "../../facts/facts.ts";
import { addUsage, costsOf, NO_USAGE } from "../row-usage.ts";
import type { Usage } from "../row-usage.ts";
import { intervalOf } from "../timing/interval.ts";
import { percentile } from "../timing/percentile.ts";
import { selfTime } from "../timing/self-time.ts";
import type { SessionTree, TreeNode } from "../tree/tree-node.ts";
import type { CountedCalls } from "./counted-calls.ts";
import type { StepColumn, StepGrouping } from "./step-columns.ts";

/** The calls of one model or tool, the runs of one agent, or the spans of one operation. */
export type StepGroup = {
  /** "" for what no call of the grouping did, such as tokens outside all agents. */
  readonly name: string;
  /** Of an operation only. */
  readonly kind?: SpanKind;
  readonly calls: number;
  readonly errors: number;
  /** Of the calls, those that still run. */
  readonly running: number;
  /** Nanoseconds: half, and 19 of 20, of the ended calls were as fast. `undefined` if none has ended. */
  readonly p50?: bigint;
  readonly p95?: bigint;
  /** Nanoseconds: the sum of all calls; parallel calls count each. */
  readonly total: bigint;
  /** Nanoseconds in which its own rows worked, and none below them. An agent's models and tools are its own; agents below are not. */
  readonly self: bigint;
  /** Of its own rows. */
  readonly usage: Usage;
  /** Key of its first call, or of the first row that belongs to it. */
  readonly first: string;
};

export type StepTable = {
  readonly by: StepGrouping;
  /** The longest total first. */
  readonly groups: readonly StepGroup[];
  /** Nanoseconds: the self time of all rows of the session, those in no group included. */
  readonly self: bigint;
};

/** A hostile session has as many names as spans. */
export const MAX_GROUPS = 2_000;

/**
 * Where time and tokens of a session went, by one property of its steps. `rows`: all of a tree, or a row with all below it.
 * `present`: the end of what runs, Unix nanoseconds.
 */
export function stepTable(
  { rows }: Pick<SessionTree, "rows">,
  calls: CountedCalls,
  by: StepGrouping,
  present: bigint,
): StepTable {
  const groups = new Map<string, Draft>();
  const owners = new Map<TreeNode, Owner>();
  let self = 0n;
  // Parents come first.
  for (const row of rows) {
    const owner = ownerOf(row, by, calls, row.parent === undefined ? undefined : owners.get(row.parent));
    owners.set(row, owner);
    if (row.span === undefined) continue;
    const isTimed = !row.badges.includes("absurd-time");
    const own = isTimed ? selfTime(row, present) : 0n;
    self += own;
    const ownGroup = owner === undefined ? undefined : groupNamed(groups, owner, row);
    if (ownGroup !== undefined) ownGroup.self += own;
    if (ownGroup !== undefined && owner?.call === row)
      addCall(ownGroup, row, owner.failed, isTimed ? present : undefined);
    if (row.usage === undefined || (by === "tool" && ownGroup === undefined)) continue;
    const { model, ...usage } = row.usage;
    const spender =
      by === "model"
        ? groupNamed(groups, { name: model ?? "" }, row)
        : (ownGroup ?? groupNamed(groups, { name: "" }, row));
    if (spender !== undefined) spender.usage = addUsage(spender.usage, usage);
  }
  const done = Array.from(groups.values(), closed);
  return { by, groups: done.toSorted((a, b) => compare(b.total, a.total) || (a.name < b.name ? -1 : 1)), self };
}

/** The call to which a row belongs. */
type Owner =
  | { readonly name: string; readonly kind?: SpanKind; readonly call: TreeNode; readonly failed: boolean }
  | undefined;

/** The row itself, or the nearest call above it; for agents the nearest agent. */
function ownerOf(row: TreeNode, by: StepGrouping, calls: CountedCalls, above: Owner): Owner {
  if (by === "operation") {
    const { span, name, error } = row;
    return span === undefined
      ? undefined
      : { name: name || "unnamed span", kind: span.facts.kind, call: row, failed: error };
  }
  const call = calls.get(row.key);
  if (call === undefined || (by === "agent" && call.of !== "agent")) return above;
  return call.of === by ? { name: call.name, call: row, failed: call.failed || row.error } : undefined;
}

type Draft = { -readonly [Field in keyof Omit<StepGroup, "p50" | "p95">]: StepGroup[Field] } & {
  readonly durations: number[];
};

/** `undefined`: there are too many. */
function groupNamed(
  groups: Map<string, Draft>,
  { name, kind }: { readonly name: string; readonly kind?: SpanKind },
  { key }: TreeNode,
): Draft | undefined {
  const id = `${kind ?? ""}:${name}`;
  let group = groups.get(id);
  if (group !== undefined || groups.size >= MAX_GROUPS) return group;
  group = {
    name,
    ...(kind === undefined ? {} : { kind }),
    calls: 0,
    errors: 0,
    running: 0,
    total: 0n,
    self: 0n,
    usage: NO_USAGE,
    first: key,
    durations: [],
  };
  groups.set(id, group);
  return group;
}

/** `present`: `undefined` if the row's times mean nothing. */
function addCall(group: Draft, row: TreeNode, failed: boolean, present: bigint | undefined): void {
  if (group.calls === 0) group.first = row.key;
  group.calls++;
  if (failed) group.errors++;
  if (row.running) group.running++;
  if (present === undefined) return;
  const { from, to } = intervalOf(row, present);
  group.total += to - from;
  if (!row.running) group.durations.push(Number(to - from));
}

function closed({ durations, ...group }: Draft): StepGroup {
  if (durations.length === 0) return group;
  const sorted = Float64Array.from(durations).sort();
  return { ...group, p50: BigInt(percentile(sorted, 0.5)), p95: BigInt(percentile(sorted, 0.95)) };
}

/** Names from A, figures from the largest. Groups that have no figure come last, either way. */
export function sortedGroups(
  groups: readonly StepGroup[],
  column: StepColumn,
  order: "falling" | "rising",
): readonly StepGroup[] {
  const sign = order === "rising" ? 1 : -1;
  return groups.toSorted((a, b) => {
    if (column === "name") return -sign * (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const [x, y] = [figureOf(a, column), figureOf(b, column)];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
    return sign * compare(x, y);
  });
}

export function figureOf(group: StepGroup, column: Exclude<StepColumn, "name">): number | bigint | undefined {
  switch (column) {
    case "input":
    case "output":
    case "cached":
      return group.usage.tokens[column];
    case "cost":
      return costsOf(group.usage).cost;
    default:
      return group[column];
  }
}

const compare = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0);
