import { countBefore } from "../lib/binary-search.ts";
import { groupOfKind } from "./kind-filter.ts";
import type { KindGroup } from "./kind-filter.ts";
import { costsOf, plainUsage, UsageTotal } from "./row-usage.ts";
import type { Usage } from "./row-usage.ts";
import { isLongGap, LEAST_GAP } from "./timing/idle-gaps.ts";
import { clipped, intervalOf, totalOf, union } from "./timing/interval.ts";
import type { Interval } from "./timing/interval.ts";
import { foldPieces } from "./tree/fold-pieces.ts";
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
  /** Nothing worked for long: see `isLongGap`. */
  readonly idle: bigint;
};

/** When models and tools worked, and when steps (rows without rows below) did. Parts do not overlap. */
type Times = {
  readonly models: readonly Interval[];
  /** Of models and tools. */
  readonly work: readonly Interval[];
  readonly steps: readonly Interval[];
};

/** A time in which no step worked, and how much of it no tool waited either. */
type Pause = Interval & { readonly idle: bigint };

/** The sums of some pieces, whose times lie between `from` and `to`. */
type Spell = Interval & {
  readonly models: bigint;
  readonly work: bigint;
  /** Longer than `LEAST_GAP`. */
  readonly pauses: readonly Pause[];
  /** The first start and last end of a step, and the work before and after; absent without steps. */
  readonly steps?: Interval & { readonly before: bigint; readonly after: bigint };
};

type PieceTimes = {
  readonly ended: Times;
  readonly running: {
    readonly models: readonly TreeNode[];
    readonly tools: readonly TreeNode[];
    readonly steps: readonly TreeNode[];
  };
  readonly spell: Spell | undefined;
};

const timesByPiece = foldPieces((rows): PieceTimes => {
  const own = rows.filter(({ span, badges }) => span !== undefined && !badges.includes("absurd-time"));
  const of = (group: KindGroup): TreeNode[] =>
    own.filter(({ span }) => span !== undefined && groupOfKind(span.facts.kind) === group);
  const [models, tools, steps] = [of("models"), of("tools"), own.filter(({ children }) => children.length === 0)];
  const isRunning = ({ running }: TreeNode): boolean => running;
  const ended = (of_: readonly TreeNode[]): readonly Interval[] =>
    union(of_.filter(({ running }) => !running).map((row) => intervalOf(row, 0n)));
  const times = { models: ended(models), work: ended([...models, ...tools]), steps: ended(steps) };
  return {
    ended: times,
    running: { models: models.filter(isRunning), tools: tools.filter(isRunning), steps: steps.filter(isRunning) },
    spell: spellOf(times),
  };
});

function spellOf({ models, work, steps }: Times): Spell | undefined {
  const all = [work[0], steps[0]].filter((time) => time !== undefined);
  const last = [work.at(-1), steps.at(-1)].filter((time) => time !== undefined);
  const [first] = all;
  if (first === undefined) return undefined;
  const from = all.reduce((least, time) => (time.from < least ? time.from : least), first.from);
  const to = last.reduce((most, time) => (time.to > most ? time.to : most), first.to);
  const [firstStep, lastStep] = [steps[0], steps.at(-1)];
  return {
    from,
    to,
    models: totalOf(models),
    work: totalOf(work),
    pauses: pausesIn(steps).map((pause) => ({ ...pause, idle: pause.to - pause.from - overlap(work, pause) })),
    ...(firstStep === undefined || lastStep === undefined
      ? {}
      : {
          steps: {
            from: firstStep.from,
            to: lastStep.to,
            before: overlap(work, { from, to: firstStep.from }),
            after: overlap(work, { from: lastStep.to, to }),
          },
        }),
  };
}

function pausesIn(steps: readonly Interval[]): readonly Interval[] {
  return steps.flatMap(({ to }, at) => {
    const next = steps[at + 1]?.from;
    return next !== undefined && next - to > LEAST_GAP ? { from: to, to: next } : [];
  });
}

/** `times`: by start, without overlap. */
function overlap(times: readonly Interval[], within: Interval): bigint {
  let sum = 0n;
  for (
    let at = countBefore(times.length, (index) => (times[index]?.to ?? 0n) <= within.from);
    at < times.length;
    at++
  ) {
    const part = times[at] === undefined ? undefined : clipped(times[at] ?? within, within);
    if (part === undefined) break;
    sum += part.to - part.from;
  }
  return sum;
}

const knownSpells = new WeakMap<
  SessionTree,
  { readonly whole: Interval; readonly present: bigint; readonly spells: readonly Spell[] }
>();

