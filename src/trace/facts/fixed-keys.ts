/** A few hundred keys, mostly one to a slot. */
const SLOTS = 1_024;

type Entry<Value> = { readonly key: string; readonly value: Value };

/**
 * Values by keys that are known from the start, asked with keys out of bodies. A Map would make each of these unique in the
 * heap before it looks it up, which costs several times what it takes to look at three units and compare. Which keys share
 * a slot is no sender's choice.
 */
export class FixedKeys<Value> {
  readonly #slots: readonly (readonly Entry<Value>[])[];

  constructor(values: Iterable<readonly [string, Value]>) {
    const slots = Array.from({ length: SLOTS }, (): Entry<Value>[] => []);
    for (const [key, value] of values) slots[slotOf(key)]?.push({ key, value });
    this.#slots = slots;
  }

  get(key: string): Value | undefined {
    const slot = this.#slots[slotOf(key)];
    if (slot === undefined) return undefined;
    for (const entry of slot) if (entry.key === key) return entry.value;
    return undefined;
  }
}

/** Of the length and three units: keys of one vendor begin alike, and differ towards their ends. */
function slotOf(key: string): number {
  const { length } = key;
  if (length === 0) return 0;
  const last = key.charCodeAt(length - 1);
  const late = key.charCodeAt(length - 1 - (length >> 2));
  const middle = key.charCodeAt(length >> 1);
  return (length * 31 + middle * 7 + late * 131 + last * 17) & (SLOTS - 1);
}
