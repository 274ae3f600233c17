import { createParser } from "eventsource-parser";
import { decodeEvent, type StreamEvent } from "./decode-event.ts";

/** The server's heartbeat comes every 15 s: two missed ones mean that nobody is there. */
const SILENCE = 30_000;

export type Received = { readonly event: StreamEvent; readonly id: string | undefined };

/** Reads one response to its end. Throws where it breaks, is malformed, or is silent for 30 s. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvents: (received: readonly Received[]) => void,
  onRetry: (millis: number) => void,
): Promise<void> {
  let batch: Received[] = [];
  const parser = createParser({
    onEvent: ({ event: type, data, id }) => {
      const event = decodeEvent(type, data);
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
    // The connection may be gone already; then there is nothing left to cancel.
    void reader.cancel().catch(() => {});
  }
}

async function unlessSilent<T>(read: Promise<T>): Promise<T> {
  let timer: number | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("nothing was heard for 30 s")), SILENCE);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
