const FIRST_SLOTS = 8;
const MAX_LOAD = 0.75;

/**
 * A 32-bit hash of a 64-bit id and a number beside it (a kind, a trace), for tables that keep their keys elsewhere. A random seed
 * prevents senders from choosing ids that collide.
 */
export function idHash(seed: number, beside: number, high: number, low: number): number {
  let hash = Math.imul(seed ^ beside, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0x85eb_ca77);
  hash = Math.imul(hash ^ (hash >>> 13) ^ low, 0xc2b2_ae3d);
  return hash ^ (hash >>> 16);
}

/** A set of 64-bit hashes: 11 to 22 bytes for each. Open addressing; a slot of two zeroes is free. */
export class HashSet {
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  has(high: number, low: number): boolean {
    const slot = this.#slotOf(high, low || 1);
    return this.#slots[slot + 1] !== 0;
  }

  /** Returns whether it is new. */
  add(high: number, low: number): boolean {
    if (this.has(high, low)) return false;
    if ((this.#size + 1) * 2 > this.#slots.length * MAX_LOAD) this.#grow();
    this.#put(high, low || 1);
    this.#size++;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at + 1] ?? 0;
      if (low !== 0) this.#put(old[at] ?? 0, low);
    }
  }

  #put(high: number, low: number): void {
    const slot = this.#slotOf(high, low);
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
  }

  /** Its slot, or the free slot for it. The keys are hashes already: their low bits choose the slot. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length / 2 - 1;
    let slot = low & mask;
    while (this.#slots[slot * 2 + 1] !== 0) {
      if (this.#slots[slot * 2] === high && this.#slots[slot * 2 + 1] === low) break;
      slot = (slot + 1) & mask;
    }
    return slot * 2;
  }
}
