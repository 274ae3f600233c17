import type { QueryGroups } from "../query-groups.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { cutCycles, parentsFirst, ROOT, SELF } from "../table/parent-links.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { NONE } from "../table/texts.ts";
import { linkPlaceholders } from "./placeholders.ts";
import type { Placeholder, PlaceholderLinks } from "./placeholders.ts";

/**
 * Shape and order of a session's tree, from the table alone. Nodes are numbers (places): first the rows of the table, then
 * the placeholders. Duplicates are not in the order.
 */
export type Outline = {
  /** By place: its parent's place, or the reason why it has none. Members of a cycle are roots. */
  readonly parents: Int32Array;
  /** The places of all nodes, depth first. Roots: traces by start. Children: by start, then by span id and kind. */
  readonly order: Int32Array;
  /** The node at place `table.size` is the first one. */
  readonly placeholders: readonly Placeholder[];
};

const outlines = new WeakMap<QueryGroups, Outline>();

/** The tree and the transcript ask for the same. `table`: of which the groups are. */
export function outlineOf(table: SpanTable, groups: QueryGroups): Outline {
  let outline = outlines.get(groups);
  if (outline === undefined) outlines.set(groups, (outline = findOutline(table, groups)));
  return outline;
}

function findOutline(table: SpanTable, groups: QueryGroups): Outline {
  const links = linkPlaceholders(table, groups);
  cutCycles(links.parents);
  const parents = attachToTraces(table, groups, links);
  const { placeholders } = links;
  startPlaceholders(table, placeholders, parents);
  return { parents, order: depthFirst(new Nodes(table, placeholders), groups, parents), placeholders };
}

/** Top nodes of a trace. `waiting`: placeholders without a known parent. */
type Tops = { readonly roots: number[]; readonly waiting: number[] };

/**
 * Attaches placeholders without a known parent to their trace: to its root if there is one, else to a trace node, named by
 * the earliest query that a span names. Appends the trace nodes; returns the parents of all nodes. If only one parent is
 * missing, and no query is named or its span was received, its placeholder alone represents the trace.
 */
function attachToTraces(
  table: SpanTable,
  groups: QueryGroups,
  { placeholders, parents }: PlaceholderLinks,
): Int32Array {
  const traces = topsOf(table, groups, { placeholders, parents });
  if (traces.size === 0) return parents;
  const queries = queriesIn(table, groups, traces);
  const attached: { readonly tops: Tops; readonly parent: number }[] = [];
  for (const [trace, tops] of traces) {
    const [root] = tops.roots;
    const [first] = tops.waiting;
    if (first === undefined || tops.roots.length > 1) continue;
    const query = queries.get(trace);
    if (root === undefined && tops.waiting.length === 1 && (query === undefined || query.received)) continue;
    const name = query === undefined ? "" : (table.text(query.row, Row.QUERY_NAME) ?? "");
    const earliest = placeholders[first - table.size]?.earliest ?? 0;
    const added = (): number =>
      placeholders.push({ standsFor: "trace", trace, high: 0, low: 0, name, start: 0n, earliest }) - 1;
    attached.push({ tops, parent: root ?? table.size + added() });
  }
  if (attached.length === 0) return parents;
  const all = new Int32Array(table.size + placeholders.length).fill(ROOT);
  all.set(parents);
  for (const { tops, parent } of attached) for (const place of tops.waiting) all[place] = parent;
  return all;
}

/** By trace number, of traces with a placeholder without a known parent. */
function topsOf(table: SpanTable, groups: QueryGroups, { placeholders, parents }: PlaceholderLinks): Map<number, Tops> {
  const traces = new Map<number, Tops>();
  placeholders.forEach(({ trace }, at) => {
    const place = table.size + at;
    if (parents[place] !== ROOT) return;
    const tops = traces.get(trace);
    if (tops) tops.waiting.push(place);
    else traces.set(trace, { roots: [], waiting: [place] });
  });
  if (traces.size === 0) return traces;
  for (let row = 0; row < table.size; row++) {
    const parent = parents[row];
    if ((parent !== ROOT && parent !== SELF) || groups.derived?.duplicates[row] === 1) continue;
    traces.get(table.rows.word(row, Row.TRACE))?.roots.push(row);
  }
  return traces;
}

