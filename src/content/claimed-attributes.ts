import type { AnyValue, KeyValue } from "../otel/span.ts";

export type FoundAttribute = { readonly key: string; readonly value: AnyValue };

/** A span's attributes by key. Remembers the keys that a reader used: the page lists all other attributes unchanged. */
export class ClaimedAttributes {
  readonly #values = new Map<string, AnyValue>();
  readonly #claimed = new Set<string>();

  constructor(attributes: readonly KeyValue[] | undefined) {
    for (const { key, value } of attributes ?? []) {
      if (value !== undefined && !this.#values.has(key)) this.#values.set(key, value);
    }
  }

  get claimed(): ReadonlySet<string> {
    return this.#claimed;
  }

  /** All entries in the order of the span. */
  entries(): Iterable<readonly [string, AnyValue]> {
    return this.#values;
  }

  /** The value, which stays unclaimed. */
  peek(key: string): AnyValue | undefined {
    return this.#values.get(key);
  }

  claim(key: string): void {
    this.#claimed.add(key);
  }

  /** The first of the keys for which `read` returns a value. */
  take<T>(keys: readonly string[], read: (value: AnyValue) => T | undefined): T | undefined {
    for (const key of keys) {
      const value = this.#values.get(key);
      const reading = value === undefined ? undefined : read(value);
      if (reading === undefined) continue;
      this.#claimed.add(key);
      return reading;
    }
    return undefined;
  }

  /** The first of the keys with a value that is not an empty string. */
  find(keys: readonly string[]): FoundAttribute | undefined {
    for (const key of keys) {
      const value = this.#values.get(key);
      if (value === undefined || value.stringValue === "") continue;
      this.#claimed.add(key);
      return { key, value };
    }
    return undefined;
  }
}
