import { createParser } from "eventsource-parser";
import type { Decode } from "./decode-event.ts";

/** The server sends a heartbeat every 15 s: after two missed ones the connection is lost. */
const SILENCE_MILLIS = 30_000;

export type Received<Event> = { readonly event: Event; readonly id: string | undefined };

/** Reads one response to its end. Throws when it breaks, is malformed, or is silent for 30 s. */
export async function readEvents<Event>(
  body: ReadableStream<Uint8Array>,
  decode: Decode<Event>,
  onEvents: (received: readonly Received<Event>[]) => void,
  onRetry: (millis: number) => void,
): Promise<void> {
  let batch: Received<Event>[] = [];
  const parser = createParser({
    onEvent: ({ event: type, data, id }) => {
      const event = decode(type, data);
      if (event !== undefined) batch.push({ event, id });
    },
    onRetry,
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      if (batch.length > 0) {
        onEvents(batch);
        batch = [];
      }
    }
  } finally {
    // A lost connection has nothing to cancel.
    void reader.cancel().catch(() => {});
  }
}

async function unlessSilent<T>(read: Promise<T>): Promise<T> {
  let timer: number | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the stream was silent for 30 s")), SILENCE_MILLIS);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
