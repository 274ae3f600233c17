import { Continuations } from "./continuations.ts";
import { AncestorPaths, NO_PATH } from "./ancestor-paths.ts";
import type { SessionName, SpanFacts } from "../../facts/facts.ts";
import { LogRecords } from "./log-records.ts";
import { bestName, NO_NAMES, otherNames, withName } from "./session-ids.ts";
import type { Claim, SessionNames } from "./session-ids.ts";
import type { RecentSpans } from "./recent-spans.ts";
import { InputRequests } from "./input-requests.ts";
import { SpanIndex } from "./span-index.ts";
import { Annotations } from "./annotations.ts";
import { KnownParents } from "./known-parents.ts";
import { supersedes, lastOf } from "../../facts/version-order.ts";
import * as Row from "./span-rows.ts";
import { SpanRows, versionIn } from "./span-rows.ts";
import { highWord, lowWord } from "../../lib/hex.ts";
import { TEXT_FIELDS, writeTexts, StringPool } from "./texts.ts";
import { Superseded } from "./superseded.ts";
import { UsageRows } from "./usage-rows.ts";

/**
 * A span version compared with the table. `new` and `better` change the table. `naming` is superseded but has a new session
 * name for its trace; it is stored too, else the result would depend on the order of delivery. `known` changes nothing.
 */
export type VersionStanding = "new" | "better" | "naming" | "known";