/** The card and the overview ask for the same. */
function spellsOf(tree: SessionTree, whole: Interval, present: bigint): readonly Spell[] {
  let known = knownSpells.get(tree);
  const isSame =
    known?.whole.from === whole.from && known.whole.to === whole.to && (known.present === present || !runsAny(tree));
  if (known === undefined || !isSame) {
    known = { whole, present, spells: findSpells(tree, whole, present) };
    knownSpells.set(tree, known);
  }
  return known.spells;
}

const runsAny = (tree: SessionTree): boolean =>
  timesByPiece(tree).some(({ running }) => running.models.length + running.tools.length + running.steps.length > 0);

/** The spells of a session by start. Pieces whose times overlap are one: a session of many turns is folded turn by turn. */
function findSpells(tree: SessionTree, whole: Interval, present: bigint): readonly Spell[] {
  const pieces = timesByPiece(tree).flatMap((piece) => {
    const { models, tools, steps } = piece.running;
    const { spell: ended } = piece;
    const isInside = ended === undefined || (ended.from >= whole.from && ended.to <= whole.to);
    if (models.length + tools.length + steps.length === 0 && isInside)
      return ended === undefined ? [] : { times: piece.ended, spell: ended };
    // Clock outliers lie outside.
    const inside = (times: readonly Interval[]): readonly Interval[] =>
      union(times).flatMap((time) => clipped(time, whole) ?? []);
    const now = (rows: readonly TreeNode[]): readonly Interval[] => rows.map((row) => intervalOf(row, present));
    const times = {
      models: inside([...piece.ended.models, ...now(models)]),
      work: inside([...piece.ended.work, ...now(models), ...now(tools)]),
      steps: inside([...piece.ended.steps, ...now(steps)]),
    };
    const spell = spellOf(times);
    return spell === undefined ? [] : { times, spell };
  });
  pieces.sort((a, b) => (a.spell.from < b.spell.from ? -1 : a.spell.from > b.spell.from ? 1 : 0));
  const spells: Spell[] = [];
  for (let at = 0; at < pieces.length;) {
    const first = pieces[at];
    if (first === undefined) break;
    let { to } = first.spell;
    let next = at + 1;
    for (let piece = pieces[next]; piece !== undefined && piece.spell.from <= to; piece = pieces[++next])
      if (piece.spell.to > to) to = piece.spell.to;
    const spell = next === at + 1 ? first.spell : spellOfMany(pieces.slice(at, next).map(({ times }) => times));
    if (spell !== undefined) spells.push(spell);
    at = next;
  }
  return spells;
}

type Cluster = { readonly of: readonly Times[]; readonly times: Times; readonly spell: Spell | undefined };

/** By the times of its first piece. */
const clusters = new WeakMap<Times, Cluster>();

/** Of pieces whose times overlap. Ended ones that join those of the last time are added to their sum; a running one has new times each time. */
function spellOfMany(all: readonly Times[]): Spell | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const last = clusters.get(first);
  const isGrown = last !== undefined && last.of.length <= all.length && last.of.every((one, at) => one === all[at]);
  if (isGrown && last.of.length === all.length) return last.spell;
  const parts = isGrown ? [last.times, ...all.slice(last.of.length)] : all;
  const times = {
    models: union(parts.flatMap(({ models }) => models)),
    work: union(parts.flatMap(({ work }) => work)),
    steps: union(parts.flatMap(({ steps }) => steps)),
  };
  const spell = spellOf(times);
  // A piece that began a cluster before may have joined one.
  for (const one of all) clusters.delete(one);
  clusters.set(first, { of: all, times, spell });
  return spell;
}

/** The long pauses of a session: within its spells, and between the steps of one spell and the next. */
function pausesOf(spells: readonly Spell[], whole: Interval): readonly Pause[] {
  const pauses: Pause[] = [];
  let last: bigint | undefined;
  /** Since the last step. */
  let worked = 0n;
  for (const { steps, work, pauses: within } of spells) {
    if (steps === undefined) {
      worked += work;
      continue;
    }
    if (last !== undefined && steps.from > last)
      pauses.push({ from: last, to: steps.from, idle: steps.from - last - worked - steps.before });
    pauses.push(...within);
    last = steps.to;
    worked = steps.after;
  }
  return pauses.filter((pause) => isLongGap(pause, whole));
}

/** The times within `whole` in which nothing worked for long. */
export const idleTimes = (tree: SessionTree, whole: Interval, present: bigint): readonly Interval[] =>
  pausesOf(spellsOf(tree, whole, present), whole);

