import type { Receipt, OffloadedValue } from "../../facts/delivery.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { RecordFacts } from "../../logs/record-facts.ts";
import type { Resource, Scope } from "../../otel/span.ts";

/** JSON text around a list: `{"resource":{…},"scopeSpans":[` and `],"schemaUrl":"…"}`. One object for one text in a request. */
export type Envelope = { readonly head: string; readonly tail: string; readonly values: readonly OffloadedValue[] };

/** A span or a log record. `values`: the large values that the text names. */
export type GroupedItem<Facts> = {
  readonly text: string;
  readonly facts: Facts;
  readonly values: readonly OffloadedValue[];
};

export type GroupedSpan = GroupedItem<SpanFacts>;

export type ScopeGroup<Facts> = { readonly scope: Envelope; readonly items: readonly GroupedItem<Facts>[] };

export type ResourceGroup<Facts> = { readonly resource: Envelope; readonly scopes: readonly ScopeGroup<Facts>[] };

/**
 * The spans of one trace out of one request, as canonical texts: what `encodeDelivery` makes a delivery of. A trace
 * whose text would be too long for one delivery comes in several groups.
 */
export type TraceGroup = {
  readonly kind: "spans";
  readonly traceId: string;
  readonly spans: number;
  readonly resources: readonly ResourceGroup<SpanFacts>[];
  readonly receipt: Receipt;
};

export type Rejected = { readonly spans: number; readonly reason: string };

/** The log records of one home out of one request, as canonical texts. */
export type RecordGroup = {
  readonly kind: "logs";
  /** The trace that they name, or the one that stands for their session: see `homeOfSession`. */
  readonly traceId: string;
  readonly records: number;
  readonly resources: readonly ResourceGroup<RecordFacts>[];
  readonly receipt: Receipt;
};

/** One request, decoded: `spans` were accepted (repeats of one span included), those of `rejected` were not. */
export type DecodedRequest = {
  readonly groups: readonly TraceGroup[];
  readonly spans: number;
  readonly rejected: { readonly count: number; readonly reason?: string };
  /** Of the first resource that says. */
  readonly service?: string;
};

/**
 * One request for logs, decoded: `records` were accepted (repeats of one record included), those of `rejected` were not. Some
 * records are spans: see `PartialSpans`.
 */
export type DecodedLogs = Omit<DecodedRequest, "groups" | "spans"> & {
  readonly groups: readonly (RecordGroup | TraceGroup)[];
  readonly records: number;
};

/** What stands around the spans that a decoder reads now. Its text is written with the first of them that is kept. */
export type Around<Content extends Resource | Scope> = {
  readonly content: Content | undefined;
  readonly schemaUrl: string;
  readonly values: readonly OffloadedValue[];
  envelope: Envelope | undefined;
};

export function around<Content extends Resource | Scope>(
  content: Content | undefined,
  schemaUrl: string,
  values: readonly OffloadedValue[],
): Around<Content> {
  return { content, schemaUrl, values, envelope: undefined };
}

/** One request's envelopes: equal texts are one object, so that equal resources of a trace become one group. */
export class Envelopes {
  readonly #byText = new Map<string, Envelope>();
  readonly #inResource: string;
  readonly #inScope: string;

  /** The names of the lists that a resource's and a scope's message hold. */
  constructor(inResource = "scopeSpans", inScope = "spans") {
    this.#inResource = `"${inResource}":[`;
    this.#inScope = `"${inScope}":[`;
  }

  ofResource(resource: Around<Resource>): Envelope {
    resource.envelope ??= this.#write(`"resource":`, resource, this.#inResource);
    return resource.envelope;
  }

  ofScope(scope: Around<Scope>): Envelope {
    scope.envelope ??= this.#write(`"scope":`, scope, this.#inScope);
    return scope.envelope;
  }

  #write(key: string, { content, schemaUrl, values }: Around<Resource | Scope>, list: string): Envelope {
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
