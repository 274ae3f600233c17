/**
 * Integer cursors of a log, for clients whose cursors are numbers. Everything up to a cursor was sent. Always below 2^53,
 * and rising along one log.
 */

/** Items of one revision: a delivery holds at most 20,000 spans, each of which begins and ends. */
const ITEMS = 65_536;
/** Stands behind the whole revision. */
const LAST_ITEM = ITEMS - 1;
/** Revisions of one generation of a session's log that a cursor distinguishes. */
const REVISIONS = 2 ** 27;
const GENERATIONS = 2 ** 10;
const CURSORS_A_GENERATION = REVISIONS * ITEMS;

/** All of `revision` was sent, and the first `sent` items of the next revision. */
export type LogPosition = { readonly revision: number; readonly sent: number };

/** Behind the first `sent` items of a revision. */
export function cursorAt(revision: number, sent: number): number {
  return revision * ITEMS + Math.min(sent, LAST_ITEM);
}

/** Behind the whole revision. */
export function cursorAfter(revision: number): number {
  return cursorAt(revision, LAST_ITEM);
}

/** Where reading goes on. */
export function positionOf(cursor: number): LogPosition {
  const revision = Math.floor(cursor / ITEMS);
  const sent = cursor % ITEMS;
  return sent === LAST_ITEM ? { revision, sent: 0 } : { revision: revision - 1, sent };
}

/** A log that begins anew after a deletion counts from one again, so its cursors carry its generation. */
export function cursorInGeneration(generation: string, revision: number, sent: number): number {
  return generationNumber(generation) * CURSORS_A_GENERATION + cursorAt(revision % REVISIONS, sent);
}

/** `undefined` if the cursor is of another generation. */
export function positionInGeneration(generation: string, cursor: number): LogPosition | undefined {
  const isSame = Math.floor(cursor / CURSORS_A_GENERATION) === generationNumber(generation);
  return isSame ? positionOf(cursor % CURSORS_A_GENERATION) : undefined;
}

/** Whether both cursors are of one generation of a log. */
export function isSameGeneration(a: number, b: number): boolean {
  return Math.floor(a / CURSORS_A_GENERATION) === Math.floor(b / CURSORS_A_GENERATION);
}

function generationNumber(generation: string): number {
  let hash = 0;
  for (let at = 0; at < generation.length; at++) hash = (Math.imul(hash, 31) + generation.charCodeAt(at)) | 0;
  return (hash >>> 0) % GENERATIONS;
}
