import type { InputRequest } from "../../facts/input-request.ts";
import type { SpanFacts } from "../../facts/facts.ts";

/** The input request of one span. */
export type SpanInputRequest = {
  readonly trace: number;
  readonly spanId: string;
  readonly otlpKind: number;
  readonly inputRequest: InputRequest;
};

/** No person answers more; later ones are ignored. */
export const MAX_INPUT_REQUESTS = 10_000;

/** Input requests of a session's spans, from the best version of each span. Most sessions have none. */
export class InputRequests {
  readonly #requests = new Map<string, SpanInputRequest>();
  #units = 0;

  /** Memory of texts, two bytes a unit, and of entries. */
  get bytes(): number {
    return this.#units * 2 + this.#requests.size * ENTRY_BYTES;
  }

  get all(): Iterable<SpanInputRequest> {
    return this.#requests.values();
  }

  /** Replaces the input request of an earlier version of the span. */
  upsert(
    trace: number,
    { spanId, otlpKind, inputRequest }: Pick<SpanFacts, "spanId" | "otlpKind" | "inputRequest">,
  ): void {
    if (inputRequest === undefined && this.#requests.size === 0) return;
    const key = `${trace}:${spanId}:${otlpKind}`;
    this.#evict(key);
    if (inputRequest === undefined || this.#requests.size >= MAX_INPUT_REQUESTS) return;
    const request: SpanInputRequest = { trace, spanId, otlpKind, inputRequest };
    this.#requests.set(key, request);
    this.#units += unitsOf(request);
  }

  evictTrace(trace: number): void {
    for (const [key, request] of this.#requests) if (request.trace === trace) this.#evict(key);
  }

  #evict(key: string): void {
    const request = this.#requests.get(key);
    if (request === undefined) return;
    this.#requests.delete(key);
    this.#units -= unitsOf(request);
  }
}

/** A key, two objects, a bigint. */
const ENTRY_BYTES = 250;

function unitsOf({ inputRequest: { task, question, tool = "" } }: SpanInputRequest): number {
  return task.length + question.length + tool.length;
}
