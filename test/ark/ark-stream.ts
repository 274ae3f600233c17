import { createParser } from "eventsource-parser";
import type { EventSourceMessage } from "eventsource-parser";
import { request } from "../durable/world.ts";

/** What an Ark client reads of a stream. */
export type Read = { readonly id: string | undefined; readonly event: string | undefined; readonly data: unknown };

/** Less than a test may take, so that what came is told. */
const STUCK = 20_000;

/** A client of a stream as Ark's are: no `Accept`, a URL with `watch=true`. */
export class ArkStream {
  readonly comments: string[] = [];
  readonly items: Read[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parser = createParser({
    onEvent: ({ id, event, data }: EventSourceMessage) => this.items.push({ id, event, data: JSON.parse(data) }),
    onComment: (comment) => this.comments.push(comment),
  });
  readonly #decoder = new TextDecoder();
  #pending: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  ended = false;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  static async open(path: string, headers: Record<string, string> = {}): Promise<ArkStream> {
    const response = await request(path, { headers });
    if (response.status !== 200 || response.body === null)
      throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return new ArkStream(response.body);
  }

  /** Reads until so many items came. How long that takes is the machine's: only a stream that is stuck is given up. */
  async until(count: number): Promise<readonly Read[]> {
    while (this.items.length < count && !this.ended) if (!(await this.#read(STUCK))) break;
    return this.items;
  }

  /** Reads what comes until nothing does. */
  async quiet(millis = 300): Promise<readonly Read[]> {
    while (!this.ended && (await this.#read(millis)));
    return this.items;
  }

  get last(): string | undefined {
    return this.items.at(-1)?.id;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#reader.cancel().catch(() => undefined);
  }

  async #read(millis: number): Promise<boolean> {
    this.#pending ??= this.#reader.read();
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), millis));
    const piece = await Promise.race([this.#pending, late]);
    if (piece === undefined) return false;
    this.#pending = undefined;
    if (piece.done) this.ended = true;
    else this.#parser.feed(this.#decoder.decode(piece.value, { stream: true }));
    return true;
  }
}

/** Names of bare spans. */
export function names(items: readonly Read[]): string[] {
  return items.map(({ data }) => (data as { name: string }).name);
}
