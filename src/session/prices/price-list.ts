import { PRICE_DATA } from "./price-data.ts";
import type { Candidate } from "./model-name.ts";

/** US dollars per million tokens. Output includes reasoning. */
export type Rates = {
  readonly input: number;
  readonly output: number;
  /** Of input tokens read from a cache. */
  readonly cached: number;
  /** Of input tokens written to a cache for five minutes. */
  readonly written: number;
  /** Of input tokens written to a cache for an hour. */
  readonly written1h: number;
};

/** All tokens of a call cost the rates of the last tier that its input exceeds. */
export type Tier = Rates & { readonly above: number };

/** The prices of a model from a time on, or in certain hours of each day. */
export type Period = {
  /** Unix seconds. */
  readonly from?: number;
  /** Seconds of the day, UTC: from the first to before the second. */
  readonly hours?: readonly [number, number];
  readonly tiers: readonly [Tier, ...Tier[]];
};

/** Of the periods that hold at a time, the last counts; before all of them the first. */
export type ModelPrice = readonly [Period, ...Period[]];

const SECONDS_A_DAY = 86_400;

/** The rates of a call at a time (Unix seconds) with so many input tokens. */
export function ratesOf(price: ModelPrice, at: number, input: number): Rates {
  const second = at % SECONDS_A_DAY;
  const holds = ({ from = 0, hours: [first, end] = [0, SECONDS_A_DAY] }: Period): boolean =>
    at >= from && (end < first ? second >= first || second < end : second >= first && second < end);
  const { tiers } = price.findLast(holds) ?? price[0];
  return tiers.findLast(({ above }) => input > above) ?? tiers[0];
}

/** `3 15 .3 3.75 6`: input, output, cached, written and written for an hour; an absent part costs as the one before it, but output nothing. */
function readTier(text: string): Tier {
  const [rates = "", above = "0"] = text.split(">").toReversed();
  const [input = 0, output = 0, cached = input, written = input, written1h = written] = rates.split(" ").map(Number);
  return { above: Number(above), input, output, cached, written, written1h };
}

/** A period in the form of `.ci/prices.ts`: an optional `2026-08-21 ` or `01:00-04:00 `, then tiers. */
function readPeriod(text: string): Period {
  const [, from, first, end, rates = ""] = PERIOD.exec(text) ?? [];
  const [base = "", ...more] = rates.split("|");
  const tiers = [readTier(base), ...more.map(readTier)] as const;
  if (from !== undefined) return { from: Date.parse(from) / 1000, tiers };
  return first === undefined || end === undefined ? { tiers } : { hours: [secondOf(first), secondOf(end)], tiers };
}

const PERIOD = /^(?:(\d{4}-\d\d-\d\d) |(\d\d:\d\d)-(\d\d:\d\d) )?(.*)$/;

function secondOf(time: string): number {
  return Date.parse(`1970-01-01T${time}Z`) / 1000;
}

/** A line of the list's text, such as `2.5 10 1.25:gpt-4o gpt-4o-search`. */
const LINE = /^(.*):(.+)$/;

export function readPrice(text: string): ModelPrice {
  const [first = "", ...later] = text.split(";");
  return [readPeriod(first), ...later.map(readPeriod)];
}

/** Models and prices of one table. */
export function readTable(text: string): ReadonlyMap<string, ModelPrice> {
  const models = new Map<string, ModelPrice>();
  for (const line of text.split("\n")) {
    const [, price, names] = LINE.exec(line) ?? [];
    if (price === undefined || names === undefined) continue;
    const read = readPrice(price);
    for (const name of names.split(" ")) models.set(name, read);
  }
  return models;
}

let tables: ReadonlyMap<string, ReadonlyMap<string, ModelPrice>> | undefined;

/** The list's price for the first candidate that it has. The list is read when it is first needed. */
export function listedPrice(candidates: readonly Candidate[]): ModelPrice | undefined {
  tables ??= new Map(Object.entries(PRICE_DATA.tables).map(([table, text]) => [table, readTable(text)]));
  for (const { table, name } of candidates) {
    const price = tables.get(table)?.get(name);
    if (price !== undefined) return price;
  }
  return undefined;
}
