import { deriveFacts } from "../../facts/facts.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { Resource, ResourceSpans, Scope, Span } from "../../otel/span.ts";
import type { SessionStreamEvent } from "../contract/stream-events.ts";
import type { DigestOf } from "../digest/session-digest.ts";
import type { Prices, ReadPrices } from "../prices/prices.ts";
import type { QueryFold } from "../queries.ts";
import { SessionParts } from "../session-parts.ts";
import type { SessionPart } from "../session-parts.ts";
import { queriesOfParts, summariseParts } from "../summarise.ts";
import type { QuerySummary, SessionSummary } from "../summary.ts";
import { SpanTable } from "../table/span-table.ts";
import type { SessionTree, ViewSpan } from "../tree/tree.ts";
import { ViewLogs } from "./log-view.ts";
import type { RecordReader } from "./record-reader.ts";
import { SharedAttributes } from "./shared-attributes.ts";
import { ViewTree } from "./view-tree.ts";
import type { ViewPart } from "./view-tree.ts";

export type { ViewPart } from "./view-tree.ts";

/**
 * A session folded by a viewer from its stream, by the same rules as in its object: facts and summary are equal. Prices, log
 * records and the digest of lists need code that a page loads when it needs it, or never.
 */
export class SessionView {
  #table = new SpanTable();
  #parts: SessionParts;
  #trees = new ViewTree();
  readonly #spansOf = new WeakMap<QueryFold, ViewPart>();
  readonly #mostRows: number | undefined;
  /** By row of the table. */
  #spans: ViewSpan[] = [];
  #logs = new ViewLogs();
  #state: SessionViewState = {};
  #announced: SessionSummary | undefined;
  #readPrices: ReadPrices | undefined;
  #prices: Prices | undefined;
  #priceSetting: string | undefined;
  #records: RecordReader | undefined;
  /** From the first log record on, until the code for it is here. */
  #waiting: SessionStreamEvent[] = [];
  #digest: DigestOf | undefined;
  #arrivals = new Arrivals();
  readonly #attributes = new SharedAttributes();
  /** Traces with a `gone` event. They are evicted together before the next read, as each eviction visits all spans. */
  readonly #gone = new Set<string>();
  #revision = 0;
  #tree: { readonly of: number; readonly tree: SessionTree } | undefined;
  #summary: { readonly of: number; readonly context: string; readonly summary: SessionSummary } | undefined;
  #queries: { readonly of: number; readonly queries: readonly QuerySummary[] } | undefined;
  readonly #id: string;

  /**
   * `id`: the session's name until the stream announces it. `readPrices`: the price list and the reader of a deployment's
   * own prices, which a page loads after its first paint, see {@link usePrices}.
   */
  constructor(id = "", readPrices?: ReadPrices, mostRows?: number) {
    this.#id = id;
    this.#mostRows = mostRows;
    this.#parts = this.#newParts();
    if (readPrices !== undefined) this.usePrices(readPrices);
  }

  /** Until then tokens without a cost leave the cost unknown. */
  usePrices(readPrices: ReadPrices): void {
    this.#readPrices = readPrices;
    this.#price();
  }

