/** A few hundred keys, mostly one to a slot. */
const BUCKETS = 1_024;

type Entry<Value> = { readonly key: string; readonly value: Value };

/**
 * Values by keys that are known from the start, asked with keys out of bodies. A Map would make each of these unique in the
 * heap before it looks it up, which costs several times what it takes to look at three units and compare.
 */
export class FixedKeys<Value> {
  readonly #buckets: readonly (readonly Entry<Value>[])[];

  constructor(values: Iterable<readonly [string, Value]>) {
    const slots = Array.from({ length: BUCKETS }, (): Entry<Value>[] => []);
    for (const [key, value] of values) slots[textBucket(key, BUCKETS)]?.push({ key, value });
    this.#buckets = slots;
  }

  get(key: string): Value | undefined {
    const slot = this.#buckets[textBucket(key, BUCKETS)];
    if (slot === undefined) return undefined;
    for (const entry of slot) if (entry.key === key) return entry.value;
    return undefined;
  }
}

/**
 * One of `slots` (a power of two) for a text, by its length and three of its units: names of one vendor begin alike, and
 * differ towards their ends. Cheap, and easily made to collide: for tables that hold what a program chose, or what may be missed.
 */
export function textBucket(text: string, slots: number): number {
  const { length } = text;
  if (length === 0) return 0;
  const last = text.charCodeAt(length - 1);
  const late = text.charCodeAt(length - 1 - (length >> 2));
  const middle = text.charCodeAt(length >> 1);
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (slots - 1);
}
