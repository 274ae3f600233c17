/** For a few hundred keys: most buckets hold one key at most. */
const BUCKETS = 1_024;

type Entry<Value> = { readonly key: string; readonly value: Value };

/**
 * A lookup table with fixed keys, for lookups by keys out of request bodies. A Map would first intern each such key in the
 * heap; that costs several times as much as hashing three UTF-16 units and comparing.
 */
export class FixedKeys<Value> {
  readonly #buckets: readonly (readonly Entry<Value>[])[];

  constructor(values: Iterable<readonly [string, Value]>) {
    const buckets = Array.from({ length: BUCKETS }, (): Entry<Value>[] => []);
    for (const [key, value] of values) buckets[textBucket(key, BUCKETS)]?.push({ key, value });
    this.#buckets = buckets;
  }

  get(key: string): Value | undefined {
    const bucket = this.#buckets[textBucket(key, BUCKETS)];
    if (bucket === undefined) return undefined;
    for (const entry of bucket) if (entry.key === key) return entry.value;
    return undefined;
  }
}

/**
 * The bucket of a text among `buckets` (a power of two), by its length and three of its UTF-16 units: one vendor's names
 * share their beginning and differ near the end. Cheap, but collisions are easy to construct: use it only for keys chosen by
 * this program, or for caches that may miss.
 */
export function textBucket(text: string, buckets: number): number {
  const { length } = text;
  if (length === 0) return 0;
  const last = text.charCodeAt(length - 1);
  const late = text.charCodeAt(length - 1 - (length >> 2));
  const middle = text.charCodeAt(length >> 1);
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (buckets - 1);
}
