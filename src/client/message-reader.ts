import { createParser, type EventSourceMessage } from "eventsource-parser";

/** A response's events as they crossed the wire, read chunk by chunk. */
export class MessageReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #parser;
  #messages: EventSourceMessage[] = [];
  /** A line whose end is still to come. The parser gets whole lines: it would join such a line with all that follows it. */
  #begun = "";

  constructor(
    body: ReadableStream<Uint8Array>,
    on: { readonly retry?: (millis: number) => void; readonly comment?: (text: string) => void } = {},
  ) {
    this.#reader = body.getReader();
    this.#parser = createParser({
      onEvent: (message) => this.#messages.push(message),
      onRetry: (millis) => on.retry?.(millis),
      onComment: (text) => on.comment?.(text),
    });
  }

  /** The messages that the next chunk completes; `undefined` at the end. */
  async read(): Promise<readonly EventSourceMessage[] | undefined> {
    const { done, value } = await this.#reader.read();
    if (done) return undefined;
    this.#feed(this.#decoder.decode(value, { stream: true }));
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  #feed(text: string): void {
    const first = text.indexOf("\n") + 1;
    const last = text.lastIndexOf("\n") + 1;
    if (first > 0) {
      this.#parser.feed(this.#begun + text.slice(0, first));
      this.#parser.feed(text.slice(first, last));
      this.#begun = "";
    }
    this.#begun += text.slice(last);
  }

  async cancel(): Promise<void> {
    // A lost connection has nothing to cancel.
    await this.#reader.cancel().catch(() => undefined);
  }
}
