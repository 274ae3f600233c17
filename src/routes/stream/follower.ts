import { HEARTBEAT, RETRY } from "../../lib/sse.ts";

/** What a follower needs of an object: a socket that tells of changes, and pages to read. */
export type Source = {
  attach(): Promise<WebSocket>;
  /** Reads what stands after the cursor that the source keeps. `caughtUp`: nothing was left when it answered. */
  read(): Promise<{ readonly events: readonly Uint8Array[]; readonly caughtUp: boolean; readonly ended: boolean }>;
  /** What a message is to this viewer: an event that follows its cursor at once, news that it must read, or nothing. */
  take(message: string | ArrayBuffer): Taken;
  /** Whether an event went out since the last bookmark, so that one is due. */
  readonly unmarked: boolean;
  /** When there will be something to tell though nothing happens, Unix milliseconds. */
  readonly due?: number | undefined;
  /** What is to tell then, perhaps nothing, of a source that need not read for it. */
  turn?(): readonly Uint8Array[];
};

export type Taken =
  | { readonly kind: "event"; readonly event: Uint8Array }
  | { readonly kind: "news" }
  | { readonly kind: "nothing" };

const HEARTBEAT_MILLIS = 15_000;
const PING_MILLIS = 15_000;
const PONG_MILLIS = 10_000;
/** Quiet after live events before a summary and a bookmark are read. */
const SETTLE_MILLIS = 1_000;
/** Before what is due is read: the object's clock may be a little behind. */
const LEAST_PAUSE_MILLIS = 250;
/** A stream that is never quiet gets its bookmark this often. */
const MARK_MILLIS = 5_000;
/** A request may make 10,000 calls; clients resume where they were. */
const READS = 5_000;
/** Faults in a row, about a minute of them, after which the stream ends: a client that resumes may reach another instance. */
const FAULTS = 10;
/** Events that arrived while the viewer was not reading: beyond, they are read again from the log. */
const WAITING_BYTES = 256_000;

/**
 * One viewer's stream: attaches first, then reads until nothing is left, then passes events on as they happen. Pulled by
 * the response, so that a slow viewer sets its own pace, costs one small buffer, and misses nothing.
 */
export class Follower {
  readonly #source: Source;
  readonly #opening: Uint8Array;
  #socket: WebSocket | undefined;
  /** Events taken from messages: the source's cursor is past them, so they go out before anything is read. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #behind = true;
  #reading = false;
  #started = false;
  #ended = false;
  #closed = false;
  #reads = 0;
  #faults = 0;
  /** After a fault nothing is tried for so long. */
  #failed = { at: 0, wait: 0 };
  #marked = Date.now();
  /** When something went out last. */
  #sent = Date.now();
  #wake: (() => void) | undefined;
  #lastPong = 0;
  #ping: ReturnType<typeof setInterval> | undefined;

  /** `opening`: what goes out first. */
  constructor(source: Source, opening = RETRY) {
    this.#source = source;
    this.#opening = opening;
  }