/** By trace number: the earliest row that names a query, and whether the span of a query was received. */
function queriesIn(
  table: SpanTable,
  { derived }: QueryGroups,
  traces: ReadonlyMap<number, Tops>,
): Map<number, { readonly row: number; readonly received: boolean }> {
  const { rows } = table;
  const queries = new Map<number, { row: number; received: boolean }>();
  for (let row = 0; row < rows.length; row++) {
    if (rows.string(row, Row.QUERY_NAME) === NONE || derived?.duplicates[row] === 1) continue;
    const trace = rows.word(row, Row.TRACE);
    if (!traces.has(trace)) continue;
    const isQuery = rows.kind(row) === "query";
    const known = queries.get(trace);
    if (known === undefined) {
      queries.set(trace, { row, received: isQuery });
      continue;
    }
    if (isQuery) known.received = true;
    if (compareRows(table, row, known.row) < 0) known.row = row;
  }
  return queries;
}

/** A placeholder starts with the earliest span or placeholder below it, unless a path gives an earlier start. */
function startPlaceholders(table: SpanTable, placeholders: readonly Placeholder[], parents: Int32Array): void {
  if (placeholders.length === 0) return;
  const order = parentsFirst(parents);
  for (let at = order.length - 1; at >= 0; at--) {
    const place = order[at] ?? 0;
    const above = placeholderAt(table, placeholders, parents[place] ?? ROOT);
    if (above === undefined) continue;
    const placeholder = placeholderAt(table, placeholders, place);
    const earliest = placeholder?.earliest ?? place;
    const stated = placeholder?.start ?? 0n;
    if (stated !== 0n && (above.start === 0n || stated < above.start)) above.start = stated;
    if (table.rows.order(earliest, Row.START, above.earliest, Row.START) < 0) above.earliest = earliest;
  }
}

/** The start of a placeholder: its own, if a path gives it and it is before all spans below, else that of the earliest of these. */
export function startOf({ rows }: SpanTable, { start, earliest }: Placeholder): bigint {
  const below = rows.long(earliest, Row.START);
  return start !== 0n && start < below ? start : below;
}

/** `undefined` for a row of the table, and without a place. */
export function placeholderAt(
  table: SpanTable,
  placeholders: readonly Placeholder[],
  place: number,
): Placeholder | undefined {
  // Checked first: reading a negative index would be a slow property lookup.
  return place < table.size ? undefined : placeholders[place - table.size];
}

/** Order of the nodes. */
class Nodes {
  readonly #table: SpanTable;
  readonly #placeholders: readonly Placeholder[];

  constructor(table: SpanTable, placeholders: readonly Placeholder[]) {
    this.#table = table;
    this.#placeholders = placeholders;
  }

  trace(place: number): number {
    return this.#at(place)?.trace ?? this.#table.rows.word(place, Row.TRACE);
  }

  /** By start, then by span id and kind. */
  compare(a: number, b: number): number {
    const { rows } = this.#table;
    const x = this.#at(a);
    const y = this.#at(b);
    const byStart = this.#byStart(a, x, b, y);
    if (byStart !== 0) return byStart;
    if (x === undefined && y === undefined)
      return rows.order(a, Row.ID, b, Row.ID) || rows.word(a, Row.OTLP_KIND) - rows.word(b, Row.OTLP_KIND);
    return this.#high(a, x) - this.#high(b, y) || this.#low(a, x) - this.#low(b, y);
  }

  /** Traces by their first root, then by id. */
  compareTraces(a: number, b: number): number {
    const x = this.#at(a);
    const y = this.#at(b);
    const byStart = this.#byStart(a, x, b, y);
    if (byStart !== 0) return byStart;
    return this.#traceId(a, x) < this.#traceId(b, y) ? -1 : 1;
  }

