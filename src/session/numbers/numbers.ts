import type { SpanKind } from "../../facts/facts.ts";
import { addUsage, NO_USAGE } from "../row-usage.ts";
import type { Usage } from "../row-usage.ts";
import { percentile } from "../timing/percentile.ts";
import type { EndedSpan } from "./ended-span.ts";

export const NUMBER_GROUPINGS = ["route", "operation", "model", "tool"] as const;
export type NumberGrouping = (typeof NUMBER_GROUPINGS)[number];

export type Figures = {
  readonly count: number;
  readonly errors: number;
  /** Nanoseconds: half, 19 of 20 and 99 of 100 were as fast. Absent without any. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly usage: Usage;
};

export type NumberGroup = Figures & {
  /** "" for tokens of no model. */
  readonly name: string;
  /** Of an operation only. */
  readonly kind?: SpanKind;
};

/** The spans that ended last, in numbers. */
export type Numbers = {
  /** Ends of the first and the last of them, Unix microseconds; absent without any. */
  readonly from?: number;
  readonly to?: number;
  /** Usage of the spans themselves, which counts each call once. */
  readonly spans: Figures;
  readonly turns: Figures;
};

export type NumberGroups = {
  /** The most frequent ones first. */
  readonly groups: readonly NumberGroup[];
  /** How many groups are left out. */
  readonly omitted: number;
};

/** A hostile program has as many names as spans. */
export const MAX_NUMBER_GROUPS = 200;

export function numbersOf(spans: Iterable<EndedSpan>): Numbers {
  const [all, turns] = [new Draft(), new Draft()];
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const { end, duration, failed, usage, turn } of spans) {
    from = Math.min(from, end);
    to = Math.max(to, end);
    all.add(duration, failed);
    all.spend(usage);
    if (turn === undefined) continue;
    turns.add(turn.duration, turn.failed);
    turns.spend(turn.usage);
  }
  return { ...(to === 0 ? {} : { from, to }), spans: all.figures, turns: turns.figures };
}

export function numbersBy(spans: Iterable<EndedSpan>, by: NumberGrouping): NumberGroups {
  const drafts = new Map<string, { readonly name: string; readonly kind?: SpanKind; readonly draft: Draft }>();
  const draftOf = (name: string, kind?: SpanKind): Draft => {
    const key = `${kind ?? ""}:${name}`;
    let group = drafts.get(key);
    if (group === undefined)
      drafts.set(key, (group = { name, ...(kind === undefined ? {} : { kind }), draft: new Draft() }));
    return group.draft;
  };
  for (const span of spans) {
    const { duration, failed, usage } = span;
    const kind = by === "operation" ? span.kind : undefined;
    const name = by === "operation" ? span.name : span[by];
    if (name !== undefined) draftOf(name, kind).add(duration, failed);
    const spent = by === "route" ? (span.turn?.usage ?? usage) : usage;
    const spender = by === "model" ? (span.usageOf?.model ?? "") : by === "tool" ? span.usageOf?.tool : name;
    if (spent !== undefined && spender !== undefined) draftOf(spender, kind).spend(spent);
  }
  const groups = Array.from(drafts.values(), ({ draft, ...named }) => ({ ...named, ...draft.figures })).toSorted(
    (a, b) => b.count - a.count || compareTexts(a.name, b.name) || compareTexts(a.kind, b.kind),
  );
  return { groups: groups.slice(0, MAX_NUMBER_GROUPS), omitted: Math.max(0, groups.length - MAX_NUMBER_GROUPS) };
}

const compareTexts = (a = "", b = ""): number => (a < b ? -1 : a > b ? 1 : 0);

/** Figures under construction. */
class Draft {
  readonly #durations: number[] = [];
  #errors = 0;
  #usage = NO_USAGE;

  add(duration: number, failed: boolean): void {
    this.#durations.push(duration);
    if (failed) this.#errors++;
  }

  spend(usage: Usage | undefined): void {
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
  }

  get figures(): Figures {
    const count = this.#durations.length;
    const counts = { count, errors: this.#errors, usage: this.#usage };
    if (count === 0) return counts;
    const sorted = Float64Array.from(this.#durations).sort();
    return { ...counts, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) };
  }
}
