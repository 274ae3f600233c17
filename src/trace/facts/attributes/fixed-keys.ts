import { textSlot } from "./text-slot.ts";

/** A few hundred keys, mostly one to a slot. */
const SLOTS = 1_024;

type Entry<Value> = { readonly key: string; readonly value: Value };

/**
 * Values by keys that are known from the start, asked with keys out of bodies. A Map would make each of these unique in the
 * heap before it looks it up, which costs several times what it takes to look at three units and compare.
 */
export class FixedKeys<Value> {
  readonly #slots: readonly (readonly Entry<Value>[])[];

  constructor(values: Iterable<readonly [string, Value]>) {
    const slots = Array.from({ length: SLOTS }, (): Entry<Value>[] => []);
    for (const [key, value] of values) slots[textSlot(key, SLOTS)]?.push({ key, value });
    this.#slots = slots;
  }

  get(key: string): Value | undefined {
    const slot = this.#slots[textSlot(key, SLOTS)];
    if (slot === undefined) return undefined;
    for (const entry of slot) if (entry.key === key) return entry.value;
    return undefined;
  }
}
