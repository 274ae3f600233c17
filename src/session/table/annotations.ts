import { longInHex } from "../../lib/hex.ts";
import type { InputRequest } from "../../facts/input-request.ts";
import type { SpanAnnotation } from "../../logs/annotation.ts";

/** Sum of all log records' annotations on one span. */
export type Annotated = {
  readonly error: boolean;
  /** All of its errors are cancellations. */
  readonly canceled: boolean;
  readonly failure?: string;
  readonly prompt?: string;
  /** The latest one. */
  readonly inputRequest?: InputRequest;
};

/** Running sum. The text of the earliest record wins, whatever the order of delivery. */
type Sum = {
  error: boolean;
  hasOtherError: boolean;
  failure?: Ranked<string>;
  prompt?: Ranked<string>;
  inputRequest?: Ranked<InputRequest>;
};

type Ranked<T> = { readonly value: T; readonly rank: string };

/** Limit of annotated spans: no person reads more. Later annotations on other spans are ignored. */
export const MAX_ANNOTATED = 10_000;

/** Annotations on spans by trace and span id, also on spans that were not received. Most sessions have none. */
export class Annotations {
  readonly #traces = new Map<number, Map<string, Sum>>();
  #size = 0;
  #units = 0;

  get size(): number {
    return this.#size;
  }

  /** Memory of texts, two bytes a unit, and of entries. */
  get bytes(): number {
    return this.#units * 2 + this.#size * ENTRY_BYTES;
  }

  /** `time` and `hash` are the record's. */
  add(trace: number, annotation: SpanAnnotation, time: bigint, hash: string): void {
    let spans = this.#traces.get(trace);
    let sum = spans?.get(annotation.spanId);
    if (sum === undefined) {
      if (this.#size >= MAX_ANNOTATED) return;
      if (spans === undefined) this.#traces.set(trace, (spans = new Map()));
      spans.set(annotation.spanId, (sum = { error: false, hasOtherError: false }));
      this.#size++;
    }
    this.#units -= unitsOf(sum);
    const rank = rankOf(time, hash);
    if (annotation.error) sum.error = true;
    if (annotation.error && !annotation.canceled) sum.hasOtherError = true;
    const failure = earlier(sum.failure, annotation.failure, rank);
    if (failure !== undefined) sum.failure = failure;
    const prompt = earlier(sum.prompt, annotation.prompt, rank);
    if (prompt !== undefined) sum.prompt = prompt;
    if (annotation.inputRequest !== undefined)
      sum.inputRequest = later(sum.inputRequest, annotation.inputRequest, hash);
    this.#units += unitsOf(sum);
  }

  at(trace: number, spanId: string): Annotated | undefined {
    const sum = this.#traces.get(trace)?.get(spanId);
    return sum && totalOf(sum);
  }

  has(trace: number): boolean {
    return this.#traces.has(trace);
  }

  /** The earliest prompt of any span, also of spans that were not received. */
  firstPrompt(): string | undefined {
    let first: Ranked<string> | undefined;
    for (const spans of this.#traces.values()) {
      for (const { prompt } of spans.values()) {
        if (prompt !== undefined && (first === undefined || prompt.rank < first.rank)) first = prompt;
      }
    }
    return first?.value;
  }

  /** Input requests, open and answered. */
  *inputRequests(): Generator<{
    readonly trace: number;
    readonly spanId: string;
    readonly inputRequest: InputRequest;
  }> {
    for (const [trace, spans] of this.#traces) {
      for (const [spanId, { inputRequest }] of spans)
        if (inputRequest !== undefined) yield { trace, spanId, inputRequest: inputRequest.value };
    }
  }

  evictTrace(trace: number): void {
    for (const sum of this.#traces.get(trace)?.values() ?? []) {
      this.#units -= unitsOf(sum);
      this.#size--;
    }
    this.#traces.delete(trace);
  }
}

/** An entry of a map, a key, some objects. */
const ENTRY_BYTES = 300;

function totalOf({ error, hasOtherError, failure, prompt, inputRequest }: Sum): Annotated {
  return {
    error,
    canceled: error && !hasOtherError,
    ...(failure === undefined ? {} : { failure: failure.value }),
    ...(prompt === undefined ? {} : { prompt: prompt.value }),
    ...(inputRequest === undefined ? {} : { inputRequest: inputRequest.value }),
  };
}

function rankOf(time: bigint, hash: string): string {
  return longInHex(time) + hash;
}

function earlier(
  known: Ranked<string> | undefined,
  value: string | undefined,
  rank: string,
): Ranked<string> | undefined {
  if (value === undefined) return known;
  return known === undefined || rank < known.rank ? { value, rank } : known;
}

/** At equal times an answer outranks a request. */
function later(known: Ranked<InputRequest> | undefined, value: InputRequest, hash: string): Ranked<InputRequest> {
  const rank = rankOf(value.since, (value.state === "closed" ? "1" : "0") + hash);
  return known === undefined || rank > known.rank ? { value, rank } : known;
}

function unitsOf({ failure, prompt, inputRequest }: Sum): number {
  const request = inputRequest === undefined ? 0 : inputRequest.value.question.length + inputRequest.value.task.length;
  return (failure?.value.length ?? 0) + (prompt?.value.length ?? 0) + request;
}
