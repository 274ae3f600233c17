import type { ListStreamEvent, SessionStreamEvent } from "../session/contract/stream-events.ts";

export type StreamEvent = ListStreamEvent | SessionStreamEvent;

/**
 * The wire form back into an event: `event:` is its type, `data:` its other fields. `undefined`: not one that this page
 * knows. Throws where a known event's data is not what its type says: the stream is then broken and worth reading again.
 */
export type Decode<Event> = (type: string | undefined, data: string) => Event | undefined;

/** What the page reaches into without looking: a proxy's page, or a server of another age, must not get so far. */
type Field = "text" | "number" | "object" | "list" | "nanoseconds";
type Fields = Readonly<Record<string, Field>>;

export const decodeListEvent = decoder<ListStreamEvent>({
  session: { summary: "object" },
  gone: { id: "text" },
  reset: {},
  recentExports: { recentExports: "object" },
  bookmark: { resourceVersion: "text", now: "number" },
});

export const decodeSessionEvent = decoder<SessionStreamEvent>({
  spans: { received: "nanoseconds", receipt: "object", resourceSpans: "list" },
  logs: { received: "nanoseconds", receipt: "object", traceId: "text", resourceLogs: "list" },
  gone: { traceId: "text" },
  reset: {},
  moved: { session: "text" },
  deleted: {},
  session: { summary: "object" },
  bookmark: { resourceVersion: "text", now: "number" },
});

/** `known`: every type of the union, with the fields that it must have. A newer server may send more, which is passed over. */
function decoder<Event extends StreamEvent>(known: Readonly<Record<Event["type"], Fields>>): Decode<Event> {
  const types: ReadonlyMap<string, Fields> = new Map(Object.entries<Fields>(known));
  const isEvent = (event: object, wanted: Fields): event is Event =>
    Object.entries(wanted).every(([name, field]) => isField(Reflect.get(event, name), field));
  return (type, data) => {
    const wanted = types.get(type ?? "");
    if (type === undefined || wanted === undefined) return undefined;
    const fields: unknown = data === "" ? {} : JSON.parse(data);
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new TypeError(`the data of "${type}" is no object`);
    }
    const event: object = { ...fields, type };
    if (isEvent(event, wanted)) return event;
    throw new TypeError(`the data of "${type}" is not what it should be`);
  };
}

function isField(value: unknown, field: Field): boolean {
  switch (field) {
    case "text":
      return typeof value === "string";
    case "nanoseconds":
      return typeof value === "string" && /^\d{1,20}$/.test(value);
    case "number":
      return typeof value === "number";
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "list":
      return Array.isArray(value);
  }
}
