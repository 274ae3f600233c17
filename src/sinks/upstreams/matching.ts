import { spanIdentity } from "../../facts/identity.ts";
import type { RecordInScope, SpanInScope } from "../../otel/chunk.ts";
import { textOf } from "../../otel/any-value.ts";
import { QUERY_NAMESPACE_KEYS, SERVICE_KEYS } from "../../otel/semconv/attributes.ts";
import { STATUS_ERROR } from "../../otel/span.ts";
import type { KeyValue, Span } from "../../otel/span.ts";
import type { UpstreamMatch, UpstreamSettings } from "../../session/contract/upstreams.ts";

/**
 * Whether this span makes its whole trace go to the upstream. A trace outside the sample needs a span that is an error, where these
 * are always sent, and one that matches.
 */
export class TraceRule {
  readonly #match: UpstreamMatch;
  readonly #isSampled: boolean;
  readonly #takesErrors: boolean;
  #matches: boolean;
  #hasError = false;

  constructor({ match, sampling, errors }: UpstreamSettings, traceId: string) {
    this.#match = match;
    this.#matches = match.by === "all";
    this.#isSampled = isSampled(traceId, sampling);
    this.#takesErrors = errors === "always";
  }

  /** No span can make the trace go there. */
  get isExcluded(): boolean {
    return !this.#isSampled && !this.#takesErrors;
  }

  /** Two spans may be needed, which may come in any order: all of them have to be looked at each time. */
  get isCumulative(): boolean {
    return !this.#isSampled && this.#match.by !== "all";
  }

  get isMatched(): boolean {
    return this.#matches && (this.#isSampled || (this.#takesErrors && this.#hasError));
  }

  look({ span, resource }: SpanInScope): void {
    if (span.status?.code === STATUS_ERROR) this.#hasError = true;
    this.#matches ||= matches(this.#match, span.attributes, resource?.attributes);
  }

  /** Of log records, which go where one of them says too. */
  lookAtRecord({ record, resource }: RecordInScope): void {
    this.#matches ||= matches(this.#match, record.attributes, resource?.attributes);
  }
}

/** Whether an item with these attributes, of this resource, goes to the upstream. */
export function matches(
  match: UpstreamMatch,
  item: readonly KeyValue[] = [],
  resource: readonly KeyValue[] = [],
): boolean {
  switch (match.by) {
    case "all":
      return true;
    case "namespace":
      return [...item, ...resource].some(
        (attribute) => isOneOf(QUERY_NAMESPACE_KEYS, attribute.key) && isText(attribute, match.value),
      );
    case "service":
      return resource.some((attribute) => isOneOf(SERVICE_KEYS, attribute.key) && isText(attribute, match.value));
    case "attribute":
      return resource.some((attribute) => attribute.key === match.key && isText(attribute, match.value));
  }
}

function isOneOf(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}

function isText({ value }: KeyValue, text: string): boolean {
  if (value === undefined) return false;
  return (value.boolValue === undefined ? textOf(value) : String(value.boolValue)) === text;
}

/** The random part of a trace id (W3C Trace Context 2): its last 56 bits. Samplers that compare it keep the same traces. */
const RANDOM_DIGITS = 14;

function isSampled(traceId: string, sampling: number): boolean {
  if (sampling >= 1 || sampling <= 0) return sampling >= 1;
  const share = Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) / 16 ** RANDOM_DIGITS;
  return share >= 1 - sampling;
}

/** Whether the span says, in any dialect, that it still runs. */
export function isRunning(span: Span): boolean {
  return spanIdentity(span).running;
}
