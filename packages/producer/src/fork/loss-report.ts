import type { Log } from "../log.ts";

const MINUTE_MILLIS = 60_000;

/** Says in one line a minute at most what a fork could not send, and why. It needs no timer: each event may write the line. */
export class LossReport {
  readonly #log: Log;
  readonly #label: string;
  #dropped = 0;
  #reason: string | undefined;
  #lineAt: number | undefined;

  constructor(label: string, log: Log) {
    this.#label = label;
    this.#log = log;
  }

  /** Spans were dropped, or none yet, for a reason. `waiting` are still queued. */
  add(dropped: number, waiting: number, reason?: string): void {
    this.#dropped += dropped;
    this.#reason = reason ?? this.#reason;
    if (this.#lineAt === undefined || performance.now() - this.#lineAt >= MINUTE_MILLIS) this.write(waiting);
  }

  /** Writes now what no line has said. */
  write(waiting: number): void {
    if (this.#dropped === 0 && this.#reason === undefined) return;
    this.#lineAt = performance.now();
    const [dropped, reason] = [this.#dropped, this.#reason ?? "the queue is full"];
    this.#dropped = 0;
    this.#reason = undefined;
    try {
      this.#log(`${this.#label}: ${reason}; ${counted(dropped)} dropped, ${waiting} waiting`);
    } catch {
      // The program's log is not the fork's to mend.
    }
  }
}

const counted = (spans: number) => (spans === 1 ? "1 span" : `${spans} spans`);
