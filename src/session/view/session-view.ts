import type { Receipt } from "../../facts/delivery.ts";
import { deriveFacts } from "../../facts/facts.ts";
import { spansOfRecord } from "../../logs/derived-spans.ts";
import { deriveRecordFacts } from "../../logs/record-facts.ts";
import type { Resource, ResourceSpans, Scope, Span } from "../../otel/span.ts";
import type { SessionStreamEvent } from "../contract/stream-events.ts";
import { derivedKeys } from "../correlate/derived-links.ts";
import type { DerivedKeys } from "../correlate/derived-links.ts";
import { endedTraces } from "../liveness-facts.ts";
import { LIST_PRICES, readPrices } from "../prices/prices.ts";
import { foldQueries } from "../queries.ts";
import type { QueryFold } from "../queries.ts";
import { queriesOf, summarise } from "../summarise.ts";
import type { QuerySummary, SessionSummary } from "../summary.ts";
import { admitRecords } from "../table/admit-records.ts";
import { SpanTable } from "../table/span-table.ts";
import { buildTree } from "../tree/tree.ts";
import type { SessionTree, ViewSpan } from "../tree/tree.ts";
import { ViewLogs } from "./log-view.ts";

/** A session as a viewer folds it from its stream, by the same rules as its object: the facts and the summary are equal. */
export class SessionView {
  #table = new SpanTable();
  readonly #spans = new Map<string, ViewSpan>();
  #logs = new ViewLogs();
  #state: SessionViewState = {};
  #announced: SessionSummary | undefined;
  #prices = LIST_PRICES;
  #priceSetting: string | undefined;
  readonly #arrivals = new ViewDeliveries();
  /** Traces that are gone: they leave together when the view is next asked, for each time all spans are gone through. */
  readonly #leaving = new Set<string>();
  #revision = 0;
  #fold: { readonly of: number; readonly fold: QueryFold } | undefined;
  #tree: { readonly of: number; readonly tree: SessionTree } | undefined;
  readonly #id: string;

  /** `id`: the session's name, until the stream announces it. */
  constructor(id = "") {
    this.#id = id;
  }

  get state(): SessionViewState {
    return this.#state;
  }

  /** Rises with every change of what is shown. */
  get revision(): number {
    return this.#revision;
  }

  /** When the last delivery was received, Unix nanoseconds. */
  get lastArrival(): bigint {
    this.#forget();
    return this.#arrivals.newest?.received ?? 0n;
  }

  /** How the last delivery came. */
  get lastReceipt(): Receipt | undefined {
    this.#forget();
    return this.#arrivals.newest?.receipt;
  }

  /** The summary that the stream announced last. */
  get announced(): SessionSummary | undefined {
    return this.#announced;
  }

