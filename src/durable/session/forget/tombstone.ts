/** For as long as anything may be on its way. */
export const TOMBSTONE_MILLIS = 86_400_000;

/** Of what was shown here, or of the trace whose home this was. */
type Forgotten = "session" | "trace";

/** Says when something was forgotten here: beside the tables, so that an object of which nothing else is left stays empty. */
export function leaveTombstone({ kv }: DurableObjectStorage, of: Forgotten, now: number): void {
  kv.put(keyOf(of), now);
}

/** Unix milliseconds; 0 where nothing was. What was on its way then is not to begin a new life. */
export function forgottenAt({ kv }: DurableObjectStorage, of: Forgotten): number {
  return kv.get<number>(keyOf(of)) ?? 0;
}

function keyOf(of: Forgotten): string {
  return `forgotten ${of}`;
}
