import { SENDS_IN_BACKGROUND, setBackgroundTimer } from "#platform";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Log } from "../log.ts";
import type { Outcome } from "../send/outcome.ts";
import { Sender } from "../send/sender.ts";
import { Breaker } from "./breaker.ts";
import { LossReport } from "./loss-report.ts";
import { SpanQueue } from "./span-queue.ts";
import type { Target } from "./target.ts";

/** Spans that wait for one receiver, as many as the SDK's own queue holds. */
export const QUEUE_SPANS = 2_048;
const BATCH_SPANS = 512;
/** For which spans are gathered: a live view is no later than this. */
const DELAY_MILLIS = 200;
/** The longest that a flush or a shutdown waits for one fork. */
export const FLUSH_MILLIS = 2_000;

/**
 * Sends spans to one more receiver, beside an exporter and apart from it: nothing that happens here reaches the program.
 * Nothing throws, nothing rejects, and no timer or socket keeps a process alive outside a flush.
 */
export class Fork {
  readonly target: Target;
  readonly #sender: Sender;
  readonly #queue = new SpanQueue(QUEUE_SPANS);
  /** Spans that run, to be announced unless they end first. They never displace a span of the queue. */
  readonly #started = new Set<ReadableSpan>();
  readonly #breaker = new Breaker();
  readonly #losses: LossReport;
  /** Ends all attempts, at shutdown. */
  readonly #end = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<unknown> | undefined;

  constructor(target: Target, log: Log) {
    this.target = target;
    this.#sender = new Sender(target);
    this.#losses = new LossReport(target.label, log);
  }

  offer(spans: readonly ReadableSpan[]): void {
    if (this.#end.signal.aborted) return;
    if (this.#started.size > 0) for (const span of spans) this.#started.delete(span);
    const dropped = this.#queue.push(spans);
    if (dropped > 0) this.#losses.add(dropped, this.#queue.size);
    this.#schedule();
  }

  /** Sends a running span as it stands by then: with the same ids and no end. */
  announce(span: ReadableSpan): void {
    if (this.#end.signal.aborted || this.#started.size >= QUEUE_SPANS) return;
    this.#started.add(span);
    this.#schedule();
  }

  /** Sends what waits, for two seconds at most. A receiver that counts as away is not tried. */
  async flush(): Promise<void> {
    if (this.#breaker.isOpen) return;
    const deadline = new AbortController();
    // It keeps the process alive, as the caller waits.
    const timer = setTimeout(() => deadline.abort(), FLUSH_MILLIS);
    const passed = new Promise<void>((resolve) => {
      deadline.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([passed, this.#sendAll(deadline.signal)]);
    clearTimeout(timer);
  }

  async shutdown(): Promise<void> {
    await this.flush();
    this.#end.abort();
    clearTimeout(this.#timer);
    // Its attempt has just been ended, and its spans are back in the queue.
    await this.#sending;
    const dropped = this.#queue.take(QUEUE_SPANS).length;
    this.#losses.add(dropped, 0, dropped === 0 ? undefined : "shut down before all was sent");
    this.#losses.write(0);
    this.#sender.close();
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    await this.#sending;
    while (this.#hasWork && !signal.aborted) if ((await this.#sendBatch(signal)) !== "sent") return;
  }

  get #hasWork(): boolean {
    return this.#queue.size + this.#started.size > 0;
  }

  #schedule(): void {
    if (!SENDS_IN_BACKGROUND || this.#timer !== undefined || this.#sending !== undefined) return;
    if (!this.#hasWork || this.#end.signal.aborted) return;
    const gathering = this.#queue.size >= BATCH_SPANS ? 0 : DELAY_MILLIS;
    const send = () => {
      this.#timer = undefined;
      // A flush may have failed meanwhile.
      if (this.#breaker.wait > 0) return this.#schedule();
      this.#sending = this.#sendBatch().finally(() => {
        this.#sending = undefined;
        this.#schedule();
      });
    };
    this.#timer = setBackgroundTimer(send, Math.max(gathering, this.#breaker.wait));
  }

  async #sendBatch(signal?: AbortSignal): Promise<Outcome["kind"]> {
    const ended = this.#queue.take(BATCH_SPANS);
    const running = this.#takeRunning();
    if (ended.length + running.length === 0) return "sent";
    const outcome = await this.#attempt([...running, ...ended], signal);
    switch (outcome.kind) {
      case "sent":
        this.#breaker.succeeded();
        break;
      case "retry": {
        this.#breaker.failed(outcome.afterMillis);
        const dropped = this.#queue.putBack(ended);
        for (const span of running) this.#started.add(span);
        this.#losses.add(dropped, this.#queue.size, outcome.reason);
        break;
      }
      case "refused":
        this.#breaker.failed();
        this.#losses.add(ended.length, this.#queue.size, outcome.reason);
        break;
    }
    return outcome.kind;
  }

  #takeRunning(): ReadableSpan[] {
    const taken = [...this.#started].slice(0, BATCH_SPANS);
    for (const span of taken) this.#started.delete(span);
    return taken.filter((span) => !span.ended);
  }

  /** Ends by itself, at the timeout, at the end of a flush, or at shutdown. */
  async #attempt(batch: ReadableSpan[], flush?: AbortSignal): Promise<Outcome> {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const timer = setBackgroundTimer(abort, this.target.timeoutMillis);
    const signals = flush === undefined ? [this.#end.signal] : [this.#end.signal, flush];
    for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
    const unanswered = new Promise<Outcome>((resolve) => {
      const outcome = { kind: "retry", reason: "the receiver does not answer" } as const;
      attempt.signal.addEventListener("abort", () => resolve(outcome), { once: true });
    });
    try {
      return await Promise.race([unanswered, this.#sender.send(batch, attempt.signal)]);
    } finally {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", abort);
    }
  }
}
