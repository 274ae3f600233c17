import { openExporter } from "#platform";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { ExporterSettings } from "./settings.ts";

/** `ExportResultCode.FAILED` of @opentelemetry/core. */
const FAILED = 1;

/** The official exporter, loaded at once but not waited for: a program starts without it, and a Worker never loads what it can't run. */
export class PrimaryExporter implements SpanExporter {
  readonly #exporter: Promise<SpanExporter>;

  constructor(settings: ExporterSettings) {
    this.#exporter = openExporter(settings);
    // Each export reports it.
    this.#exporter.catch(() => undefined);
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    void this.#export(spans, done);
  }

  async #export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): Promise<void> {
    try {
      (await this.#exporter).export(spans, done);
    } catch (error) {
      done({ code: FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  async forceFlush(): Promise<void> {
    await (await this.#exporter).forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await (await this.#exporter).shutdown();
  }
}
