import type { Context } from "hono";
import type { AppEnv } from "../../config.ts";
import { backoff } from "../../lib/backoff.ts";
import { HEARTBEAT, RETRY, STREAM_HEADERS } from "../../lib/sse.ts";
import { log } from "../../lib/log.ts";

/** The log that a stream follows: a socket that announces changes, and pages to read. */
export type Source = {
  attach(): Promise<WebSocket>;
  /** Reads the page after the source's own cursor, and advances the cursor. `caughtUp`: all is read that was in the log when the call began. */
  read(): Promise<{ readonly events: readonly Uint8Array[]; readonly caughtUp: boolean; readonly ended: boolean }>;
  /** Classifies a message for this viewer. An `event` advances the source's cursor. */
  receive(message: string | ArrayBuffer): Received;
  /** Sees a message that came while the stream read or was behind: what it announces is in the next page, or in the one after. */
  overtake?(message: string | ArrayBuffer): void;
  /** True after an event, until the next bookmark. */
  readonly needsBookmark: boolean;
  /** Time of the next change that time alone causes, such as a status, in Unix milliseconds. */
  readonly dueAt?: number | undefined;
  /** The events of that change, perhaps none. Absent where the source must read for them. */
  transition?(): readonly Uint8Array[];
};

/** `event`: the next event after the cursor. `behind`: there is something to read. `ignored`: the viewer needs nothing of it. */
export type Received =
  | { readonly kind: "event"; readonly event: Uint8Array }
  | { readonly kind: "behind" }
  | { readonly kind: "ignored" };

const HEARTBEAT_MILLIS = 15_000;
const PING_MILLIS = 15_000;
const PONG_MILLIS = 10_000;
/** Silence after live events before a summary and a bookmark are read. */
const BOOKMARK_PAUSE_MILLIS = 1_000;
/** Shortest wait before a due change is read: the object's clock may be a little behind. */
const LEAST_PAUSE_MILLIS = 250;
/** A stream of continuous events gets a bookmark this often. */
const BOOKMARK_MILLIS = 5_000;
/** Largest number of reads of one stream: a request may make 10,000 calls. Clients resume where they were. */
const READS = 5_000;
/** The stream ends after so many faults in a row, about a minute of them: a client that resumes may reach another instance. */
const FAULTS = 10;
const FIRST_RETRY_MILLIS = 250;
const LAST_RETRY_MILLIS = 16_000;
/** Bytes of events in memory while the viewer does not read. Events beyond it are read again from the log. */
const WAITING_BYTES = 256_000;

/**
 * One viewer's stream. It attaches first, then reads to the end of the log, then passes events on as they happen. The response
 * pulls it: a slow viewer sets its own pace, costs one small buffer, and misses nothing.
 */
export class Follower {
  readonly #source: Source;
  readonly #opening: Uint8Array;
  #socket: WebSocket | undefined;
  /** Events from messages. The source's cursor is past them: they go out before anything is read. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #behind = true;
  #reading = false;
  #started = false;
  #ended = false;
  #closed = false;
  #reads = 0;
  #faults = 0;
  /** The last fault, and the wait before the next attempt, in milliseconds. */
  #failed = { at: 0, wait: 0 };
  #bookmarkedAt = Date.now();
  /** Time of the last output. */
  #sentAt = Date.now();
  /** Of the present sleep: an event came, or the timer rang. */
  #wake: (() => void) | undefined;
  #rang: ((isSetBack: boolean) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When it rings, Unix milliseconds; 0 without one. */
  #timerAt = 0;
  #lastPong = 0;
  #ping: ReturnType<typeof setInterval> | undefined;

  /** `opening`: the first bytes of the stream. */
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
    this.#sentAt = Date.now();
    if (this.#waiting.length > 0 || !(this.#ended || this.#closed)) return;
    this.#close();
    controller.close();
  }