/** Parallel steps count once, and a model within a tool counts as the model. `present`: the end of what runs, Unix nanoseconds. */
export function timeSpent(tree: SessionTree, present: bigint): TimeSpent {
  const whole = { from: tree.start, to: runsAny(tree) && present > tree.end ? present : tree.end };
  const spells = spellsOf(tree, whole, present);
  const total = totalOf([whole]);
  const models = spells.reduce((sum, spell) => sum + spell.models, 0n);
  const work = spells.reduce((sum, spell) => sum + spell.work, 0n);
  const idle = pausesOf(spells, whole).reduce((sum, pause) => sum + pause.idle, 0n);
  return { whole: total, models, tools: work - models, between: total - work - idle, idle };
}

/** What a model cost. */
export type ModelCost = Usage & {
  /** "" for costs and tokens that no model's call reports. */
  readonly model: string;
  readonly calls: number;
};

/** Sums by model that go on: a batch adds up all turns of the session. */
class ModelSums {
  readonly #sums = new Map<string, { calls: number; readonly usage: UsageTotal }>();

  add(model: string, calls: number, usage: Usage): void {
    const known = this.#sums.get(model);
    if (known === undefined) this.#sums.set(model, { calls, usage: new UsageTotal(usage) });
    else {
      known.calls += calls;
      known.usage.add(usage);
    }
  }

  get all(): readonly ModelCost[] {
    return Array.from(this.#sums, ([model, { calls, usage }]) => ({ model, calls, ...plainUsage(usage) }));
  }
}

const costsByPiece = foldPieces((rows) => {
  const sums = new ModelSums();
  for (const { usage } of rows) if (usage !== undefined) sums.add(usage.model ?? "", 1, usage);
  return sums.all;
});

/** Tokens and costs by model, the dearest first. */
export const costsByModel = remembered((tree): readonly ModelCost[] => {
  const sums = new ModelSums();
  for (const part of costsByPiece(tree)) for (const own of part) sums.add(own.model, own.calls, own);
  const costIn = (usage: Usage): number => costsOf(usage).cost ?? 0;
  const tokensIn = ({ tokens }: Usage): number => tokens.input + tokens.output;
  return sums.all.toSorted(
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

function failuresIn(rows: readonly TreeNode[]): readonly Failure[] {
  if (!rows.some(({ cause }) => cause)) return [];
  /** By depth, of the row and those above it: rows come depth first. */
  const decided: Aftermath[] = [];
  const failures: Failure[] = [];
  for (const row of rows) {
    const aftermath = aftermathAt(row, row.parent === undefined ? undefined : decided[row.depth - 1]);
    decided[row.depth] = aftermath;
    if (row.cause) failures.push({ row, aftermath });
  }
  return failures;
}

/** How a failure at or below this row went on. `above`: how one at its parent did. */
function aftermathAt(row: TreeNode, above: Aftermath | undefined): Aftermath {
  if (row.error) return above ?? "failed";
  if (row.running || row.awaited) return "undecided";
  // A row that was not received, or that lies between the steps, says nothing by itself.
  const decides = row.span !== undefined && groupOfKind(row.span.facts.kind) !== "plumbing";
  return decides ? "recovered" : (above ?? "recovered");
}

type SummedCause = { -readonly [Field in keyof ErrorCause]: ErrorCause[Field] };

type CauseMap = ReadonlyMap<string, ErrorCause>;

const causesByRoot = foldRoots((rows): CauseMap => {
  const causes = new Map<string, SummedCause>();
  for (const { row, aftermath } of failuresIn(rows)) {
    const { subject, reason } = failureWords(row);
    addCause(causes, `${subject}\n${reason}`, { subject, reason, count: 1, aftermath, first: row.key });
  }
  return causes;
});

function addCause(causes: Map<string, SummedCause>, id: string, cause: ErrorCause): void {
  const known = causes.get(id);
  if (known === undefined) {
    causes.set(id, { ...cause });
    return;
  }
  known.count += cause.count;
  known.aftermath = worse(known.aftermath, cause.aftermath);
}

/** The causes of a session's failures, each with its first row: what did not recover first, then by count. */
export const errorCauses = remembered((tree): readonly ErrorCause[] => {
  const causes = new Map<string, SummedCause>();
  for (const part of causesByRoot(tree)) {
    for (const [id, cause] of part) if (causes.size < MAX_CAUSES || causes.has(id)) addCause(causes, id, cause);
  }
  return [...causes.values()].toSorted(
    (a, b) => WORST.indexOf(a.aftermath) - WORST.indexOf(b.aftermath) || b.count - a.count,
  );
});

function failureWords({ span, name, failure = "" }: TreeNode): { readonly subject: string; readonly reason: string } {
  const facts = span?.facts;
  return { subject: facts?.tool ?? facts?.model ?? facts?.agent ?? facts?.team ?? name, reason: failure };
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
