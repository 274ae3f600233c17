/**
 * Integers that name a place in a log, for clients whose cursors are numbers: everything up to it was told. Always below
 * 2^53, and rising along one log.
 */

/** Places within one revision: a delivery holds at most 20,000 spans, each of which begins and ends. */
const PLACES = 65_536;
/** Stands behind all of its revision. */
const LAST_PLACE = PLACES - 1;
/** Revisions of one life of a session's log that a cursor can tell apart. */
const REVISIONS = 2 ** 27;
const LIVES = 2 ** 10;
const LIFE = REVISIONS * PLACES;

/** `told`: how many places of the revision were told. */
export type LogPlace = { readonly revision: number; readonly told: number };

export function cursorAt(revision: number, told: number): number {
  return revision * PLACES + Math.min(told, LAST_PLACE);
}

/** Behind all that a revision holds. */
export function cursorAfter(revision: number): number {
  return cursorAt(revision, LAST_PLACE);
}

/** Where to go on reading: after `revision`, and in the next one, after so many of its places. */
export function placeOf(cursor: number): { readonly revision: number; readonly told: number } {
  const revision = Math.floor(cursor / PLACES);
  const told = cursor % PLACES;
  return told === LAST_PLACE ? { revision, told: 0 } : { revision: revision - 1, told };
}

/** A log that is deleted and begins anew counts from one again: a cursor of its own carries its life. */
export function cursorInLife(life: string, revision: number, told: number): number {
  return lifeNumber(life) * LIFE + cursorAt(revision % REVISIONS, told);
}

/** `undefined` where the cursor is of another life. */
export function placeInLife(life: string, cursor: number): LogPlace | undefined {
  return Math.floor(cursor / LIFE) === lifeNumber(life) ? placeOf(cursor % LIFE) : undefined;
}

/** Whether both cursors are of one life of a log. */
export function isOneLife(a: number, b: number): boolean {
  return Math.floor(a / LIFE) === Math.floor(b / LIFE);
}

function lifeNumber(life: string): number {
  let hash = 0;
  for (let at = 0; at < life.length; at++) hash = (Math.imul(hash, 31) + life.charCodeAt(at)) | 0;
  return (hash >>> 0) % LIVES;
}
