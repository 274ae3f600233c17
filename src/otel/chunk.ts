import type { LogRecord, ResourceLogs } from "./log-record.ts";
import type { Resource, ResourceSpans, Scope, ScopeSpans, Span } from "./span.ts";

/** A span with the resource and scope around it. */
export type SpanInScope = {
  readonly span: Span;
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
};

/** The spans in the order of their positions in a chunk. */
export function* spansIn(resourceSpans: readonly ResourceSpans[]): Generator<SpanInScope, void> {
  for (const { resource, scopeSpans = [] } of resourceSpans)
    for (const { scope, spans = [] } of scopeSpans) for (const span of spans) yield { span, resource, scope };
}

/** A log record with the resource and scope around it. */
export type RecordInScope = {
  readonly record: LogRecord;
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
};

/** The log records in the order of their positions in a chunk. */
export function* recordsIn(resourceLogs: readonly ResourceLogs[]): Generator<RecordInScope, void> {
  for (const { resource, scopeLogs = [] } of resourceLogs)
    for (const { scope, logRecords = [] } of scopeLogs)
      for (const record of logRecords) yield { record, resource, scope };
}

type PlacedSpan = { readonly group: number; readonly scope: number; readonly span: Span };

/** The spans of a chunk by position: the count runs through resources and scopes in order. */
export class ChunkSpans {
  readonly resourceSpans: readonly ResourceSpans[];
  readonly #spans: readonly PlacedSpan[];

  constructor(resourceSpans: readonly ResourceSpans[]) {
    this.resourceSpans = resourceSpans;
    this.#spans = resourceSpans.flatMap(({ scopeSpans = [] }, group) =>
      scopeSpans.flatMap(({ spans = [] }, scope) => spans.map((span) => ({ group, scope, span }))),
    );
  }

  get length(): number {
    return this.#spans.length;
  }

  /** These spans with the resources and scopes around them. `positions`: ascending. */
  pick(positions: readonly number[]): readonly ResourceSpans[] {
    const picked: ResourceSpans[] = [];
    let scopes: ScopeSpans[] = [];
    let spans: Span[] = [];
    let last: PlacedSpan | undefined;
    for (const position of positions) {
      const placed = this.#spans[position];
      if (placed === undefined) continue;
      const group = this.resourceSpans[placed.group];
      if (last?.group !== placed.group) {
        scopes = [];
        picked.push({ ...group, scopeSpans: scopes });
      }
      if (last?.group !== placed.group || last.scope !== placed.scope) {
        spans = [];
        scopes.push({ ...group?.scopeSpans?.[placed.scope], spans });
      }
      spans.push(placed.span);
      last = placed;
    }
    return picked;
  }
}

/** The log records of a chunk by position: the count runs through resources and scopes in order. */
export class ChunkRecords {
  readonly resourceLogs: readonly ResourceLogs[];

  constructor(resourceLogs: readonly ResourceLogs[]) {
    this.resourceLogs = resourceLogs;
  }

  /** The records by position, without resources and scopes. */
  records(): readonly LogRecord[] {
    return this.resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  }

  /** These records with the resources and scopes around them. */
  pick(positions: readonly number[]): readonly ResourceLogs[] {
    const wanted = new Set(positions);
    const picked: ResourceLogs[] = [];
    let position = 0;
    for (const group of this.resourceLogs) {
      const scopeLogs = [];
      for (const scope of group.scopeLogs ?? []) {
        const logRecords = (scope.logRecords ?? []).filter(() => wanted.has(position++));
        if (logRecords.length > 0) scopeLogs.push({ ...scope, logRecords });
      }
      if (scopeLogs.length > 0) picked.push({ ...group, scopeLogs });
    }
    return picked;
  }
}
