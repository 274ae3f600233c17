import type { ListStreamEvent, SessionStreamEvent } from "../../trace/stream-events.ts";

export type StreamEvent = ListStreamEvent | SessionStreamEvent;

/** What the page's program understands; a newer server may send more, which is passed over. */
const KNOWN: ReadonlySet<string> = new Set<StreamEvent["type"]>([
  "spans",
  "gone",
  "reset",
  "moved",
  "deleted",
  "session",
  "arrivals",
  "bookmark",
]);

/**
 * The wire form back into the event: `event:` is its type, `data:` its other fields. `undefined`: not one of ours.
 * Throws where a known event's data is no JSON object: the stream is then broken and worth reading again.
 */
export function decodeEvent(type: string | undefined, data: string): StreamEvent | undefined {
  if (type === undefined || !KNOWN.has(type)) return undefined;
  const fields: unknown = data === "" ? {} : JSON.parse(data);
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new TypeError(`the data of "${type}" is no object`);
  }
  return { ...fields, type } as StreamEvent;
}