  apply(event: SessionStreamEvent): void {
    switch (event.type) {
      case "spans":
        this.#forget();
        this.#revision++;
        this.#admit(event.resourceSpans, event.received, event.receipt);
        return;
      case "logs":
        this.#forget();
        this.#revision++;
        this.#admitLogs(event);
        return;
      case "gone":
        this.#revision++;
        if (this.#table.traceNumber(event.traceId) >= 0) this.#leaving.add(event.traceId);
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
        // A later server's event: what this page does not know it need not show.
        event satisfies never;
    }
  }

  spans(): Iterable<ViewSpan> {
    this.#forget();
    return this.#spans.values();
  }

  get(key: string): ViewSpan | undefined {
    this.#forget();
    return this.#spans.get(key);
  }

  /** Log records, each once. */
  logs(): ViewLogs {
    this.#forget();
    return this.#logs;
  }

  /** `undefined` while there is neither a span nor a log record. Only watchers and `belongsTo` are the server's word. */
  summary(): SessionSummary | undefined {
    this.#forget();
    if (this.#table.itemCount === 0) return undefined;
    const belongsTo = this.#announced?.belongsTo;
    const about = {
      id: this.#announced?.id ?? this.#id,
      lastArrival: this.lastArrival.toString(),
      watchers: this.#announced?.watchers ?? 0,
      ...(belongsTo === undefined ? {} : { belongsTo }),
    };
    return summarise(this.#table, about, this.#foldQueries());
  }

  /** By start. */
  queries(): QuerySummary[] {
    this.#forget();
    return queriesOf(this.#table, this.#foldQueries());
  }

  tree(): SessionTree {
    this.#forget();
    if (this.#tree?.of !== this.#revision) {
      let ended: ReadonlySet<number> | undefined;
      const mayCome = (traceId: string): boolean =>
        !(ended ??= endedTraces(this.#table, this.#foldQueries())).has(this.#table.traceNumber(traceId));
      this.#tree = { of: this.#revision, tree: buildTree(this.#spans.values(), mayCome, this.#told()) };
    }
    return this.#tree.tree;
  }

  #told(): DerivedKeys | undefined {
    const told = this.#table.rows.anyDerived ? this.#foldQueries().groups.derived : undefined;
    return derivedKeys(this.#table, told);
  }

  #setPrices(setting: string | undefined): void {
    if (setting === this.#priceSetting) return;
    const read = readPrices(setting);
    this.#priceSetting = setting;
    this.#prices = read.ok ? read.prices : LIST_PRICES;
    this.#fold = undefined;
  }

  /** Once for what is shown: summary, queries and tree all hang on it. */
  #foldQueries(): QueryFold {
    if (this.#fold?.of !== this.#revision)
      this.#fold = { of: this.#revision, fold: foldQueries(this.#table, this.#prices) };
    return this.#fold.fold;
  }

  #forget(): void {
    if (this.#leaving.size === 0) return;
    this.#table.evictTraces(this.#leaving);
    this.#logs.evictTraces(this.#leaving);
    for (const traceId of this.#leaving) this.#arrivals.evictTrace(traceId);
    for (const [key, { traceId }] of this.#spans) if (this.#leaving.has(traceId)) this.#spans.delete(key);
    this.#leaving.clear();
  }

  #reset(): void {
    this.#leaving.clear();
    this.#revision++;
    this.#table = new SpanTable();
    this.#spans.clear();
    this.#logs = new ViewLogs();
    this.#state = {};
    this.#announced = undefined;
    this.#arrivals.clear();
  }

  #admit(resourceSpans: readonly ResourceSpans[], received: string, receipt: Receipt): void {
    const arrival = { received: BigInt(received), receipt };
    let arrived = "";
    let position = 0;
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { scope, spans } of scopeSpans ?? []) {
        for (const span of spans ?? []) {
          const { traceId } = span;
          if (traceId !== arrived) this.#arrivals.add((arrived = traceId), arrival);
          this.#admitSpan(traceId, span, { resource, scope, received }, position++);
        }
      }
    }
  }

  #admitSpan(
    traceId: string,
    span: Span,
    { resource, scope, received, derivedFrom: toldBy }: AboutSpan,
    position: number,
  ): void {
    // The object's facts are of the canonical text; parsed and written again it is the same.
    const facts = deriveFacts(span, JSON.stringify(span), resource, scope);
    const standing = this.#table.compare(traceId, facts);
    this.#table.admit(traceId, facts, this.#revision, position);
    if (standing !== "new" && standing !== "better") return;
    const key = `${traceId}:${facts.spanId}:${facts.otlpKind}`;
    const about = { ...(resource && { resource }), ...(scope && { scope }), ...(toldBy && { derivedFrom: toldBy }) };
    this.#spans.set(key, { key, traceId, span, ...about, facts, received });
  }

  #admitLogs({ traceId, resourceLogs, received, receipt }: Extract<SessionStreamEvent, { type: "logs" }>): void {
    this.#arrivals.add(traceId, { received: BigInt(received), receipt });
    let position = 0;
    for (const { resource, scopeLogs } of resourceLogs) {
      for (const { scope, logRecords } of scopeLogs ?? []) {
        for (const record of logRecords ?? []) {
          const facts = deriveRecordFacts(record, JSON.stringify(record), resource, scope);
          admitRecords(this.#table, traceId, [{ ...facts, spans: [] }], this.#revision);
          const about = { resource, scope, received };
          const toldBy = this.#logs.add(traceId, record, facts, about);
          for (const span of spansOfRecord(record))
            this.#admitSpan(traceId, span, { ...about, derivedFrom: toldBy }, position++);
        }
      }
    }
  }
}

type AboutSpan = {
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
  readonly received: string;
  readonly derivedFrom?: string;
};

/** When a delivery was received, Unix nanoseconds, and how it came. */
export type ViewDelivery = { readonly received: bigint; readonly receipt: Receipt };

/** The newest delivery of each trace: what a trace that leaves brought is none of the session's any more. */
export class ViewDeliveries {
  readonly #traces = new Map<string, ViewDelivery>();

  add(traceId: string, arrival: ViewDelivery): void {
    const known = this.#traces.get(traceId);
    if (known === undefined || known.received <= arrival.received) this.#traces.set(traceId, arrival);
  }

  get newest(): ViewDelivery | undefined {
    let newest: ViewDelivery | undefined;
    for (const arrival of this.#traces.values()) {
      if (newest === undefined || newest.received <= arrival.received) newest = arrival;
    }
    return newest;
  }

  evictTrace(traceId: string): void {
    this.#traces.delete(traceId);
  }

  clear(): void {
    this.#traces.clear();
  }
}

/** What a stream says of itself, apart from spans. */
export type SessionViewState = {
  /** Everything up to this resourceVersion was folded; `undefined` before the first bookmark and after a reset. */
  readonly caughtUp?: string;
  /** Clock of the server at the last bookmark, Unix milliseconds. */
  readonly serverNow?: number;
  /** The session lives on under this name. */
  readonly moved?: string;
  readonly deleted?: true;
};
