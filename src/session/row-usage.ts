import type { Tokens } from "../facts/facts.ts";
import { costRow, modelAt, modelRows, tokensRow } from "./merged-rows.ts";
import type { QueryFold } from "./queries.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import { NO_TOKENS } from "./table/usage-rows.ts";
import type { UsageSum } from "./table/usage-rows.ts";

/** Tokens and costs. Costs are billionths of a dollar: sums of them are exact. */
export type Usage = {
  readonly tokens: Tokens;
  /** As reported by spans; absent without. */
  readonly reported?: number;
  /** By the price list, for tokens without a reported cost; absent without. */
  readonly estimated?: number;
  /** Calls whose tokens have neither a cost nor a price: the cost is higher. */
  readonly unpriced: number;
};

/** What a row itself counts. */
export type OwnUsage = Usage & {
  /** The model of the call, if it is one. */
  readonly model?: string;
};

/** What each row counts itself, `undefined` if nothing. Usage that another span reports too counts in one of them. */
export function ownUsageOf(table: SpanTable, { groups, usage }: QueryFold): (row: number) => OwnUsage | undefined {
  let models: Int32Array | undefined;
  return (row) => {
    if (usage.tokens[row] !== 1 && usage.costs[row] !== 1) return undefined;
    const tokens: UsageSum = { ...NO_TOKENS };
    const costs: Pick<UsageSum, "billionths"> = {};
    const wordOf = (of: number): number => table.rows.word(of, Row.USAGE);
    if (usage.tokens[row] === 1) table.usage.addTokensTo(tokens, wordOf(tokensRow(table, groups, row)));
    if (usage.costs[row] === 1) table.usage.addCostTo(costs, wordOf(costRow(table, groups, row)));
    const { billionths } = costs;
    const estimated = usage.estimates.get(row);
    const around = (models ??= modelRows(table, groups))[row] ?? -1;
    const model = around < 0 ? undefined : modelAt(table, groups, around);
    // Assigned, not spread: all rows of a part come here with each batch.
    const own: Draft<OwnUsage> = { tokens, unpriced: usage.unpriced.has(row) ? 1 : 0 };
    if (billionths !== undefined) own.reported = billionths;
    if (estimated !== undefined) own.estimated = estimated;
    if (model !== undefined) own.model = model;
    return own;
  };
}

type Draft<Value> = { -readonly [Field in keyof Value]: Value[Field] };

export const NO_USAGE: Usage = { tokens: NO_TOKENS, unpriced: 0 };

export function isSameUsage(a: Usage | undefined, b: Usage | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return a === b;
  const x = a.tokens;
  const y = b.tokens;
  return (
    a.reported === b.reported &&
    a.estimated === b.estimated &&
    a.unpriced === b.unpriced &&
    x.input === y.input &&
    x.output === y.output &&
    x.cached === y.cached &&
    x.written === y.written &&
    x.written1h === y.written1h &&
    x.reasoning === y.reasoning
  );
}

/** A sum that goes on. */
export class UsageTotal implements Usage {
  readonly tokens: { -readonly [Field in keyof Tokens]: Tokens[Field] };
  declare reported?: number;
  declare estimated?: number;
  unpriced: number;

  constructor({ tokens, reported, estimated, unpriced }: Usage) {
    this.tokens = { ...tokens };
    if (reported !== undefined) this.reported = reported;
    if (estimated !== undefined) this.estimated = estimated;
    this.unpriced = unpriced;
  }

  add({ tokens, reported, estimated, unpriced }: Usage): void {
    const sum = this.tokens;
    sum.input += tokens.input;
    sum.output += tokens.output;
    sum.cached += tokens.cached;
    sum.written += tokens.written;
    sum.written1h += tokens.written1h;
    sum.reasoning += tokens.reasoning;
    if (reported !== undefined) this.reported = (this.reported ?? 0) + reported;
    if (estimated !== undefined) this.estimated = (this.estimated ?? 0) + estimated;
    this.unpriced += unpriced;
  }
}

export function addUsage(a: Usage, b: Usage): Usage {
  const total = new UsageTotal(a);
  total.add(b);
  return plainUsage(total);
}

/** Sums are sent from object to Worker, and an instance of a class is not. */
export const plainUsage = (usage: Usage): Usage => ({ ...usage });

const PER_DOLLAR = 1e9;

/** US dollars, in the form of a summary's costs. `unpriced`: how many calls have no price. */
export function costsOf({ reported, estimated, unpriced }: Usage): {
  readonly cost?: number;
  readonly estimated?: number;
  readonly unpriced: number;
} {
  if (reported === undefined && estimated === undefined) return { unpriced };
  return {
    cost: ((reported ?? 0) + (estimated ?? 0)) / PER_DOLLAR,
    ...(estimated === undefined ? {} : { estimated: estimated / PER_DOLLAR }),
    unpriced,
  };
}
