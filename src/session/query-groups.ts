import * as Row from "./table/span-rows.ts";
import type { DerivedLinks } from "./correlate/derived-links.ts";
import { NO_PATH } from "./table/ancestor-paths.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { CYCLE, cutCycles, MISSING, namedParents, parentsFirst, ROOT, SELF } from "./table/parent-links.ts";
import type { SpanTable } from "./table/span-table.ts";
import { NONE } from "./table/texts.ts";

/** A query and its main row. */
export type QueryGroup = {
  /** Spans name the query; otherwise it is a root of its trace. */
  readonly named: boolean;
  /** Row of its outermost span, or of the earliest span below that while it is missing. */
  readonly lead: number;
  /** Whether the outermost span was received. */
  readonly received: boolean;
  /** Its outermost span is derived, and stands for one that was not received. */
  readonly open?: true;
};

export type QueryGroups = {
  readonly parents: Int32Array;
  /** Every row, parents first. */
  readonly order: Int32Array;
  /** By start. */
  readonly queries: readonly QueryGroup[];
  /** By row: position in `queries`; -1 for a duplicate. */
  readonly queryOf: Int32Array;
  /** Of derived spans; absent without any. */
  readonly derived?: DerivedLinks;
};

type Candidate = { readonly named: boolean; query: number; orphan: number; top: number };

const ABSENT = -1;

/**
 * Assigns each span to exactly one query of its trace: the query that it names, else its parent's. If no span names a query,
 * each root is one. Other spans (whose parent is missing, or who are in a cycle) belong to the first query of the trace. A
 * trace without a query has one whose outermost span was not received. `derived`: how derived spans relate to others.
 */
export function groupByQuery(table: SpanTable, derived: DerivedLinks | undefined): QueryGroups {
  const parents = parentRows(table, derived);
  const order = parentsFirst(parents);
  const { candidates, queryOf } = findQueries(table, parents, order, derived);
  const queries = candidates.map((candidate) => toGroup(candidate, derived));
  const sorted = queries
    .map((_, at) => at)
    .toSorted((a, b) => compareRows(table, leadOf(queries, a), leadOf(queries, b)));
  const places = new Int32Array(queries.length);
  /** By trace: a query that is derived in one trace and traced in another belongs to both. */
  const first = new Map<number, number>();
  const include = (row: number, place: number): void => {
    const trace = table.rows.word(row, Row.TRACE);
    if (place < (first.get(trace) ?? queries.length)) first.set(trace, place);
  };
  sorted.forEach((at, place) => {
    places[at] = place;
    include(leadOf(queries, at), place);
  });
  queryOf.forEach((query, row) => {
    if (query < 0) return;
    queryOf[row] = places[query] ?? ABSENT;
    include(row, queryOf[row]);
  });
  for (const row of order) {
    if (queryOf[row] !== ABSENT || derived?.duplicates[row] === 1) continue;
    // The parent of a span may be in another trace.
    const parent = parents[row] ?? ROOT;
    const above = parent < 0 ? ABSENT : (queryOf[parent] ?? ABSENT);
    queryOf[row] = above !== ABSENT ? above : (first.get(table.rows.word(row, Row.TRACE)) ?? ABSENT);
  }
  const all = { parents, order, queries: sorted.flatMap((at) => queries[at] ?? []), queryOf };
  return derived === undefined ? all : { ...all, derived };
}

function parentRows(table: SpanTable, derived: DerivedLinks | undefined): Int32Array {
  const parents = namedParents(table);
  if (derived !== undefined) {
    derived.duplicates.forEach((isDuplicate, row) => {
      if (isDuplicate === 1) parents[row] = ROOT;
    });
    for (const [row, parent] of derived.parents) parents[row] = parent;
  }
  cutCycles(parents);
  return parents;
}

