import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import type {
  BatchSpanProcessorOptions,
  ReadableSpan,
  Span,
  SpanExporter,
  SpanProcessor,
} from "@opentelemetry/sdk-trace";

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const SUCCESS = 0;

/**
 * Exports spans when they start, with the same ids and no end. Use it beside the processor that exports ended spans. It has
 * its own queue, so it never displaces an ended span. A span that ends within the delay is not announced.
 */
export class LiveSpanProcessor implements SpanProcessor {
  readonly #announced: RunningSpans;
  readonly #batch: BatchSpanProcessor;

  /** `exporter` may be shared with the processor for ended spans: this class does not shut it down. */
  constructor(exporter: SpanExporter, config: Omit<BatchSpanProcessorOptions, "exporter"> = {}) {
    this.#announced = new RunningSpans(exporter);
    this.#batch = new BatchSpanProcessor({ scheduledDelayMillis: 500, ...config, exporter: this.#announced });
  }

  onStart(span: Span): void {
    // The batch processor checks only whether the span is sampled. The span is read at the export, with all attributes set by then.
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

/** Passes on the spans that have not ended. */
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

  /** At shutdown running spans are no longer announced. */
  stop(): void {
    this.#stopped = true;
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
