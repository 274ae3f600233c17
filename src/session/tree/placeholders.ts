import { highWord, lowWord } from "../../lib/hex.ts";
import type { QueryGroups } from "../query-groups.ts";
import { NO_PATH } from "../table/ancestor-paths.ts";
import { MISSING, ROOT, SELF } from "../table/parent-links.ts";
import { IdSet } from "../table/span-index.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";

/** A node without a span: a missing parent, or a trace that groups its placeholders while its root is missing. */
export type Placeholder = {
  readonly standsFor: "span" | "trace";
  /** The trace's number. */
  readonly trace: number;
  /** The two words of its span id; zero for a trace. */
  readonly high: number;
  readonly low: number;
  /** Of a span: the name in paths below it; of a trace: its query's name; "" without. */
  readonly name: string;
  /** Its own start by paths below it, Unix nanoseconds; 0n if unknown. */
  start: bigint;
  /** Row of the earliest span below it. */
  earliest: number;
};

/** Parents by place: the rows of the table come first, then the placeholders. */
export type PlaceholderLinks = { readonly placeholders: Placeholder[]; readonly parents: Int32Array };

/** A placeholder for each missing parent. Those that paths name are nested as in the paths. */
export function linkPlaceholders(table: SpanTable, groups: QueryGroups): PlaceholderLinks {
  const { rows } = table;
  const ofRows = groups.parents.slice();
  const ids = new IdSet();
  const placeholders: Placeholder[] = [];
  let claims: Claims | undefined;
  const claimAt = (trace: number, high: number, low: number): Claim | undefined =>
    (claims ??= claimsOf(table, groups)).at(trace, high, low);
  const placeOf = (trace: number, high: number, low: number, below: number): number => {
    const known = ids.find(trace, high, low);
    if (known >= 0) return rows.length + known;
    ids.add(trace, high, low);
    const { name, start } = claimAt(trace, high, low) ?? NO_CLAIM;
    return rows.length + placeholders.push({ standsFor: "span", trace, high, low, name, start, earliest: below }) - 1;
  };
  for (let row = 0; row < rows.length; row++) {
    const parent = ofRows[row] ?? ROOT;
    const isHidden = parent >= 0 && groups.derived?.duplicates[parent] === 1;
    if (parent !== MISSING && !isHidden) continue;
    ofRows[row] = placeOf(rows.word(row, Row.TRACE), rows.word(row, Row.PARENT), rows.word(row, Row.PARENT + 1), row);
  }
  const above: number[] = [];
  // The list grows during the loop.
  for (const { trace, high, low, earliest } of placeholders) {
    const parentId = claimAt(trace, high, low)?.parentId ?? "";
    if (parentId === "") {
      above.push(ROOT);
      continue;
    }
    const parent = [highWord(parentId), lowWord(parentId)] as const;
    const row = table.rowOf(trace, ...parent);
    if (parent[0] === high && parent[1] === low) above.push(SELF);
    else above.push(row >= 0 ? row : placeOf(trace, ...parent, earliest));
  }
  const parents = new Int32Array(rows.length + placeholders.length);
  parents.set(ofRows);
  parents.set(above, rows.length);
  return { placeholders, parents };
}

/** A missing span, by the paths of spans below it. */
type Claim = { readonly name: string; readonly parentId: string; readonly start: bigint };

const NO_CLAIM: Claim = { name: "", parentId: "", start: 0n };

/** By trace number and span id. */
class Claims {
  readonly #ids = new IdSet();
  readonly #claims: Claim[] = [];

  at(trace: number, high: number, low: number): Claim | undefined {
    return this.#claims[this.#ids.find(trace, high, low)];
  }

  /** If paths differ, the smaller text and the earlier start win, so that order does not show. */
  add(trace: number, high: number, low: number, { name, parentId, start }: Claim): void {
    const known = this.#ids.find(trace, high, low);
    const claim = this.#claims[known];
    if (claim !== undefined) {
      this.#claims[known] = {
        name: smaller(claim.name, name),
        parentId: smaller(claim.parentId, parentId),
        start: claim.start === 0n || (start !== 0n && start < claim.start) ? start : claim.start,
      };
      return;
    }
    this.#ids.add(trace, high, low);
    this.#claims.push({ name, parentId, start });
  }
}

/** Spans of one path share its entries: each is visited once. */
function claimsOf(table: SpanTable, { derived }: QueryGroups): Claims {
  const { rows, paths } = table;
  const claims = new Claims();
  const walked = new Uint8Array(paths.length + 1);
  for (let row = 0; row < rows.length; row++) {
    if (derived?.duplicates[row] === 1) continue;
    const trace = rows.word(row, Row.TRACE);
    for (let path = rows.path(row); path !== NO_PATH && walked[path] === 0; path = paths.above(path)) {
      walked[path] = 1;
      const high = paths.high(path);
      const low = paths.low(path);
      if (table.rowOf(trace, high, low) >= 0) continue;
      const above = paths.above(path);
      const parentId = above === NO_PATH ? "" : Row.hexOf(paths.high(above), paths.low(above));
      const name = table.string(paths.name(path)) ?? "";
      claims.add(trace, high, low, { name, parentId, start: paths.start(path) });
    }
  }
  return claims;
}

/** The smaller text; an empty one counts only if both are. */
function smaller(a: string, b: string): string {
  if (a === "" || b === "") return a || b;
  return a < b ? a : b;
}
