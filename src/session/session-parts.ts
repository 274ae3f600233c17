import type { LinkDerived } from "./correlate/derived-links.ts";
import { Division } from "./division.ts";
import type { PartFold } from "./part-fold.ts";
import type { Prices } from "./prices/prices.ts";
import { foldGroups } from "./queries.ts";
import { groupByQuery } from "./query-groups.ts";
import type { SpanTable } from "./table/span-table.ts";

/** A part takes new units until it has so many rows. A change then folds a part or two, of some hundred in a large session. */
const MOST_ROWS = 512;

/** `rows`: the part's rows of the session's table, by row of its own; `undefined`: all. */
export type SessionPart = PartFold & { readonly rows: readonly number[] | undefined };

type Part = SessionPart & { readonly prices: Prices | undefined };

/**
 * A session's table in parts that nothing relates, see {@link Division}: each is folded by itself, and again only when one of its rows
 * was written since. An object and a viewer both fold their sessions so.
 */
export class SessionParts {
  readonly #whole: SpanTable;
  readonly #link: LinkDerived;
  readonly #mostRows: number;
  #division: Division;
  /** By the division's numbers. */
  #parts: (Part | undefined)[] = [];
  readonly #annotated = new Set<string>();
  #evictions = 0;
  #last: { readonly version: number; readonly prices: Prices | undefined; readonly parts: readonly Part[] } | undefined;

  constructor(whole: SpanTable, link: LinkDerived, mostRows = MOST_ROWS) {
    this.#whole = whole;
    this.#link = link;
    this.#mostRows = mostRows;
    this.#division = new Division(whole, mostRows);
  }

  /** Log records say more of the trace's spans than before. */
  annotate(traceId: string): void {
    this.#annotated.add(traceId);
  }

  /** The same list until something changed. */
  folds(prices: Prices | undefined): readonly SessionPart[] {
    const { version } = this.#whole;
    const known = this.#last;
    if (known?.version === version && known.prices === prices && this.#annotated.size === 0) return known.parts;
    const parts = this.#isDivided ? this.#foldParts(prices) : [this.#fold(undefined, prices)];
    this.#annotated.clear();
    this.#last = { version, prices, parts };
    return parts;
  }

  get #isDivided(): boolean {
    const { rows } = this.#whole;
    // Derived spans may belong to spans of any trace.
    return rows.length > this.#mostRows && !rows.anyDerived;
  }

  #foldParts(prices: Prices | undefined): Part[] {
    if (this.#evictions !== this.#whole.evictions) {
      // Rows have other numbers since.
      this.#evictions = this.#whole.evictions;
      this.#division = new Division(this.#whole, this.#mostRows);
      this.#parts = [];
    }
    for (const [at, rows] of this.#division.update(this.#annotated))
      this.#parts[at] = rows.length === 0 ? undefined : this.#fold(rows, prices);
    this.#parts.forEach((part, at) => {
      if (part !== undefined && (part.prices !== prices || this.#isOutgrown(part)))
        this.#parts[at] = this.#fold(part.rows, prices);
    });
    return this.#parts.filter((part) => part !== undefined);
  }

  #fold(rows: readonly number[] | undefined, prices: Prices | undefined): Part {
    const whole = this.#whole;
    const table = rows === undefined || rows.length === whole.size ? whole : whole.slice(rows);
    return { table, rows, fold: foldGroups(table, groupByQuery(table, this.#link(table)), prices), prices };
  }

  /** It was all of the session, and other parts came since. */
  #isOutgrown({ table, rows }: Part): boolean {
    return table === this.#whole && rows?.length !== table.size;
  }
}
