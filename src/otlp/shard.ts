import type { Receipt, SpilledValue } from "../trace/delivery.ts";
import type { SpanFacts } from "../trace/facts/facts.ts";

/** JSON text around a list: `{"resource":{…},"scopeSpans":[` and `],"schemaUrl":"…"}`. One object for one text in a request. */
export type Envelope = { readonly head: string; readonly tail: string; readonly values: readonly SpilledValue[] };

/** `values`: the large values that the text names. */
export type ShardSpan = { readonly text: string; readonly facts: SpanFacts; readonly values: readonly SpilledValue[] };

export type ScopeGroup = { readonly scope: Envelope; readonly spans: readonly ShardSpan[] };

export type ResourceGroup = { readonly resource: Envelope; readonly scopes: readonly ScopeGroup[] };

/**
 * The spans of one trace out of one request, as canonical texts: what `encodeDelivery` makes a delivery of. A trace
 * whose text would be too long for one delivery comes in several shards.
 */
export type TraceShard = {
  readonly traceId: string;
  readonly spans: number;
  readonly resources: readonly ResourceGroup[];
  readonly receipt: Receipt;
};

export type Rejected = { readonly spans: number; readonly reason: string };

/** One request, decoded: `spans` were accepted (repeats of one span included), those of `rejected` were not. */
export type DecodedRequest = {
  readonly shards: readonly TraceShard[];
  readonly spans: number;
  readonly rejected: { readonly count: number; readonly reason?: string };
  /** Of the first resource that says. */
  readonly service?: string;
};
