import type { Span } from "../../otel/span.ts";

/** No producer has more keys. */
const MOST_KEYS = 2_000;

/**
 * The texts that spans repeat: keys, ids of traces, values such as the session's name. Parsing makes each of them anew, which is
 * a fifth of a large session's memory.
 */
export class SharedTexts {
  readonly #keys = new Map<string, { readonly key: string; value: string }>();
  #traceId = "";

  /** Puts known texts in the place of equal ones of a span that was just parsed. */
  share(span: Span): void {
    const own: { traceId: string } = span;
    if (own.traceId === this.#traceId) own.traceId = this.#traceId;
    else this.#traceId = own.traceId;
    for (const attribute of span.attributes ?? []) this.#share(attribute);
  }

  #share(attribute: { key: string; readonly value?: { stringValue?: string } }): void {
    const { key, value } = attribute;
    const text = value?.stringValue ?? "";
    const known = this.#keys.get(key);
    if (known === undefined) {
      if (this.#keys.size < MOST_KEYS) this.#keys.set(key, { key, value: text });
      return;
    }
    attribute.key = known.key;
    // Neighbours mostly share it.
    if (text === "" || value === undefined) return;
    if (text === known.value) value.stringValue = known.value;
    else known.value = text;
  }
}
