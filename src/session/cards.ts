import { groupOfKind } from "./kind-filter.ts";
import { addUsage, costsOf, NO_USAGE } from "./row-usage.ts";
import type { Usage } from "./row-usage.ts";
import { gapsBetween } from "./timing/idle-gaps.ts";
import { clipped, intervalOf, totalOf, union } from "./timing/interval.ts";
import type { Interval } from "./timing/interval.ts";
import { foldRoots } from "./tree/fold-roots.ts";
import type { SessionTree, TreeNode } from "./tree/tree.ts";

/** Where the time of a session went, nanoseconds. The parts do not overlap, and add up to the whole. */
export type TimeSpent = {
  readonly whole: bigint;
  /** A model worked. */
  readonly models: bigint;
  /** A tool or a retrieval worked, and no model. */
  readonly tools: bigint;
  /** Neither, for a short time: the agent itself, its network, its queue. */
  readonly between: bigint;
  /** Nothing worked for long: see `gapsBetween`. */
  readonly idle: bigint;
};

/** The times of work by class. Those of ended rows do not overlap; running rows last until the present. */
type Times = Readonly<
  Record<WorkClass, { readonly ended: readonly Interval[]; readonly running: readonly TreeNode[] }>
>;
/** `steps`: rows without rows below. */
type WorkClass = "models" | "tools" | "steps";

const CLASSES = ["models", "tools", "steps"] as const;

const timesByRoot = foldRoots((rows): Times => {
  const isOf: Readonly<Record<WorkClass, (row: TreeNode) => boolean>> = {
    models: ({ span }) => span !== undefined && groupOfKind(span.facts.kind) === "models",
    tools: ({ span }) => span !== undefined && groupOfKind(span.facts.kind) === "tools",
    steps: ({ span, children }) => span !== undefined && children.length === 0,
  };
  return byClass((name) => {
    const own = rows.filter(isOf[name]);
    const ended = union(own.filter(({ running }) => !running).map((row) => intervalOf(row, 0n)));
    return { ended, running: own.filter(({ running }) => running) };
  });
});

const timesOf = remembered((tree): Times => {
  const parts = timesByRoot(tree);
  return byClass((name) => ({
    ended: union(parts.flatMap((part) => part[name].ended)),
    running: parts.flatMap((part) => part[name].running),
  }));
});

/** The times within `whole` in which nothing worked for long. */
export function idleTimes(tree: SessionTree, whole: Interval, present: bigint): readonly Interval[] {
  const { ended, running } = timesOf(tree).steps;
  return gapsBetween(union([...ended, ...running.map((row) => intervalOf(row, present))]), whole);
}

/** Parallel steps count once, and a model within a tool counts as the model. `present`: the end of what runs, Unix nanoseconds. */
export function timeSpent(tree: SessionTree, present: bigint): TimeSpent {
  const times = timesOf(tree);
  const runs = CLASSES.some((name) => times[name].running.length > 0);
  const whole = { from: tree.start, to: runs && present > tree.end ? present : tree.end };
  // Clock outliers lie outside.
  const { models, tools, steps } = byClass((name) =>
    union([...times[name].ended, ...times[name].running.map((row) => intervalOf(row, present))]).flatMap(
      (time) => clipped(time, whole) ?? [],
    ),
  );
  const work = union([...models, ...tools]);
  const total = totalOf([whole]);
  const ofModels = totalOf(models);
  const ofWork = totalOf(work);
  const withIdle = totalOf(union([...work, ...gapsBetween(steps, whole)]));
  return {
    whole: total,
    models: ofModels,
    tools: ofWork - ofModels,
    between: total - withIdle,
    idle: withIdle - ofWork,
  };
}

/** What a model cost. */
export type ModelCost = Usage & {
  /** "" for costs and tokens that no model's call reports. */
  readonly model: string;
  readonly calls: number;
};

const costsByRoot = foldRoots((rows) => {
  const models = new Map<string, ModelCost>();
  for (const { usage } of rows) {
    if (usage === undefined) continue;
    const { model = "", ...own } = usage;
    const known = models.get(model);
    models.set(model, { model, calls: (known?.calls ?? 0) + 1, ...addUsage(known ?? NO_USAGE, own) });
  }
  return models;
});