  #byStart(a: number, x: Placeholder | undefined, b: number, y: Placeholder | undefined): number {
    const { rows } = this.#table;
    if ((x?.start ?? 0n) === 0n && (y?.start ?? 0n) === 0n)
      return rows.order(x?.earliest ?? a, Row.START, y?.earliest ?? b, Row.START);
    const one = this.#start(a, x);
    const other = this.#start(b, y);
    return one === other ? 0 : one < other ? -1 : 1;
  }

  #start(place: number, placeholder: Placeholder | undefined): bigint {
    const { rows } = this.#table;
    return placeholder === undefined ? rows.long(place, Row.START) : startOf(this.#table, placeholder);
  }

  #at(place: number): Placeholder | undefined {
    return placeholderAt(this.#table, this.#placeholders, place);
  }

  /** Every node of a trace has a row of it below, or is one. */
  #traceId(place: number, placeholder: Placeholder | undefined): string {
    return this.#table.traceId(placeholder?.earliest ?? place);
  }

  #high(place: number, placeholder: Placeholder | undefined): number {
    return placeholder?.high ?? this.#table.rows.word(place, Row.ID);
  }

  #low(place: number, placeholder: Placeholder | undefined): number {
    return placeholder?.low ?? this.#table.rows.word(place, Row.ID + 1);
  }
}

function depthFirst(nodes: Nodes, { derived }: QueryGroups, parents: Int32Array): Int32Array {
  const roots: number[] = [];
  /** By place: where its children start in `children`; they end where those of the next place start. */
  const from = new Uint32Array(parents.length + 1);
  let count = 0;
  for (let place = 0; place < parents.length; place++) {
    if (derived?.duplicates[place] === 1) continue;
    count++;
    const parent = parents[place] ?? ROOT;
    if (parent < 0) roots.push(place);
    else from[parent + 1] = (from[parent + 1] ?? 0) + 1;
  }
  for (let place = 1; place < from.length; place++) from[place] = (from[place] ?? 0) + (from[place - 1] ?? 0);
  const children = new Int32Array(count - roots.length);
  const next = from.slice();
  for (let place = 0; place < parents.length; place++) {
    const parent = parents[place] ?? ROOT;
    if (parent < 0 || derived?.duplicates[place] === 1) continue;
    const at = next[parent] ?? 0;
    children[at] = place;
    next[parent] = at + 1;
  }
  const order = new Int32Array(count);
  const ahead = sortRoots(nodes, roots).toReversed();
  for (let length = 0; length < count; length++) {
    const place = ahead.pop();
    if (place === undefined) break;
    order[length] = place;
    const first = from[place] ?? 0;
    const end = from[place + 1] ?? 0;
    sortPart(children, first, end, nodes);
    for (let at = end - 1; at >= first; at--) ahead.push(children[at] ?? 0);
  }
  return order;
}

function sortRoots(nodes: Nodes, roots: readonly number[]): number[] {
  const byTrace = new Map<number, number[]>();
  for (const place of roots) {
    const trace = nodes.trace(place);
    const known = byTrace.get(trace);
    if (known) known.push(place);
    else byTrace.set(trace, [place]);
  }
  for (const own of byTrace.values()) sortPart(own, 0, own.length, nodes);
  return Array.from(byTrace.values())
    .toSorted(([a = 0], [b = 0]) => nodes.compareTraces(a, b))
    .flat();
}

/** Sorts the places from `first` to before `end`. Most are sorted already. */
function sortPart(places: number[] | Int32Array, first: number, end: number, nodes: Nodes): void {
  for (let at = first + 1; at < end; at++) {
    if (nodes.compare(places[at - 1] ?? 0, places[at] ?? 0) <= 0) continue;
    const part = Array.from({ length: end - first }, (_, offset) => places[first + offset] ?? 0);
    part.sort((a, b) => nodes.compare(a, b)).forEach((place, offset) => (places[first + offset] = place));
    return;
  }
}
