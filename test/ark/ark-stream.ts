import type { EventSourceMessage } from "eventsource-parser";
import { MessageReader } from "../../src/client/message-reader.ts";
import { request } from "../durable/world.ts";

/** An event of a stream, as an Ark client reads it. */
export type StreamItem = {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
};

/** Less than a test's timeout, so that a failure prints the items that came. */
const STUCK = 30_000;
/** What comes twice comes within so many milliseconds. */
const SILENCE = 300;

/** A stream's client like Ark's: no `Accept`, a URL with `watch=true`. */
export class ArkStream {
  readonly comments: string[] = [];
  readonly items: StreamItem[] = [];
  readonly #reader: MessageReader;
  #pending: Promise<readonly EventSourceMessage[] | "end"> | undefined;
  ended = false;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = new MessageReader(body, { comment: (comment) => this.comments.push(comment) });
  }

  static async open(path: string, headers: Record<string, string> = {}): Promise<ArkStream> {
    const response = await request(path, { headers });
    if (response.status !== 200 || response.body === null)
      throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return new ArkStream(response.body);
  }

  /** Reads until `count` items came. The time depends on the machine: only a stream without any event for 30 s is given up. */
  async until(count: number): Promise<readonly StreamItem[]> {
    while (this.items.length < count && !this.ended) if (!(await this.#read(STUCK))) break;
    return this.items;
  }

  /** Reads what comes beyond the wanted items, which `until` waits for. */
  async drain(): Promise<readonly StreamItem[]> {
    while (!this.ended && (await this.#read(SILENCE)));
    return this.items;
  }

  get last(): string | undefined {
    return this.items.at(-1)?.id;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.#reader.cancel();
  }

  async #read(millis: number): Promise<boolean> {
    this.#pending ??= this.#reader.read().then((messages) => messages ?? "end");
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), millis));
    const messages = await Promise.race([this.#pending, late]);
    if (messages === undefined) return false;
    this.#pending = undefined;
    if (messages === "end") this.ended = true;
    else this.items.push(...messages.map(({ id, event, data }) => ({ id, event, data: JSON.parse(data) as unknown })));
    return true;
  }
}

/** Names of bare spans. */
export function names(items: readonly StreamItem[]): string[] {
  return items.map(({ data }) => (data as { name: string }).name);
}
