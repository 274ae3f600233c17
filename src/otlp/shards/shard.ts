import type { Receipt, SpilledValue } from "../../trace/delivery.ts";
import type { RecordFacts } from "../../trace/facts/record-facts.ts";
import type { SpanFacts } from "../../trace/facts/facts.ts";

/** JSON text around a list: `{"resource":{…},"scopeSpans":[` and `],"schemaUrl":"…"}`. One object for one text in a request. */
export type Envelope = { readonly head: string; readonly tail: string; readonly values: readonly SpilledValue[] };

/** A span or a log record. `values`: the large values that the text names. */
export type ShardItem<Facts> = {
  readonly text: string;
  readonly facts: Facts;
  readonly values: readonly SpilledValue[];
};

export type ShardSpan = ShardItem<SpanFacts>;

export type ScopeGroup<Facts> = { readonly scope: Envelope; readonly items: readonly ShardItem<Facts>[] };

export type ResourceGroup<Facts> = { readonly resource: Envelope; readonly scopes: readonly ScopeGroup<Facts>[] };

/**
 * The spans of one trace out of one request, as canonical texts: what `encodeDelivery` makes a delivery of. A trace
 * whose text would be too long for one delivery comes in several shards.
 */
export type TraceShard = {
  readonly kind: "spans";
  readonly traceId: string;
  readonly spans: number;
  readonly resources: readonly ResourceGroup<SpanFacts>[];
  readonly receipt: Receipt;
};

export type Rejected = { readonly spans: number; readonly reason: string };

/** The log records of one home out of one request, as canonical texts. */
export type LogShard = {
  readonly kind: "logs";
  /** The trace that they name, or the one that stands for their session: see `homeOfSession`. */
  readonly traceId: string;
  readonly records: number;
  readonly resources: readonly ResourceGroup<RecordFacts>[];
  readonly receipt: Receipt;
};

/** One request, decoded: `spans` were accepted (repeats of one span included), those of `rejected` were not. */
export type DecodedRequest = {
  readonly shards: readonly TraceShard[];
  readonly spans: number;
  readonly rejected: { readonly count: number; readonly reason?: string };
  /** Of the first resource that says. */
  readonly service?: string;
};

/**
 * One request for logs, decoded: `records` were accepted (repeats of one record included), those of `rejected` were not. Some
 * records are spans: see `PartialSpans`.
 */
export type DecodedLogs = Omit<DecodedRequest, "shards" | "spans"> & {
  readonly shards: readonly (LogShard | TraceShard)[];
  readonly records: number;
};
