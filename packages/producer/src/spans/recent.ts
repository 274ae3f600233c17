import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";

const CAPACITY = 1_000;

/** The spans of this process that ended last, the oldest out first. */
export class RecentSpans implements SpanProcessor {
  readonly #ring: ReadableSpan[] = [];
  #next = 0;

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#ring[this.#next] = span;
    this.#next = (this.#next + 1) % CAPACITY;
  }

  /** In the order in which they ended. */
  list(): readonly ReadableSpan[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** The ring that `startTelemetry` fills. */
export const recentSpans = new RecentSpans();

/** The last 1,000 spans that ended in this process, in the order in which they ended. */
export function recent(): readonly ReadableSpan[] {
  return recentSpans.list();
}
