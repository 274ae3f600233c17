import type { ListStreamEvent, SessionStreamEvent } from "../session/contract/stream-events.ts";

export type StreamEvent = ListStreamEvent | SessionStreamEvent;

/**
 * Decodes an event: `event:` is its type, `data:` its other fields. `undefined`: an unknown type. Throws when the data of a known
 * type has other fields: the stream is then broken, and the client reads it again.
 */
export type Decode<Event> = (type: string | undefined, data: string) => Event | undefined;

/** Fields that clients use without further checks. A proxy's page or a server of another version is refused here. */
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

/** `known`: all types of the union, with their required fields. Further fields, of a newer server, are ignored. */
function decoder<Event extends StreamEvent>(known: Readonly<Record<Event["type"], Fields>>): Decode<Event> {
  const types: ReadonlyMap<string, Fields> = new Map(Object.entries<Fields>(known));
  const isEvent = (event: object, wanted: Fields): event is Event =>
    Object.entries(wanted).every(([name, field]) => isField(Reflect.get(event, name), field));
  return (type, data) => {
    const wanted = types.get(type ?? "");
    if (type === undefined || wanted === undefined) return undefined;
    const fields: unknown = data === "" ? {} : JSON.parse(data);
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
      throw new SyntaxError(`the data of "${type}" is not an object`);
    }
    const event: object = { ...fields, type };
    if (isEvent(event, wanted)) return event;
    throw new SyntaxError(`the data of "${type}" has missing or wrong fields`);
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