  stream(signal: AbortSignal): ReadableStream<Uint8Array> {
    signal.addEventListener("abort", () => this.#close());
    return new ReadableStream<Uint8Array>(
      { pull: (controller) => this.#pull(controller), cancel: () => this.#close() },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      controller.enqueue(this.#opening);
      return;
    }
    for (const event of await this.#next()) controller.enqueue(event);
    this.#sent = Date.now();
    if (this.#waiting.length > 0 || !(this.#ended || this.#closed)) return;
    this.#close();
    controller.close();
  }

  /** At least one event; none at the stream's end. */
  async #next(): Promise<readonly Uint8Array[]> {
    while (!this.#closed) {
      if (this.#waiting.length > 0) return this.#flush();
      if (this.#ended) return [];
      const wait = leftOf(this.#failed.wait, this.#failed.at);
      if (wait > 0) {
        const beat = leftOf(HEARTBEAT_MILLIS, this.#sent);
        if (beat <= 0) return [HEARTBEAT];
        await this.#sleep(Math.min(wait, beat));
      } else if (this.#socket === undefined) {
        await this.#attach();
      } else if (this.#behind) {
        const events = await this.#read();
        if (events.length > 0) return events;
      } else {
        const pause = this.#source.unmarked ? SETTLE_MILLIS : HEARTBEAT_MILLIS;
        const due = Math.max(LEAST_PAUSE_MILLIS, (this.#source.due ?? Number.POSITIVE_INFINITY) - Date.now());
        if (await this.#sleep(Math.min(pause, due))) continue;
        const turned = this.#source.unmarked ? undefined : due > pause ? [HEARTBEAT] : this.#source.turn?.();
        if (turned === undefined) this.#behind = true;
        else if (turned.length > 0) return turned;
      }
    }
    return [];
  }

  #flush(): readonly Uint8Array[] {
    const events = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (leftOf(MARK_MILLIS, this.#marked) <= 0) this.#behind = true;
    return events;
  }

  async #read(): Promise<readonly Uint8Array[]> {
    if (++this.#reads > READS) {
      this.#ended = true;
      return [];
    }
    this.#behind = false;
    this.#reading = true;
    try {
      const { events, caughtUp, ended } = await this.#source.read();
      this.#faults = 0;
      this.#marked = Date.now();
      if (!caughtUp) this.#behind = true;
      if (ended) this.#ended = true;
      return events;
    } catch (error) {
      this.#behind = true;
      this.#fail(error);
      return [];
    } finally {
      this.#reading = false;
    }
  }

  async #attach(): Promise<void> {
    try {
      const socket = await this.#source.attach();
      if (this.#closed) return socket.close(1000);
      this.#socket = socket;
      this.#behind = true;
      this.#lastPong = Date.now();
      socket.addEventListener("message", ({ data }) => this.#receive(socket, data as string | ArrayBuffer));
      socket.addEventListener("close", () => this.#lose(socket));
      socket.addEventListener("error", () => this.#lose(socket));
      this.#ping = setInterval(() => this.#check(socket), PING_MILLIS);
    } catch (error) {
      this.#fail(error);
    }
  }

  #receive(socket: WebSocket, data: string | ArrayBuffer): void {
    if (socket !== this.#socket) return;
    if (data === "pong") {
      this.#lastPong = Date.now();
      return;
    }
    // While it reads or is behind, all that matters is that there is more: it will be read in order.
    if (this.#reading || this.#behind || this.#waitingBytes > WAITING_BYTES) {
      this.#behind = true;
      return;
    }
    const taken = this.#source.take(data);
    if (taken.kind === "nothing") return;
    if (taken.kind === "news") {
      this.#behind = true;
    } else {
      this.#waiting.push(taken.event);
      this.#waitingBytes += taken.event.length;
    }
    this.#wake?.();
  }

  #check(socket: WebSocket): void {
    if (leftOf(PING_MILLIS + PONG_MILLIS, this.#lastPong) <= 0) this.#lose(socket);
    else socket.send("ping");
  }

  /** The object was evicted, deployed anew, or forgotten: attach again, a little later than the others do. */
  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    clearInterval(this.#ping);
    this.#socket = undefined;
    this.#behind = true;
    try {
      socket.close(1000);
    } catch {
      // It is closed already.
    }
    this.#wake?.();
  }

  /** Tries again later, and later still with each fault of a row; its first and its last are said in the log. */
  #fail(error: unknown): void {
    const faults = ++this.#faults;
    this.#ended = faults >= FAULTS;
    if (faults === 1 || this.#ended) {
      const message = this.#ended ? "a viewer's stream was given up" : "a viewer's stream will be tried again";
      console.warn(JSON.stringify({ message, faults, error: String(error) }));
    }
    const most = 250 * 2 ** Math.min(faults - 1, 6);
    this.#failed = { at: Date.now(), wait: most * (0.5 + Math.random() / 2) };
  }

  /** Answers whether something happened before the time was over. */
  #sleep(millis: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), millis);
      const settle = (woken: boolean) => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(woken);
      };
      this.#wake = () => settle(true);
    });
  }

  #close(): void {
    this.#closed = true;
    const socket = this.#socket;
    if (socket !== undefined) this.#lose(socket);
    this.#wake?.();
  }
}

/** Milliseconds of a wait that are left; none where it began later than now: the clock was set back, and no wait may outlast that. */
function leftOf(wait: number, began: number): number {
  const now = Date.now();
  return began > now ? 0 : began + wait - now;
}
