import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { consoleLog } from "../log.ts";
import type { Log } from "../log.ts";
import { environmentOf } from "../telemetry/environment.ts";
import { Fork } from "./fork.ts";
import { forksOf } from "./forks-of-environment.ts";
import { readTarget } from "./target.ts";
import type { ForkOptions } from "./target.ts";

export type ForkExporterOptions = {
  /** Where `ARK_BROKER_OTLP_ENDPOINT` and `SPANFOLD_ENDPOINT` are read: by default the process's environment. */
  readonly env?: object;
  /** Beside those of the environment. */
  readonly forks?: readonly (string | ForkOptions)[];
  readonly log?: Log;
};

/**
 * An exporter that also sends each span to other receivers. The SDK sees the primary's results alone. Without a fork in the
 * environment or in `forks` it is the primary itself.
 */
export function forkExporter(primary: SpanExporter, options: ForkExporterOptions = {}): SpanExporter {
  const forks = openForks(options);
  return forks.length === 0 ? primary : new ForkingExporter(primary, forks);
}

/** A fork for each endpoint that can be read; one that can't is named in the log. */
export function openForks({ env = environmentOf(), forks = [], log = consoleLog }: ForkExporterOptions): Fork[] {
  // No message has an endpoint that can't be read: it may hold a credential.
  const inCode = forks.map((fork, index) => ({
    source: `forks[${index}]`,
    options: typeof fork === "string" ? { endpoint: fork } : fork,
  }));
  return [...forksOf(env, log), ...inCode].flatMap(({ source, options }) => {
    const outcome = readTarget(options);
    if (outcome.ok) return [new Fork(outcome.target, log)];
    log(`${source}: ${outcome.error}; this fork is left out`);
    return [];
  });
}

class ForkingExporter implements SpanExporter {
  readonly #primary: SpanExporter;
  readonly #forks: readonly Fork[];

  constructor(primary: SpanExporter, forks: readonly Fork[]) {
    this.#primary = primary;
    this.#forks = forks;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter["export"]>[1]): void {
    for (const fork of this.#forks) fork.offer(spans);
    this.#primary.export(spans, done);
  }

  forceFlush(): Promise<void> {
    return this.#both(
      async () => this.#primary.forceFlush?.(),
      (fork) => fork.flush(),
    );
  }

  shutdown(): Promise<void> {
    return this.#both(
      async () => this.#primary.shutdown(),
      (fork) => fork.shutdown(),
    );
  }

  async #both(primary: () => Promise<void>, each: (fork: Fork) => Promise<void>): Promise<void> {
    const [result] = await Promise.allSettled([primary(), ...this.#forks.map(each)]);
    if (result.status === "rejected") throw result.reason;
  }
}
