const encoder = new TextEncoder();

export const HEARTBEAT = encoder.encode(": heartbeat\n\n");
/** Clients reconnect one second after a disconnect. */
export const RETRY = encoder.encode("retry: 1000\n\n");

/** One event. `data` is encoded as JSON, so it is one line. */
export function sse(event: string, data: unknown, id?: string): Uint8Array {
  return sseText(event, JSON.stringify(data), id);
}

/** One event whose data is already JSON text on one line. */
export function sseText(event: string, text: string, id?: string): Uint8Array {
  return encoder.encode(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${text}\n\n`);
}

/** An event whose data is `{…head, [field]: text}`. The text is already JSON: the bytes of the log are sent without parsing. */
export function sseAround(
  event: string,
  head: Record<string, unknown>,
  field: string,
  text: Uint8Array,
  id: string,
): Uint8Array {
  const start = encoder.encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(head).slice(0, -1)},"${field}":`);
  const end = encoder.encode("}\n\n");
  const bytes = new Uint8Array(start.length + text.length + end.length);
  bytes.set(start);
  bytes.set(text, start.length);
  bytes.set(end, start.length + text.length);
  return bytes;
}

export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  vary: "Accept",
  "x-accel-buffering": "no",
};