function findQueries(table: SpanTable, parents: Int32Array, order: Int32Array, derived: DerivedLinks | undefined) {
  const { rows } = table;
  const named = new Set<number>();
  for (let row = 0; row < rows.length; row++) {
    if (derived?.duplicates[row] !== 1 && namesQuery(table, row)) named.add(rows.word(row, Row.TRACE));
  }

  const candidates: Candidate[] = [];
  const byIdentity = new Map<number, number>();
  const queryOf = new Int32Array(rows.length).fill(ABSENT);
  /** By row: the query of the nearest query span, itself included. */
  const within = new Int32Array(rows.length).fill(ABSENT);
  /** By trace: the query whose outermost span was not received. */
  const missing = new Map<number, number>();
  const earlier = (known: number, row: number): number =>
    known < 0 || compareRows(table, row, known) < 0 ? row : known;
  const open = (isNamed: boolean): number =>
    candidates.push({ named: isNamed, query: ABSENT, orphan: ABSENT, top: ABSENT }) - 1;

  const rooted = new Set<number>();
  for (const row of order) {
    if (derived?.duplicates[row] === 1) continue;
    const parent = parents[row] ?? ROOT;
    const trace = rows.word(row, Row.TRACE);
    const parentQuery = parent < 0 ? ABSENT : (queryOf[parent] ?? ABSENT);
    const around = parent < 0 ? ABSENT : (within[parent] ?? ABSENT);
    let query = parentQuery;
    if (namesQuery(table, row)) {
      const identity = identityOf(table, derived?.sameQuery.get(row) ?? row);
      query = byIdentity.get(identity) ?? open(true);
      byIdentity.set(identity, query);
    } else if ((parent === ROOT || parent === SELF) && !named.has(trace)) {
      query = open(false);
      rooted.add(trace);
    }
    queryOf[row] = query;
    within[row] = rows.kind(row) === "query" ? query : around;
    const candidate = candidates[query];
    if (!candidate) continue;
    if (rows.kind(row) === "query" && around !== query) candidate.query = earlier(candidate.query, row);
    if (parentQuery === query) continue;
    if (parent === MISSING) candidate.orphan = earlier(candidate.orphan, row);
    else candidate.top = earlier(candidate.top, row);
  }
  for (let row = 0; row < rows.length; row++) {
    const trace = rows.word(row, Row.TRACE);
    const parent = parents[row] ?? ROOT;
    if ((parent !== MISSING && parent !== CYCLE) || named.has(trace) || rooted.has(trace)) continue;
    const query = missing.get(trace) ?? open(false);
    missing.set(trace, query);
    const candidate = candidates[query];
    if (!candidate) continue;
    if (parent === MISSING) candidate.orphan = earlier(candidate.orphan, row);
    else candidate.top = earlier(candidate.top, row);
  }
  return { candidates, queryOf };
}

function toGroup({ named, query, orphan, top }: Candidate, derived: DerivedLinks | undefined): QueryGroup {
  if (query >= 0) return { named, lead: query, received: true };
  if (orphan >= 0) return { named, lead: orphan, received: false };
  return { named, lead: top, received: true, ...(derived?.open.has(top) === true ? { open: true } : {}) };
}

function leadOf(queries: readonly QueryGroup[], at: number): number {
  return queries[at]?.lead ?? ABSENT;
}

export function namesQuery({ rows }: SpanTable, row: number): boolean {
  return rows.string(row, Row.QUERY_NAME) !== NONE || rows.kind(row) === "query";
}

/**
 * Number made of trace, namespace and name: exact for fewer than 2^21 traces. All events of a session share a trace, so there
 * each query is separate, even if another has its name.
 */
function identityOf({ rows }: SpanTable, row: number): number {
  if (rows.derivation(row) === "event") return -1 - row;
  const name = rows.string(row, Row.QUERY_NAME);
  return (rows.word(row, Row.TRACE) * 0x1_0000 + rows.string(row, Row.QUERY_NAMESPACE)) * 0x1_0000 + name;
}

/** The outermost missing span above a row, by the row's path, else the row's parent. `name`: "" if unknown. */
export function outermostAbsent(
  table: SpanTable,
  row: number,
): { readonly spanId: string; readonly name: string; /** Unix nanoseconds; 0n if unknown. */ readonly start: bigint } {
  const { rows, paths } = table;
  const trace = rows.word(row, Row.TRACE);
  let outermost = NO_PATH;
  let path = rows.path(row);
  while (path !== NO_PATH && table.rowOf(trace, paths.high(path), paths.low(path)) < 0) {
    outermost = path;
    path = paths.above(path);
  }
  if (outermost === NO_PATH) return { spanId: rows.hex(row, Row.PARENT), name: "", start: 0n };
  const spanId = Row.hexOf(paths.high(outermost), paths.low(outermost));
  return { spanId, name: table.string(paths.name(outermost)) ?? "", start: paths.start(outermost) };
}