  /** Until then a log record and all events after it wait, and derived spans have no relations. */
  useRecords(records: RecordReader): void {
    this.#records = records;
    if (this.#table.rows.anyDerived) this.#foldAnew();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.apply(event);
  }

  /** The code for log records, once it is here. */
  get records(): RecordReader | undefined {
    return this.#records;
  }

  get awaitsRecords(): boolean {
    // An exporter may send a span that says that it is derived.
    return this.#waiting.length > 0 || (this.#records === undefined && this.#table.rows.anyDerived);
  }

  /** Until then a summary has nothing that only lists show. */
  useDigest(digest: DigestOf): void {
    this.#digest = digest;
    this.#summary = undefined;
  }

  get state(): SessionViewState {
    return this.#state;
  }

  /** Increases with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** Time of the last delivery, Unix nanoseconds. */
  get lastArrival(): bigint {
    this.#evictGone();
    return this.#arrivals.last;
  }

  /** The last summary from the stream. */
  get announced(): SessionSummary | undefined {
    return this.#announced;
  }

  apply(event: SessionStreamEvent): void {
    if (this.#waiting.length > 0 || (event.type === "logs" && this.#records === undefined)) {
      this.#waiting.push(event);
      return;
    }
    switch (event.type) {
      case "spans":
        this.#evictGone();
        this.#revision++;
        this.#admit(event.resourceSpans, event.received);
        return;
      case "logs":
        this.#evictGone();
        this.#revision++;
        this.#admitLogs(event);
        return;
      case "gone":
        this.#revision++;
        if (this.#table.traceNumber(event.traceId) >= 0) this.#gone.add(event.traceId);
        return;
      case "reset":
        this.#reset();
        return;
      case "moved":
        this.#state = { ...this.#state, moved: event.session };
        return;
      case "deleted":
        this.#state = { ...this.#state, deleted: true };
        return;
      case "session":
        this.#announced = event.summary;
        this.#setPrices(event.prices);
        return;
      case "bookmark":
        this.#state = { ...this.#state, caughtUp: event.resourceVersion, serverNow: event.now };
        return;
      default:
        // An event of a later server: ignored.
        event satisfies never;
    }
  }

  spans(): Iterable<ViewSpan> {
    this.#evictGone();
    return this.#spans;
  }

  /** Log records, each once. */
  logs(): ViewLogs {
    this.#evictGone();
    return this.#logs;
  }

  /** `undefined` without spans and log records. Only `watchers` and `belongsTo` come from the server. Its liveness has no `isImported`, which only lists and alerts need. */
  summary(): SessionSummary | undefined {
    this.#evictGone();
    if (this.#table.itemCount === 0) return undefined;
    const known = this.#summary;
    const belongsTo = this.#announced?.belongsTo;
    const context = {
      id: this.#announced?.id ?? this.#id,
      lastArrival: this.lastArrival.toString(),
      watchers: this.#announced?.watchers ?? 0,
      ...(belongsTo === undefined ? {} : { belongsTo }),
    };
    const about = JSON.stringify(context);
    if (known?.of === this.#revision && known.context === about) return known.summary;
    const summary = summariseParts(this.#table, context, this.#parts.folds(this.#prices), this.#digest);
    this.#summary = { of: this.#revision, context: about, summary };
    return summary;
  }

  /** By start. */
  queries(): readonly QuerySummary[] {
    this.#evictGone();
    if (this.#queries?.of !== this.#revision)
      this.#queries = { of: this.#revision, queries: queriesOfParts(this.#parts.folds(this.#prices)) };
    return this.#queries.queries;
  }

  tree(): SessionTree {
    this.#evictGone();
    if (this.#tree?.of !== this.#revision) {
      this.#tree = { of: this.#revision, tree: this.#trees.of(this.#table, this.parts()) };
    }
    return this.#tree.tree;
  }

  /** For folds that only some viewers need. A part is the same until one of its spans changes. */
  parts(): readonly ViewPart[] {
    this.#evictGone();
    return this.#parts.folds(this.#prices).map((part) => this.#withSpans(part));
  }

  #withSpans({ table, rows, fold }: SessionPart): ViewPart {
    let part = this.#spansOf.get(fold);
    if (part === undefined) {
      // As its table, a part of all rows has all spans.
      const isWhole = rows === undefined || rows.length === this.#spans.length;
      const spans = isWhole ? this.#spans : rows.flatMap((row) => this.#spans[row] ?? []);
      this.#spansOf.set(fold, (part = { table, fold, spans }));
    }
    return part;
  }

  #setPrices(setting: string | undefined): void {
    if (setting === this.#priceSetting) return;
    this.#priceSetting = setting;
    this.#price();
  }

  #price(): void {
    const read = this.#readPrices?.(this.#priceSetting);
    // The server checked the setting.
    this.#prices = read?.ok === true ? read.prices : undefined;
    this.#tree = undefined;
    this.#summary = undefined;
    this.#queries = undefined;
  }

  #evictGone(): void {
    if (this.#gone.size === 0) return;
    this.#table.evictTraces(this.#gone);
    this.#logs.evictTraces(this.#gone);
    for (const traceId of this.#gone) this.#arrivals.evictTrace(traceId);
    // As in the table, the spans that stay keep their order.
    this.#spans = this.#spans.filter(({ traceId }) => !this.#gone.has(traceId));
    this.#gone.clear();
  }

  #newParts(): SessionParts {
    return new SessionParts(this.#table, (table) => this.#records?.link(table), this.#mostRows);
  }

  #foldAnew(): void {
    this.#revision++;
    this.#parts = this.#newParts();
  }

  #reset(): void {
    this.#gone.clear();
    this.#revision++;
    this.#table = new SpanTable();
    this.#parts = this.#newParts();
    this.#trees = new ViewTree();
    this.#spans = [];
    this.#logs = new ViewLogs();
    this.#state = {};
    this.#announced = undefined;
    this.#arrivals = new Arrivals();
  }

  #admit(resourceSpans: readonly ResourceSpans[], received: string): void {
    const arrived = BigInt(received);
    let lastTraceId = "";
    let position = 0;
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans ?? []) {
        for (const span of spans ?? []) {
          const { traceId } = span;
          this.#attributes.share(span);
          if (traceId !== lastTraceId) this.#arrivals.add((lastTraceId = traceId), arrived);
          this.#admitSpan(traceId, span, { resource, scope, received }, position++);
        }
      }
    }
  }

