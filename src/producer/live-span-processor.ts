import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { BufferConfig, ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-node";

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const SUCCESS = 0;

/**
 * Exports a span when it starts, too: the same ids, and no end. Stands beside the processor that exports ended spans,
 * and has a queue of its own: it never crowds out an ended span. One that ends within the delay is not announced.
 */
export class LiveSpanProcessor implements SpanProcessor {
  readonly #announced: RunningSpans;
  readonly #batch: BatchSpanProcessor;

  /** `exporter` may be the one that ended spans go to; it is not shut down here. */
  constructor(exporter: SpanExporter, config: BufferConfig = {}) {
    this.#announced = new RunningSpans(exporter);
    this.#batch = new BatchSpanProcessor(this.#announced, { scheduledDelayMillis: 500, ...config });
  }

  onStart(span: Span): void {
    // The batch asks only whether it is sampled, and sees it again when it is sent, with all that was set by then.
    this.#batch.onEnd(span);
  }

  onEnd(): void {}

  forceFlush(): Promise<void> {
    return this.#batch.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#announced.stop();
    return this.#batch.shutdown();
  }
}

/** Hands on the spans that have not ended. */
class RunningSpans implements SpanExporter {
  readonly #exporter: SpanExporter;
  #stopped = false;

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    const running = this.#stopped ? [] : spans.filter((span) => !span.ended);
    if (running.length === 0) done({ code: SUCCESS });
    else this.#exporter.export(running, done);
  }

  /** Nobody watches a program begin its last spans. */
  stop(): void {
    this.#stopped = true;
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
