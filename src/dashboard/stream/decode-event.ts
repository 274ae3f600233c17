import type { ListStreamEvent, SessionStreamEvent } from "../../trace/stream-events.ts";

export type StreamEvent = ListStreamEvent | SessionStreamEvent;

/**
 * The wire form back into an event: `event:` is its type, `data:` its other fields. `undefined`: not one that this page
 * knows. Throws where a known event's data is no JSON object: the stream is then broken and worth reading again.
 */
export type Decode<Event> = (type: string | undefined, data: string) => Event | undefined;

export const decodeListEvent = decoder<ListStreamEvent>(["session", "gone", "reset", "arrivals", "bookmark"]);

export const decodeSessionEvent = decoder<SessionStreamEvent>([
  "spans",
  "gone",
  "reset",
  "moved",
  "deleted",
  "session",
  "bookmark",
]);

/** `known`: every type of the union. A newer server may send more, which is passed over. */
function decoder<Event extends StreamEvent>(known: readonly Event["type"][]): Decode<Event> {
  const types: ReadonlySet<string> = new Set(known);
  return (type, data) => {
    if (type === undefined || !types.has(type)) return undefined;
    const fields: unknown = data === "" ? {} : JSON.parse(data);
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new TypeError(`the data of "${type}" is no object`);
    }
    return { ...fields, type } as Event;
  };
}
