import type { LogPage } from "./log-page.ts";

/** The id of a span as its session knows it. Log records name their span by it. */
export type SpanSubject = {
  readonly traceId: string;
  readonly spanId: string;
  /** Its own records do not spell the id: readers compute it from them. */
  readonly derived?: true;
};

/** What a session's table knows of one span, and where in the log its best version is. */
export type LocatedSpan = {
  readonly found: "span";
  readonly revision: number;
  /** Among the spans of that revision, or among those derived from its records. */
  readonly position: number;
  /** The OTLP kinds of all spans with this id, the earliest span first. */
  readonly otlpKinds: readonly number[];
  /** The parent that the tree shows, if it is in the same trace and the span does not name it. */
  readonly parentSpanId?: string;
  /** The agent in which the span ran. */
  readonly agent?: string;
  /** The span that the tree shows in the place of this one, because it describes the same operation better. */
  readonly replacedBy?: { readonly traceId: string; readonly spanId: string };
  /** Under these ids log records belong to the span, in traces that have records. */
  readonly subjects: readonly SpanSubject[];
};

export type SpanLookup =
  | LocatedSpan
  /** Other spans name it as their parent, or log records belong to it. It was not received. */
  | { readonly found: "placeholder"; readonly by: "spans" | "records" }
  /** Spans with this id have other OTLP kinds. */
  | { readonly found: "other-kinds"; readonly otlpKinds: readonly number[] }
  | { readonly found: "none" };

/** As a page of the log without entries, so that readers see a session that is absent or moved. */
export type SpanLookupPage =
  | Exclude<LogPage, { readonly state: "present" }>
  | {
      readonly state: "present";
      readonly generation: string;
      /** The deployment's own prices: the text of its setting. */
      readonly prices?: string;
      /** Where the trace is shown now, if not in this session. */
      readonly movedTo?: string;
      readonly span: SpanLookup;
    };