/** Facts of a session's spans in their best versions, small enough to stay in memory. Callers enforce the limit of spans. */
export class SpanTable {
  readonly rows: SpanRows;
  usage: UsageRows;
  /** Paths of ancestors that spans name. */
  paths: AncestorPaths;
  readonly inputRequests: InputRequests;
  /** Log records of the same traces. */
  readonly records: LogRecords;
  readonly annotations: Annotations;
  readonly continuations: Continuations;
  /** Where it is set, spans that are admitted from then on are noted in it. */
  recent: RecentSpans | undefined;
  readonly knownParents = new KnownParents();
  /** Numbers of traces in which two spans have one id, or had: in all others an id is one row. */
  readonly sharingTraces: Set<number>;
  #pool: StringPool;
  readonly #index = new SpanIndex({
    trace: (row) => this.rows.word(row, Row.TRACE),
    high: (row) => this.rows.word(row, Row.ID),
    low: (row) => this.rows.word(row, Row.ID + 1),
  });
  readonly #traces: Map<string, number>;
  /** By trace number; undefined for an evicted trace. */
  readonly #traceIds: (string | undefined)[];
  readonly #names: (SessionNames | undefined)[];
  #allNames: ReadonlySet<string> | undefined;
  readonly #superseded: Superseded;
  #version = 0;
  #evictions = 0;

  /** Empty, or with some rows of a table, see {@link slice}. */
  constructor(of?: { readonly table: SpanTable; readonly rows: SpanRows }) {
    const whole = of?.table;
    this.rows = of?.rows ?? new SpanRows();
    this.usage = whole?.usage ?? new UsageRows();
    this.paths = whole?.paths ?? new AncestorPaths();
    this.inputRequests = whole?.inputRequests ?? new InputRequests();
    this.records = whole?.records ?? new LogRecords();
    this.annotations = whole?.annotations ?? new Annotations();
    this.continuations = whole?.continuations ?? new Continuations();
    this.sharingTraces = whole?.sharingTraces ?? new Set();
    this.#pool = whole === undefined ? new StringPool() : whole.#pool;
    this.#traces = whole === undefined ? new Map<string, number>() : whole.#traces;
    this.#traceIds = whole === undefined ? [] : whole.#traceIds;
    this.#names = whole === undefined ? [] : whole.#names;
    this.#superseded = whole === undefined ? new Superseded() : whole.#superseded;
    if (of !== undefined) this.#index.rebuild(this.rows.length);
  }

  /** Some rows as a table of their own, for folds of these rows alone. All but the rows is shared: only the whole table admits spans. */
  slice(rows: readonly number[]): SpanTable {
    return new SpanTable({ table: this, rows: this.rows.pick(rows) });
  }

  /** Increases whenever a row is written or evicted. */
  get version(): number {
    return this.#version;
  }

  /** Increases when rows are evicted: those that stay have other numbers since. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Spans, each counted once. */
  get size(): number {
    return this.rows.length;
  }

  /** Spans and log records: a session's limit counts both. */
  get itemCount(): number {
    return this.rows.length + this.records.size;
  }

  /** Memory of rows, index and strings (two bytes a unit), without the engine's overhead for strings and traces. */
  get bytes(): number {
    const { rows, usage, paths, inputRequests: questions, records, annotations, continuations } = this;
    const links = [
      this.#superseded,
      this.#index,
      this.knownParents,
      ...(this.recent === undefined ? [] : [this.recent]),
    ];
    const stores = [rows, usage, paths, questions, records, annotations, continuations, ...links];
    return stores.reduce((sum, { bytes }) => sum + bytes, this.#pool.units * 2);
  }

  compare(traceId: string, facts: SpanFacts): VersionStanding {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return "new";
    const row = this.find(trace, facts);
    if (row < 0) return "new";
    if (supersedes(facts, versionIn(this.rows, row))) return "better";
    const names = this.#namesOf(trace);
    return withName(names, facts) === names ? "known" : "naming";
  }

  /** Admits the span at (revision, position) of the log; returns its row. Idempotent, and independent of order. */
  admit(traceId: string, facts: SpanFacts, revision: number, position: number): number {
    const trace = this.#traceNumber(traceId);
    if (facts.session ?? facts.claims) this.#addName(trace, facts);
    const first = this.#index.first(trace, highWord(facts.spanId), lowWord(facts.spanId));
    const row = this.#withKind(first, facts.otlpKind);
    if (row < 0) {
      const added = this.rows.add();
      this.#write(added, trace, facts, revision, position);
      if (first >= 0) {
        // Another span may be the parent now of those that name this id.
        this.knownParents.clear();
        this.sharingTraces.add(trace);
      }
      this.#index.add(added);
      return added;
    }
    const storedRevision = this.rows.word(row, Row.REVISION);
    const storedPosition = this.rows.word(row, Row.POSITION);
    if (storedRevision === revision && storedPosition === position) return row;
    if (supersedes(facts, versionIn(this.rows, row))) {
      this.continuations.add(trace, revision, { position, ran: this.rows.running(row) });
      this.#superseded.add(trace, storedRevision, storedPosition, revision);
      this.#write(row, trace, facts, revision, position);
    } else {
      this.#superseded.add(trace, revision, position, revision);
    }
    return row;
  }

  /** Whether the row was admitted without its text: then its version cannot be compared. */
  isUnweighed(row: number): boolean {
    return this.rows.word(row, Row.SIZE) === 0;
  }

  /** Gives a row the size and hash of its version. */
  weigh(row: number, { size, hash }: Pick<SpanFacts, "size" | "hash">): void {
    this.rows.setWord(row, Row.SIZE, size);
    this.rows.setHex(row, Row.HASH, hash);
  }

  /** Admits a session name that does not come from a span; returns the trace's number. */
  claim(traceId: string, claim: Claim): number {
    const trace = this.#traceNumber(traceId);
    if (claim.session) this.#addName(trace, claim);
    return trace;
  }

  /** -1 for an unknown trace. */
  traceNumber(traceId: string): number {
    return this.#traces.get(traceId) ?? -1;
  }

  /** Positions of a revision whose versions are superseded in the log up to `until`, ascending. */
  superseded(revision: number, until = Number.POSITIVE_INFINITY): readonly number[] {
    return this.#superseded.positions(revision, until);
  }

  evictTrace(traceId: string): void {
    this.evictTraces([traceId]);
  }

  /** Visits all rows once, however many traces are evicted. */
  evictTraces(traceIds: Iterable<string>): void {
    const evicted = new Set<number>();
    const stores = [this.inputRequests, this.records, this.annotations, this.continuations, this.#superseded];
    for (const traceId of traceIds) {
      const trace = this.#traces.get(traceId);
      if (trace === undefined) continue;
      evicted.add(trace);
      this.#traces.delete(traceId);
      this.#traceIds[trace] = undefined;
      this.#names[trace] = undefined;
      for (const store of stores) store.evictTrace(trace);
    }
    if (evicted.size === 0) return;
    this.#version++;
    this.#evictions++;
    this.#allNames = undefined;
    const isLeft = (row: number): boolean => !evicted.has(this.rows.word(row, Row.TRACE));
    this.recent?.retain(isLeft, this.rows.length);
    this.rows.retain(isLeft);
    this.#index.rebuild(this.rows.length);
    this.knownParents.clear();
    this.#repack();
  }

  traces(): IterableIterator<string> {
    return this.#traces.keys();
  }

  get traceCount(): number {
    return this.#traces.size;
  }

  /** The best session name in any version of any span of the trace. */
  sessionName(traceId: string): SessionName | undefined {
    return this.sessionNames(traceId).best;
  }

  /** The best name, and the values of the others. */
  sessionNames(traceId: string): { readonly best: SessionName | undefined; readonly also: readonly string[] } {
    const names = this.#namesOf(this.#traces.get(traceId) ?? -1);
    return { best: bestName(names), also: otherNames(names) };
  }

  /** The names of all traces, in no order. The same set until one is added or evicted. */
  allSessionNames(): ReadonlySet<string> {
    return (this.#allNames ??= new Set(
      this.#names.flatMap((names = NO_NAMES) => {
        const best = bestName(names);
        return best === undefined ? [] : [best.value, ...otherNames(names)];
      }),
    ));
  }

  /** The names with their weights, best first, for an export. */
  sessionClaims(traceId: string): SessionNames {
    return this.#namesOf(this.#traces.get(traceId) ?? -1);
  }

  traceId(row: number): string {
    return this.#traceIds[this.rows.word(row, Row.TRACE)] ?? "";
  }

  /** The text of a row's string field. */
  text(row: number, field: number): string | undefined {
    return this.string(this.rows.string(row, field));
  }

  /** The text of this number in the pool. */
  string(index: number): string | undefined {
    return this.#pool.text(index);
  }

  /** Row of a span id, given as two words; -1 if not received. If several spans share the id: the one of the smallest OTLP kind. */
  rowOf(trace: number, high: number, low: number): number {
    const { rows } = this;
    let found = this.#index.first(trace, high, low);
    if (!this.sharingTraces.has(trace)) return found;
    for (let row = found; row >= 0; row = this.#index.next(row)) {
      if (rows.word(row, Row.OTLP_KIND) < rows.word(found, Row.OTLP_KIND)) found = row;
    }
    return found;
  }

  /** Rows of all spans with this id, in no order. */
  rowsOf(trace: number, spanId: string): number[] {
    const found: number[] = [];
    let row = this.#index.first(trace, highWord(spanId), lowWord(spanId));
    for (; row >= 0; row = this.#index.next(row)) found.push(row);
    return found;
  }

  /** Whether another span has the row's trace and span id. */
  sharesId(row: number): boolean {
    const { rows } = this;
    if (!this.sharingTraces.has(rows.word(row, Row.TRACE))) return false;
    const first = this.#index.first(rows.word(row, Row.TRACE), rows.word(row, Row.ID), rows.word(row, Row.ID + 1));
    return this.#index.next(first) >= 0;
  }

  /** Row of the row's parent id; -1 if not received. */
  parentRow(row: number): number {
    const { rows } = this;
    return this.rowOf(rows.word(row, Row.TRACE), rows.word(row, Row.PARENT), rows.word(row, Row.PARENT + 1));
  }

  /** Row of a span; -1 if not received. */
  find(trace: number, { spanId, otlpKind }: Pick<SpanFacts, "spanId" | "otlpKind">): number {
    return this.#withKind(this.#index.first(trace, highWord(spanId), lowWord(spanId)), otlpKind);
  }

  /** Of the first row of an id and all others of it, that of the kind; -1 without. */
  #withKind(first: number, otlpKind: number): number {
    let row = first;
    while (row >= 0 && this.rows.word(row, Row.OTLP_KIND) !== otlpKind >>> 0) row = this.#index.next(row);
    return row;
  }

  #addName(trace: number, claim: Claim): void {
    const known = this.#namesOf(trace);
    const names = withName(known, claim);
    if (names === known) return;
    this.#names[trace] = names;
    this.#allNames = undefined;
  }

  #namesOf(trace: number): SessionNames {
    return this.#names[trace] ?? NO_NAMES;
  }

  #traceNumber(traceId: string): number {
    const known = this.#traces.get(traceId);
    if (known !== undefined) return known;
    const trace = this.#traceIds.push(traceId) - 1;
    this.#traces.set(traceId, trace);
    return trace;
  }

  #write(row: number, trace: number, facts: SpanFacts, revision: number, position: number): void {
    const { rows } = this;
    const pool = this.#pool;
    this.#version++;
    this.knownParents.forget(row);
    rows.setHex(row, Row.ID, facts.spanId);
    rows.setHex(row, Row.PARENT, facts.parentSpanId);
    rows.setLong(row, Row.START, facts.start);
    rows.setLong(row, Row.LAST, lastOf(facts));
    rows.setHex(row, Row.HASH, facts.hash);
    rows.setWord(row, Row.TRACE, trace);
    rows.setWord(row, Row.SIZE, facts.size);
    rows.setWord(row, Row.REVISION, revision);
    rows.setWord(row, Row.POSITION, position);
    rows.setWord(row, Row.OTLP_KIND, facts.otlpKind);
    rows.setWord(row, Row.CALL, facts.callHash ?? 0);
    rows.setBits(row, facts);
    rows.setProducer(row, facts.producer);
    if (facts.ancestors !== undefined) rows.setPath(row, this.paths.intern(trace, facts.ancestors, pool));
    if (facts.tokens !== undefined || facts.cost !== undefined) {
      rows.setWord(row, Row.USAGE, this.usage.write(rows.word(row, Row.USAGE), facts));
    }
    this.inputRequests.upsert(trace, facts);
    this.recent?.admit(row, facts);
    writeTexts(rows, row, facts, pool);
  }

  /** Rebuilds strings, usage and paths without those of evicted spans. */
  #repack(): void {
    const old = this.#pool;
    const oldUsage = this.usage;
    const oldPaths = this.paths;
    this.#pool = new StringPool();
    this.usage = new UsageRows();
    this.paths = new AncestorPaths();
    const intern = (index: number): number => this.#pool.intern(old.text(index));
    for (let row = 0; row < this.rows.length; row++) {
      for (const field of TEXT_FIELDS) this.rows.setString(row, field, intern(this.rows.string(row, field)));
      const place = this.rows.word(row, Row.USAGE);
      if (place !== 0) this.rows.setWord(row, Row.USAGE, this.usage.copy(oldUsage, place));
      const path = this.rows.path(row);
      const trace = this.rows.word(row, Row.TRACE);
      if (path !== NO_PATH) this.rows.setPath(row, this.paths.copy(oldPaths, path, trace, intern));
    }
  }
}
