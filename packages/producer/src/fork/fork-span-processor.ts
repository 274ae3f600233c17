import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Fork } from "./fork.ts";

/** Hands ended spans to a fork at once, whatever the primary's exporter gathers; running ones too if the fork is live. */
export class ForkSpanProcessor implements SpanProcessor {
  readonly #fork: Fork;

  constructor(fork: Fork) {
    this.#fork = fork;
  }

  onStart(span: Span): void {
    if (this.#fork.target.live && isSampled(span)) this.#fork.announce(span);
  }

  onEnd(span: ReadableSpan): void {
    if (isSampled(span)) this.#fork.offer([span]);
  }

  forceFlush(): Promise<void> {
    return this.#fork.flush();
  }

  shutdown(): Promise<void> {
    return this.#fork.shutdown();
  }
}

const isSampled = (span: Pick<ReadableSpan, "spanContext">) =>
  (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
