import type { Decode } from "./decode-event.ts";
import { MessageReader } from "./message-reader.ts";
import type { Platform } from "./platform.ts";

/** The server sends a heartbeat every 15 s: after two missed ones the connection is lost. */
const SILENCE_MILLIS = 30_000;

export type Received<Event> = { readonly event: Event; readonly id: string | undefined };

/**
 * Reads one response to its end; `onEvents` receives the events of each chunk. Throws when the response breaks, is malformed, or is
 * silent for 30 s. Events before a malformed one are received.
 */
export async function readEvents<Event>(
  body: ReadableStream<Uint8Array>,
  on: {
    readonly decode: Decode<Event>;
    /** Perhaps a promise. The next chunk is read after it: a reader that is behind need not hold all that was sent. */
    readonly onEvents: (received: readonly Received<Event>[]) => unknown;
    readonly onRetry: (millis: number) => void;
  },
  after: Platform["after"],
): Promise<void> {
  const reader = new MessageReader(body, { retry: on.onRetry });
  try {
    for (;;) {
      const messages = await unlessSilent(reader.read(), after);
      if (messages === undefined) return;
      const batch: Received<Event>[] = [];
      try {
        for (const { event: type, data, id } of messages) {
          const event = on.decode(type, data);
          if (event !== undefined) batch.push({ event, id });
        }
      } finally {
        if (batch.length > 0) await on.onEvents(batch);
      }
    }
  } finally {
    void reader.cancel();
  }
}

async function unlessSilent<T>(read: Promise<T>, after: Platform["after"]): Promise<T> {
  let cancel = (): void => {};
  const silence = new Promise<never>((_, reject) => {
    cancel = after(SILENCE_MILLIS, () => reject(new Error("the stream was silent for 30 s")));
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    cancel();
  }
}
