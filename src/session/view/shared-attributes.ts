import type { AnyValue, KeyValue, Span, SpanStatus } from "../../otel/span.ts";

/** No producer has more keys. */
const MOST_KEYS = 2_000;
/** UTF-16 units. Longer texts are messages, which only neighbours repeat. */
const MOST_UNITS = 64;
/** Attributes of one key that are known by their text. Of a key with more of them only the last one is known. */
const MOST_VALUES = 16;

/** `byText`: texts and whole numbers are told apart by the attribute itself. */
type Known = { readonly key: string; readonly byText: Map<string, KeyValue>; last: KeyValue | undefined };

type ParsedAttribute = { key: string; readonly value?: AnyValue };
type ParsedSpan = { traceId: string; attributes?: readonly KeyValue[]; status?: SpanStatus };

/**
 * What spans repeat: ids of traces, statuses, keys, whole attributes such as the session's name. Parsing makes each of them anew, which is a
 * third of a large session's memory.
 */
export class SharedAttributes {
  readonly #keys = new Map<string, Known>();
  #traceId = "";
  #status: SpanStatus = {};

  /** Puts what is known in the place of its equal in a span that was just parsed, and that nothing else reads yet. */
  share(parsed: Span): void {
    const span: ParsedSpan = parsed;
    if (span.traceId === this.#traceId) span.traceId = this.#traceId;
    else this.#traceId = span.traceId;
    if (span.status !== undefined) span.status = this.#sharedStatus(span.status);
    if (span.attributes !== undefined) span.attributes = span.attributes.map((attribute) => this.#shared(attribute));
  }

  #sharedStatus(status: SpanStatus): SpanStatus {
    const { code, message } = this.#status;
    return status.code === code && status.message === message ? this.#status : (this.#status = status);
  }

  #shared(attribute: ParsedAttribute): KeyValue {
    const known = this.#keyOf(attribute.key);
    attribute.key = known.key;
    const text = textOf(attribute.value);
    if (text === undefined) return attribute;
    const { last, byText } = known;
    if (isEqual(last, attribute)) return last;
    const isFew = byText.size < MOST_VALUES && text.length <= MOST_UNITS;
    const equal = isFew ? byText.get(text) : undefined;
    if (isEqual(equal, attribute)) return (known.last = equal);
    if (isFew && equal === undefined) byText.set(text, attribute);
    return (known.last = attribute);
  }

  #keyOf(key: string): Known {
    let known = this.#keys.get(key);
    if (known === undefined) {
      known = { key, byText: new Map(), last: undefined };
      if (this.#keys.size < MOST_KEYS) this.#keys.set(key, known);
    }
    return known;
  }
}

/** Of a text or a whole number. A preview has its own reference to the whole. */
function textOf(value: AnyValue | undefined): string | undefined {
  return value?.offloaded === undefined ? (value?.stringValue ?? value?.intValue) : undefined;
}

function isEqual(known: KeyValue | undefined, { value }: ParsedAttribute): known is KeyValue {
  return known?.value?.stringValue === value?.stringValue && known?.value?.intValue === value?.intValue;
}
