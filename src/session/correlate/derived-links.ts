import type { SpanTable } from "../table/span-table.ts";
import { linkAgentRecords } from "./agent-links.ts";
import { linkEvents } from "./event-links.ts";
import type { DraftLinks } from "./event-links.ts";
import { linkStreamEnds } from "./stream-end-links.ts";
import { linkUsageSums } from "./usage-sum-links.ts";

/**
 * How derived spans relate to other spans where their ids do not say. The only source of these relations, for tables and
 * trees. Depends on the set of spans only.
 */
export type DerivedLinks = {
  /** By row: 1 if another row describes the same operation better. A duplicate is neither counted nor shown. */
  readonly duplicates: Uint8Array;
  /** By row: its parent row, or `ROOT`. */
  readonly parents: ReadonlyMap<number, number>;
  /** By duplicate row: the row that is shown in its place, if there is one. */
  readonly replacements: ReadonlyMap<number, number>;
  /** By row of an agent's span: duplicates that may say more of it, by start. */
  readonly sources: ReadonlyMap<number, readonly number[]>;
  /** Runs derived from prompts while the spans below them wait for the run's own span. */
  readonly open: ReadonlySet<number>;
  /** By row of a derived query: a row of the traced query that it is the same as. */
  readonly sameQuery: ReadonlyMap<number, number>;
};

/** `undefined` if no span is derived. */
export type LinkDerived = (table: SpanTable) => DerivedLinks | undefined;

export const linkDerivedSpans: LinkDerived = (table) => {
  if (!table.rows.anyDerived) return undefined;
  const links: DraftLinks = {
    duplicates: new Uint8Array(table.rows.length),
    parents: new Map(),
    replacements: new Map(),
    sources: new Map(),
    open: new Set(),
    sameQuery: new Map(),
  };
  linkAgentRecords(table, links);
  linkEvents(table, links);
  linkStreamEnds(table, links);
  linkUsageSums(table, links);
  return links;
};