  #admitSpan(
    traceId: string,
    span: Span,
    { resource, scope, received, derivedFrom }: SpanSource,
    position: number,
  ): void {
    const facts = this.#factsOf(traceId, { span, resource, scope });
    const standing = this.#table.compare(traceId, facts);
    const row = this.#table.admit(traceId, facts, this.#revision, position);
    if (standing !== "new" && standing !== "better") return;
    const key = `${traceId}:${facts.spanId}:${facts.otlpKind}`;
    const origin = { ...(resource && { resource }), ...(scope && { scope }), ...(derivedFrom && { derivedFrom }) };
    this.#spans[row] = { key, traceId, span, ...origin, facts, received };
  }

  /** With size and hash only if the span has another version: they order versions, and most spans have one. */
  #factsOf(traceId: string, of: Pick<ViewSpan, "span"> & SpanOrigin): SpanFacts {
    const facts = deriveFacts(of.span, "", of.resource, of.scope);
    const table = this.#table;
    const trace = table.traceNumber(traceId);
    const known = trace < 0 ? -1 : table.find(trace, facts);
    if (known < 0) return facts;
    const stored = this.#spans[known];
    if (stored !== undefined && table.isUnweighed(known)) table.weigh(known, weighed(stored));
    return weighed(of);
  }

  #admitLogs({ traceId, resourceLogs, received }: Extract<SessionStreamEvent, { type: "logs" }>): void {
    const records = this.#records;
    if (records === undefined) return;
    this.#arrivals.add(traceId, BigInt(received));
    // Also by its first record: a trace with records is no longer divided.
    if (!this.#table.records.hasAny(this.#table.traceNumber(traceId))) this.#parts.annotate(traceId);
    let position = 0;
    for (const { resource, scopeLogs } of resourceLogs) {
      for (const { scope, logRecords } of scopeLogs ?? []) {
        for (const record of logRecords ?? []) {
          const { facts, subject, said, spans } = records.read(record, resource, scope);
          records.admit(this.#table, traceId, [{ ...facts, spans: [] }], this.#revision);
          if (facts.annotation !== undefined) this.#parts.annotate(traceId);
          const source = { resource, scope, received };
          const derivedFrom = this.#logs.add(traceId, record, facts, { ...source, subject, said });
          for (const span of spans) this.#admitSpan(traceId, span, { ...source, derivedFrom }, position++);
        }
      }
    }
  }
}

type SpanOrigin = { readonly resource?: Resource | undefined; readonly scope?: Scope | undefined };

/** The object derives facts from the canonical text. Parsing and serialising it again gives the same text. */
const weighed = ({ span, resource, scope }: Pick<ViewSpan, "span"> & SpanOrigin): SpanFacts =>
  deriveFacts(span, JSON.stringify(span), resource, scope);

type SpanSource = {
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
  readonly received: string;
  readonly derivedFrom?: string;
};

/** The last delivery of each trace, Unix nanoseconds: those of evicted traces no longer count for the session. */
class Arrivals {
  readonly #traces = new Map<string, bigint>();
  #last: bigint | undefined;

  add(traceId: string, received: bigint): void {
    if (received <= (this.#traces.get(traceId) ?? 0n)) return;
    this.#traces.set(traceId, received);
    this.#last = undefined;
  }

  /** Of all; 0 without any. */
  get last(): bigint {
    if (this.#last === undefined) {
      this.#last = 0n;
      for (const received of this.#traces.values()) if (received > this.#last) this.#last = received;
    }
    return this.#last;
  }

  evictTrace(traceId: string): void {
    this.#traces.delete(traceId);
    this.#last = undefined;
  }
}

/** State of the stream, apart from its data. */
export type SessionViewState = {
  /** All data up to this resourceVersion was folded; `undefined` before the first bookmark and after a reset. */
  readonly caughtUp?: string;
  /** Clock of the server at the last bookmark, Unix milliseconds. */
  readonly serverNow?: number;
  /** The session continues under this name. */
  readonly moved?: string;
  readonly deleted?: true;
};
