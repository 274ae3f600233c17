import { linkByTime } from "./by-time.ts";
import { linkEvents } from "./event-links.ts";
import { isError } from "../table/rows/noted-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import * as Row from "../table/rows/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";

/**
 * How spans that were made of log records hang together with others, where their own ids do not say. Tables and trees ask
 * here, and nobody else decides it; it depends on the set of spans only.
 */
export type ToldLinks = {
  /** By row: 1 where a better row tells the same. It is neither counted nor shown. */
  readonly hidden: Uint8Array;
  /** By row: the row that it hangs from, or {@link ROOT}. */
  readonly parents: ReadonlyMap<number, number>;
  /** By hidden row: the row that tells the same, where there is one. */
  readonly standIns: ReadonlyMap<number, number>;
  /** By row of a query that was told of: a row of the query that it is. */
  readonly same: ReadonlyMap<number, number>;
};

/** While the links are made. */
export type DraftLinks = {
  readonly hidden: Uint8Array;
  readonly parents: Map<number, number>;
  readonly standIns: Map<number, number>;
  readonly same: Map<number, number>;
};

/** `undefined` where no span was made of log records. */
export function linkTold(table: SpanTable): ToldLinks | undefined {
  if (!table.rows.anyTold) return undefined;
  const links: DraftLinks = {
    hidden: new Uint8Array(table.rows.length),
    parents: new Map(),
    standIns: new Map(),
    same: new Map(),
  };
  linkByTime(table, links);
  linkEvents(table, links);
  return links;
}

/** What log records make of spans, by the keys under which a view knows these. */
export type ToldKeys = {
  readonly hidden: ReadonlySet<string>;
  /** "" of what hangs from nothing. */
  readonly parents: ReadonlyMap<string, string>;
  /** By `<trace id>:<span id>` of one that is hidden: the key of the one that tells the same. */
  readonly standIns: ReadonlyMap<string, string>;
  /** Those that count as errors because a record says so. */
  readonly errors: ReadonlySet<string>;
};

/** `undefined` where no log record makes anything of a span. */
export function toldKeys(table: SpanTable, told: ToldLinks | undefined): ToldKeys | undefined {
  if (told === undefined && table.notes.size === 0) return undefined;
  const [hidden, errors] = [new Set<string>(), new Set<string>()];
  const [parents, standIns] = [new Map<string, string>(), new Map<string, string>()];
  for (let row = 0; row < table.size; row++) {
    if (told?.hidden[row] === 1) hidden.add(table.key(row));
    if (!table.rows.error(row) && isError(table, row)) errors.add(table.key(row));
  }
  for (const [row, parent] of told?.parents ?? [])
    parents.set(table.key(row), parent === ROOT ? "" : table.key(parent));
  for (const [row, other] of told?.standIns ?? [])
    standIns.set(`${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`, table.key(other));
  return { hidden, parents, standIns, errors };
}
