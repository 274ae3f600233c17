import type { Receipt, OffloadedValue } from "../../facts/delivery.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { RecordFacts } from "../../logs/record-facts.ts";
import type { Resource, Scope } from "../../otel/span.ts";

/** JSON text around a list: `{"resource":{…},"scopeSpans":[` and `],"schemaUrl":"…"}`. Equal texts of a request share one object. */
export type Envelope = { readonly head: string; readonly tail: string; readonly values: readonly OffloadedValue[] };

/** A span or a log record. `values`: the offloaded values that the text refers to. */
export type GroupedItem<Facts> = {
  readonly text: string;
  readonly facts: Facts;
  readonly values: readonly OffloadedValue[];
};

export type GroupedSpan = GroupedItem<SpanFacts>;

export type ScopeGroup<Facts> = { readonly scope: Envelope; readonly items: readonly GroupedItem<Facts>[] };

export type ResourceGroup<Facts> = { readonly resource: Envelope; readonly scopes: readonly ScopeGroup<Facts>[] };

/**
 * One request's spans of one trace, as canonical texts; `encodeDelivery` makes them a delivery. A trace with too much text
 * for one delivery has several groups.
 */
export type TraceGroup = {
  readonly kind: "spans";
  readonly traceId: string;
  readonly spans: number;
  readonly resources: readonly ResourceGroup<SpanFacts>[];
  readonly receipt: Receipt;
};

export type Rejected = { readonly spans: number; readonly reason: string };

/** One request's log records of one owner, as canonical texts. */
export type RecordGroup = {
  readonly kind: "logs";
  /** The records' trace id, or the one derived from their session's name: see `traceIdForSession`. */
  readonly traceId: string;
  readonly records: number;
  readonly resources: readonly ResourceGroup<RecordFacts>[];
  readonly receipt: Receipt;
};

/** One request, decoded. `spans`: accepted spans, repeats included. `rejected`: all others. */
export type DecodedRequest = {
  readonly groups: readonly TraceGroup[];
  readonly spans: number;
  readonly rejected: { readonly count: number; readonly reason?: string };
  /** Of the first resource that has one. */
  readonly service?: string;
};

/**
 * One request for logs, decoded. `records`: accepted records, repeats included. `rejected`: all others. Some records hold
 * spans: see `PartialSpans`.
 */
export type DecodedLogs = Omit<DecodedRequest, "groups" | "spans"> & {
  readonly groups: readonly (RecordGroup | TraceGroup)[];
  readonly records: number;
  /**
   * Of the rejected records those that are well, but of no trace and no session; `count`: repeats included. `rejected`: the other
   * rejected ones.
   */
  readonly unplaced?: {
    readonly group: RecordGroup;
    readonly count: number;
    readonly rejected: DecodedRequest["rejected"];
  };
};

/** The resource or scope of the spans that a decoder reads now. Its text is written with the first accepted span. */
export type OpenEnvelope<Content extends Resource | Scope> = {
  readonly content: Content | undefined;
  readonly schemaUrl: string;
  readonly values: readonly OffloadedValue[];
  envelope: Envelope | undefined;
};

export function openEnvelope<Content extends Resource | Scope>(
  content: Content | undefined,
  schemaUrl: string,
  values: readonly OffloadedValue[],
): OpenEnvelope<Content> {
  return { content, schemaUrl, values, envelope: undefined };
}

/** One request's envelopes: equal texts share one object, so that equal resources of a trace become one group. */
export class Envelopes {
  readonly #byText = new Map<string, Envelope>();
  readonly #inResource: string;
  readonly #inScope: string;

  /** The names of the lists in a resource's and in a scope's message. */
  constructor(inResource = "scopeSpans", inScope = "spans") {
    this.#inResource = `"${inResource}":[`;
    this.#inScope = `"${inScope}":[`;
  }

  ofResource(resource: OpenEnvelope<Resource>): Envelope {
    resource.envelope ??= this.#write(`"resource":`, resource, this.#inResource);
    return resource.envelope;
  }

  ofScope(scope: OpenEnvelope<Scope>): Envelope {
    scope.envelope ??= this.#write(`"scope":`, scope, this.#inScope);
    return scope.envelope;
  }

  #write(key: string, { content, schemaUrl, values }: OpenEnvelope<Resource | Scope>, list: string): Envelope {
    const head = content === undefined ? `{${list}` : `{${key}${JSON.stringify(content)},${list}`;
    const tail = schemaUrl === "" ? "]}" : `],"schemaUrl":${JSON.stringify(schemaUrl)}}`;
    const text = head + tail;
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const envelope = { head, tail, values };
    this.#byText.set(text, envelope);
    return envelope;
  }
}
