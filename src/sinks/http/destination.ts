import { Lru } from "../../lib/lru.ts";
import { LOST_RUN_MILLIS } from "../../session/contract/outbox.ts";
import type { Sink, Transport } from "../sink.ts";
import { attemptDelivery } from "./attempt-delivery.ts";
import type { Attempt } from "./attempt-delivery.ts";

/** Runs of many requests each to one destination, by one isolate. Each holds parsed pages of a trace, and a request: up to some 20 MB. */
const MOST_RUNS = 6;
const FAILURES_TO_OPEN = 5;
/** How long nothing is sent to a destination that keeps failing, before one request tries again. */
const OPEN_MILLIS = 30_000;

/**
 * What an isolate knows of a destination: runs under way, and failures in a row. After five of them nothing is sent for a while, so
 * that a thousand traces do not try a dead receiver each.
 */
export class Destination {
  /** When each run under way began, Unix milliseconds. */
  readonly #runs = new Set<{ readonly began: number }>();
  #failures = 0;
  #openUntil = 0;

  /** When a run finds a place, Unix milliseconds: now if there is one. Spread, so that those who wait do not come at once. */
  readyAt(now: number, random: number): number {
    // A run whose caller died never goes on, and gives back nothing.
    for (const run of this.#runs) if (Math.abs(now - run.began) > LOST_RUN_MILLIS) this.#runs.delete(run);
    return this.#runs.size < MOST_RUNS ? now : now + random * 1_000;
  }

  /** Until when nothing is sent, after too many failures; `undefined` if requests may be sent. */
  reopensAt(now: number, random: number): number | undefined {
    return this.#openUntil > now ? this.#openUntil + random * OPEN_MILLIS : undefined;
  }

  /** Does one run, of many requests. */
  async run<Result>(now: number, work: () => Promise<Result>): Promise<Result> {
    const run = { began: now };
    this.#runs.add(run);
    try {
      return await work();
    } finally {
      this.#runs.delete(run);
    }
  }

  /** Sends one request. */
  async use<Result>(send: () => Promise<Result>): Promise<Result> {
    // Of an open breaker one request passes; the others wait for its outcome.
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = Date.now() + OPEN_MILLIS;
    return await send();
  }

  /** One attempt to deliver a batch within a time limit. Never rejects. */
  async attempt<Batch>(sink: Sink<Batch>, batch: Batch, transport: Transport, timeoutMillis: number): Promise<Attempt> {
    const send: Transport = async (request, signal) => await this.use(async () => await transport(request, signal));
    const attempt = await attemptDelivery(sink, batch, send, timeoutMillis);
    const { outcome } = attempt.outcome;
    if (outcome === "accepted") this.succeeded();
    else if (outcome === "retry") this.failed(Date.now());
    // A batch that is too large or can't be encoded, and so is not sent, says nothing about the destination.
    else if (attempt.answer !== undefined) {
      // It reads requests if it asks for smaller ones.
      if (outcome === "split") this.succeeded();
      else this.failed(Date.now());
    }
    return attempt;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = now + OPEN_MILLIS;
  }
}

/** Browsers subscribe anew, so that a process that runs for months would know more and more. */
const MOST_KNOWN = 1_000;
const destinations = new Lru<string, Destination>(MOST_KNOWN);

/** Of an upstream at a URL: another URL is another destination. */
export function destinationOf(tenant: string, name: string, url: string): Destination {
  const key = `${tenant} ${name} ${url}`;
  const known = destinations.get(key);
  if (known !== undefined) return known;
  const destination = new Destination();
  destinations.set(key, destination);
  return destination;
}
