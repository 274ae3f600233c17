/** A copy may be under way for so long at most. */
export const FENCE_MILLIS = 86_400_000;

/** Copies to the session of this name, or bindings of the trace that this object owns. */
export type Fenced = "session" | "trace";

/**
 * The last epoch that a deletion made void; 0 without one. It counts bindings and is no time, so that nothing depends on two
 * clocks. It is stored beside the tables: an object of which nothing else is left counts as empty.
 */
export function fenceOf({ kv }: DurableObjectStorage, of: Fenced): number {
  return kv.get<number>(keyOf(of)) ?? 0;
}

export function raiseFence(storage: DurableObjectStorage, of: Fenced, epoch: number): void {
  if (epoch > fenceOf(storage, of)) storage.kv.put(keyOf(of), epoch);
}

function keyOf(of: Fenced): string {
  return `deleted ${of}`;
}