/** Tokens and costs by model, the dearest first. */
export const costsByModel = remembered((tree): readonly ModelCost[] => {
  const sums = new Map<string, ModelCost>();
  for (const part of costsByRoot(tree)) {
    for (const [model, own] of part) {
      const known = sums.get(model);
      sums.set(model, { model, calls: (known?.calls ?? 0) + own.calls, ...addUsage(known ?? NO_USAGE, own) });
    }
  }
  const costIn = (usage: Usage): number => costsOf(usage).cost ?? 0;
  const tokensIn = ({ tokens }: Usage): number => tokens.input + tokens.output;
  return [...sums.values()].toSorted(
    (a, b) => costIn(b) - costIn(a) || tokensIn(b) - tokensIn(a) || (a.model < b.model ? -1 : 1),
  );
});

/** A failure is recovered if a step around it ended well, and undecided while what is around it runs. */
export type Aftermath = "recovered" | "failed" | "undecided";

/** Failures of the same step for the same reason. */
export type ErrorCause = {
  /** The tool, the model, the agent, else the span's name. */
  readonly subject: string;
  /** First line; "" without. */
  readonly reason: string;
  readonly count: number;
  /** The worst of them. */
  readonly aftermath: Aftermath;
  /** Key of the first row. */
  readonly first: string;
};

/** A hostile session has as many causes as spans. */
const MAX_CAUSES = 200;

const WORST: readonly Aftermath[] = ["failed", "undecided", "recovered"];

const worse = (a: Aftermath, b: Aftermath): Aftermath => WORST.find((one) => one === a || one === b) ?? a;

type Failure = { readonly row: TreeNode; readonly aftermath: Aftermath };

const failuresByRoot = foldRoots((rows): readonly Failure[] => {
  if (!rows.some(({ cause }) => cause)) return [];
  // Parents come first.
  const decided = new Map<TreeNode, Aftermath>();
  for (const row of rows)
    decided.set(row, aftermathAt(row, row.parent === undefined ? undefined : decided.get(row.parent)));
  return rows.flatMap((row) => (row.cause ? { row, aftermath: decided.get(row) ?? "failed" } : []));
});

/** How a failure at or below this row went on. `above`: how one at its parent did. */
function aftermathAt(row: TreeNode, above: Aftermath | undefined): Aftermath {
  if (row.error) return above ?? "failed";
  if (row.running || row.awaited) return "undecided";
  // A row that was not received, or that lies between the steps, says nothing by itself.
  const decides = row.span !== undefined && groupOfKind(row.span.facts.kind) !== "plumbing";
  return decides ? "recovered" : (above ?? "recovered");
}

/** The causes of a session's failures, each with its first row: what did not recover first, then by count. */
export const errorCauses = remembered((tree): readonly ErrorCause[] => {
  const causes = new Map<string, ErrorCause>();
  for (const { row, aftermath } of failuresByRoot(tree).flat()) {
    const { subject, reason } = failureWords(row);
    const id = `${subject}\n${reason}`;
    const known = causes.get(id);
    if (known === undefined && causes.size === MAX_CAUSES) continue;
    causes.set(id, {
      subject,
      reason,
      count: (known?.count ?? 0) + 1,
      aftermath: known === undefined ? aftermath : worse(known.aftermath, aftermath),
      first: known?.first ?? row.key,
    });
  }
  return [...causes.values()].toSorted(
    (a, b) => WORST.indexOf(a.aftermath) - WORST.indexOf(b.aftermath) || b.count - a.count,
  );
});

function failureWords({ span, name, failure = "" }: TreeNode): { readonly subject: string; readonly reason: string } {
  const facts = span?.facts;
  return { subject: facts?.tool ?? facts?.model ?? facts?.agent ?? facts?.team ?? name, reason: failure };
}

function byClass<Value>(value: (name: WorkClass) => Value): Readonly<Record<WorkClass, Value>> {
  return { models: value("models"), tools: value("tools"), steps: value("steps") };
}

/** A fold of a tree, done once. */
function remembered<Result>(fold: (tree: SessionTree) => Result): (tree: SessionTree) => Result {
  const known = new WeakMap<SessionTree, Result>();
  return (tree) => {
    let result = known.get(tree);
    if (result === undefined) known.set(tree, (result = fold(tree)));
    return result;
  };
}
