import { streamOf } from "../lib/stream-of.ts";
import type { Result } from "./refusals.ts";
import type { Lateness, Pace } from "./pace.ts";

/** Calls back once a second until the returned function is called. */
export type Seconds = (second: () => void) => () => void;

/** Seconds of this machine's clock. While the machine is busy, missed seconds count as one. */
export function everySecond(second: () => void): () => void {
  const timer = setInterval(second, 1_000);
  return () => clearInterval(timer);
}

/** Reads a body, and closes its connection if it arrives too slowly. */
export class PacedReader {
  readonly #source: ByteSource;
  readonly #pace: Pace;
  readonly #stop: () => void;
  #isWaiting = false;
  #late: Lateness | undefined;

  constructor(stream: ReadableStream<Uint8Array>, pace: Pace, seconds: Seconds) {
    this.#source = openSource(stream);
    this.#pace = pace;
    this.#stop = seconds(() => {
      if (this.#isWaiting) this.#late ??= pace.wait();
      // The pending read then fails.
      if (this.#late !== undefined) void this.cancel();
    });
  }

  /** The next bytes, valid until the next read; none at the end. `room`: as in {@link ByteSource}. */
  async read(room?: Uint8Array<ArrayBuffer>): Promise<Result<Uint8Array>> {
    this.#isWaiting = true;
    const bytes = await this.#source.read(room).catch(() => undefined);
    this.#isWaiting = false;
    if (bytes === undefined || bytes.length === 0) this.#stop();
    if (this.#late !== undefined) return { ok: false, error: this.#late };
    if (bytes === undefined) return { ok: false, error: { reason: "cut-off" } };
    this.#pace.arrive(bytes.length);
    return { ok: true, value: bytes };
  }

  /** Call this to skip the rest; after the end it does nothing. */
  async cancel(): Promise<void> {
    this.#stop();
    await this.#source.cancel().catch(() => undefined);
  }

  /** Call this when the body is known to be complete without reading its end. */
  close(): void {
    this.#stop();
  }
}

/** A body as a stream that fails if it arrives too slowly. `late` then holds the reason. */
export class PacedStream {
  readonly bytes: ReadableStream<Uint8Array>;
  readonly #reader: PacedReader;
  #late: Lateness | undefined;

  constructor(stream: ReadableStream<Uint8Array>, pace: Pace, seconds: Seconds) {
    const reader = new PacedReader(stream, pace, seconds);
    this.#reader = reader;
    this.bytes = streamOf(this.#pieces(), async () => await reader.cancel());
  }

  async *#pieces(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const next = await this.#reader.read();
      if (!next.ok) {
        if (next.error.reason === "too-slow" || next.error.reason === "overdue") this.#late = next.error;
        throw new Error(next.error.reason);
      }
      if (next.value.length === 0) return;
      yield next.value.slice();
    }
  }

  get late(): Lateness | undefined {
    return this.#late;
  }

  /** Call this to skip the rest; after the end it does nothing. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

type ByteSource = {
  /**
   * The next bytes, valid until the next call; none at the end. A source that can write into `room` detaches its buffer, and the
   * bytes stand at the same place of a buffer with the same content; other sources leave it as it is.
   */
  readonly read: (room: Uint8Array<ArrayBuffer> | undefined) => Promise<Uint8Array>;
  readonly cancel: () => Promise<void>;
};

const NONE: Uint8Array = new Uint8Array();
/** Size of the first buffer, and of further ones once a read filled it: a silent connection costs little. workerd reads so much of a connection at once. */
export const FEW_BYTES = 8 * 1024;
const MANY_BYTES = 64 * 1024;

/** Reads network bytes into our own buffer: the platform's chunks of 4 KiB take twice as long. */
function openSource(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = byteReader(stream);
  if (reader === undefined) return openChunks(stream.getReader());
  let memory: ArrayBuffer | undefined;
  return {
    read: async (room) => {
      const { value, done } = await reader.read(room ?? new Uint8Array(memory ?? new ArrayBuffer(FEW_BYTES)));
      // The end comes with the buffer too; a stream that was cancelled has none.
      if (value === undefined) throw new Error("cancelled");
      if (!done && room === undefined)
        memory = value.length < value.buffer.byteLength ? value.buffer : new ArrayBuffer(MANY_BYTES);
      return value;
    },
    cancel: async () => await reader.cancel(),
  };
}

function byteReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    // Not a byte stream: a program made it of chunks.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function openChunks(reader: ReadableStreamDefaultReader<Uint8Array>): ByteSource {
  return {
    read: async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return NONE;
        if (value.length > 0) return value;
      }
    },
    cancel: async () => await reader.cancel(),
  };
}
