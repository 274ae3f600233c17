import type { SpanKind, Tokens } from "../../facts/facts.ts";
import type { ListCounts } from "../contract/directory.ts";
import { costsOf } from "../row-usage.ts";
import { NUMBERED_SPANS } from "../table/recent-spans.ts";
import type { Figures, NumberGrouping, NumberGroups, Numbers } from "./numbers.ts";

/** A tenant's numbers, as its directory has them. */
export type TenantNumbers = Numbers & {
  /** By each grouping that was asked for. */
  readonly by: Readonly<Partial<Record<NumberGrouping, NumberGroups>>>;
  /** Sessions by status, now. */
  readonly sessions: ListCounts;
};

/** Durations: nanoseconds, decimal. */
export type FiguresAnswer = {
  readonly count: number;
  readonly errors: number;
  readonly p50?: string;
  readonly p95?: string;
  readonly p99?: string;
  readonly tokens: Tokens;
  /** US dollars; absent without. */
  readonly cost?: number;
  /** The part of `cost` that comes from the price table. */
  readonly estimated?: number;
  /** Calls with tokens of unknown cost, which `cost` excludes. */
  readonly unpriced: number;
};

/** Without groups. */
export type WholeNumbers = {
  /** How many spans count at most: those that ended last. */
  readonly limit: number;
  /** Ends of the first and the last of them, Unix nanoseconds, decimal; absent without any. */
  readonly from?: string;
  readonly to?: string;
  readonly sessions: ListCounts;
  readonly spans: FiguresAnswer;
  readonly turns: FiguresAnswer;
};

/** `GET /metrics.json`. */
export type NumbersAnswer = WholeNumbers & {
  readonly by: NumberGrouping;
  readonly groups: readonly (FiguresAnswer & { readonly name: string; readonly kind?: SpanKind })[];
  readonly omitted: number;
};

export function wholeNumbers({ from, to, sessions, spans, turns }: TenantNumbers): WholeNumbers {
  return {
    limit: NUMBERED_SPANS,
    ...(from === undefined || to === undefined ? {} : { from: `${from}000`, to: `${to}000` }),
    sessions,
    spans: figuresAnswer(spans),
    turns: figuresAnswer(turns),
  };
}

export function numbersAnswer(numbers: TenantNumbers, by: NumberGrouping): NumbersAnswer {
  const { groups = [], omitted = 0 } = numbers.by[by] ?? {};
  return {
    ...wholeNumbers(numbers),
    by,
    groups: groups.map(({ name, kind, ...figures }) => ({
      name,
      ...(kind === undefined ? {} : { kind }),
      ...figuresAnswer(figures),
    })),
    omitted,
  };
}

function figuresAnswer({ count, errors, p50, p95, p99, usage }: Figures): FiguresAnswer {
  return {
    count,
    errors,
    ...(p50 === undefined ? {} : { p50: String(p50), p95: String(p95), p99: String(p99) }),
    tokens: usage.tokens,
    ...costsOf(usage),
  };
}