  /** At least one event; none at the end of the stream. */
  async #next(): Promise<readonly Uint8Array[]> {
    while (!this.#closed) {
      if (this.#waiting.length > 0) return this.#flush();
      if (this.#ended) return [];
      const wait = leftOf(this.#failed.wait, this.#failed.at);
      if (wait > 0) {
        const beat = leftOf(HEARTBEAT_MILLIS, this.#sentAt);
        if (beat <= 0) return [HEARTBEAT];
        await this.#sleep(Math.min(wait, beat));
      } else if (this.#socket === undefined) {
        await this.#attach();
      } else if (this.#behind) {
        const events = await this.#read();
        if (events.length > 0) return events;
      } else {
        const pause = this.#source.needsBookmark ? BOOKMARK_PAUSE_MILLIS : HEARTBEAT_MILLIS;
        const untilDue = Math.max(LEAST_PAUSE_MILLIS, (this.#source.dueAt ?? Number.POSITIVE_INFINITY) - Date.now());
        if (await this.#sleep(Math.min(pause, untilDue))) continue;
        const events = this.#source.needsBookmark
          ? undefined
          : untilDue > pause
            ? [HEARTBEAT]
            : this.#source.transition?.();
        if (events === undefined) this.#behind = true;
        else if (events.length > 0) return events;
      }
    }
    return [];
  }

  #flush(): readonly Uint8Array[] {
    const events = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (leftOf(BOOKMARK_MILLIS, this.#bookmarkedAt) <= 0) this.#behind = true;
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
      this.#bookmarkedAt = Date.now();
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
    // A stream that reads or is behind gets the event from the log, in order.
    if (this.#reading || this.#behind || this.#waitingBytes > WAITING_BYTES) {
      this.#source.overtake?.(data);
      this.#behind = true;
      return;
    }
    const received = this.#source.receive(data);
    if (received.kind === "ignored") return;
    if (received.kind === "behind") {
      this.#behind = true;
    } else {
      this.#waiting.push(received.event);
      this.#waitingBytes += received.event.length;
    }
    this.#wake?.();
  }

  #check(socket: WebSocket): void {
    if (leftOf(PING_MILLIS + PONG_MILLIS, this.#lastPong) <= 0) this.#lose(socket);
    else socket.send("ping");
  }

  /** The object was evicted, deployed again, or deleted. Attach again; random delays keep viewers from doing so together. */
  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    clearInterval(this.#ping);
    this.#socket = undefined;
    this.#behind = true;
    try {
      socket.close(1000);
    } catch {
      // The socket is closed already.
    }
    this.#wake?.();
  }

  /** Delays the next attempt, longer with each fault in a row. The log gets the first fault and the last. */
  #fail(error: unknown): void {
    const faults = ++this.#faults;
    this.#ended = faults >= FAULTS;
    if (faults === 1 || this.#ended) {
      log(this.#ended ? "stream-ended-by-faults" : "stream-failed", { level: "warn", faults, error });
    }
    this.#failed = { at: Date.now(), wait: backoff(faults, FIRST_RETRY_MILLIS, Math.random(), LAST_RETRY_MILLIS) };
  }

  /** True when an event ended the sleep before its time. */
  #sleep(millis: number): Promise<boolean> {
    const began = Date.now();
    return new Promise((resolve) => {
      const finish = (woken: boolean): void => {
        this.#wake = undefined;
        this.#rang = undefined;
        resolve(woken);
      };
      this.#wake = () => finish(true);
      this.#rang = (isSetBack) => {
        const left = leftOf(millis, began);
        if (left > 0 && !isSetBack) this.#setTimer(left);
        else finish(false);
      };
      this.#setTimer(millis);
    });
  }

  /** An earlier timer stays: each event ends a sleep and begins another, and setting a timer for each costs 30 µs a viewer. */
  #setTimer(millis: number): void {
    const now = Date.now();
    if (this.#timerAt >= now && this.#timerAt <= now + millis) return;
    clearTimeout(this.#timer);
    this.#timerAt = now + millis;
    this.#timer = setTimeout(() => {
      const isSetBack = Date.now() < this.#timerAt;
      this.#timerAt = 0;
      this.#rang?.(isSetBack);
    }, millis);
  }

  #close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket !== undefined) this.#lose(socket);
    this.#wake?.();
  }
}

/** Remaining milliseconds of a wait. A wait that began later than now is over: the clock was set back. */
function leftOf(wait: number, began: number): number {
  const now = Date.now();
  return began > now ? 0 : began + wait - now;
}

export function respondLive(c: Context<AppEnv>, source: Source): Response {
  return new Response(new Follower(source).stream(c.req.raw.signal), { headers: STREAM_HEADERS });
}
