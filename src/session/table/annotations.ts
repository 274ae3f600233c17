import type { InputRequest } from "../../facts/input-request.ts";
import type { SpanAnnotation } from "../../logs/annotation.ts";

/** What all log records together add to one span. */
export type Annotated = {
  readonly error: boolean;
  /** All of its errors are that nobody wanted the answer any more. */
  readonly canceled: boolean;
  readonly failure?: string;
  readonly prompt?: string;
  /** What was said last. */
  readonly inputRequest?: InputRequest;
};

/** As it adds up: of several texts the first one said counts, whatever the order in which they come. */
type Sum = {
  error: boolean;
  wanted: boolean;
  failure?: Said<string>;
  asked?: Said<string>;
  asking?: Said<InputRequest>;
};

type Said<T> = { readonly value: T; readonly rank: string };

/** Nobody reads so many: beyond, what comes later about other spans is not kept. */
export const MAX_ANNOTATED = 10_000;

/** What log records add to the spans that they are about, by trace and span id, come or not. Most sessions have none. */
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
  add(trace: number, note: SpanAnnotation, time: bigint, hash: string): void {
    let spans = this.#traces.get(trace);
    let sum = spans?.get(note.spanId);
    if (sum === undefined) {
      if (this.#size >= MAX_ANNOTATED) return;
      if (spans === undefined) this.#traces.set(trace, (spans = new Map()));
      spans.set(note.spanId, (sum = { error: false, wanted: false }));
      this.#size++;
    }
    this.#units -= unitsOf(sum);
    const rank = rankOf(time, hash);
    if (note.error) sum.error = true;
    if (note.error && !note.canceled) sum.wanted = true;
    const failure = earlier(sum.failure, note.failure, rank);
    if (failure !== undefined) sum.failure = failure;
    const asked = earlier(sum.asked, note.prompt, rank);
    if (asked !== undefined) sum.asked = asked;
    if (note.inputRequest !== undefined) sum.asking = later(sum.asking, note.inputRequest, hash);
    this.#units += unitsOf(sum);
  }

  at(trace: number, spanId: string): Annotated | undefined {
    const sum = this.#traces.get(trace)?.get(spanId);
    return sum && notedOf(sum);
  }

  has(trace: number): boolean {
    return this.#traces.has(trace);
  }

  /** What was asked first of any span, come or not. */
  firstPrompt(): string | undefined {
    let first: Said<string> | undefined;
    for (const spans of this.#traces.values()) {
      for (const { asked } of spans.values()) {
        if (asked !== undefined && (first === undefined || asked.rank < first.rank)) first = asked;
      }
    }
    return first?.value;
  }

  /** Where somebody was asked, or has answered. */
  *inputRequests(): Generator<{
    readonly trace: number;
    readonly spanId: string;
    readonly inputRequest: InputRequest;
  }> {
    for (const [trace, spans] of this.#traces) {
      for (const [spanId, { asking }] of spans)
        if (asking !== undefined) yield { trace, spanId, inputRequest: asking.value };
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

function notedOf({ error, wanted, failure, asked, asking }: Sum): Annotated {
  return {
    error,
    canceled: error && !wanted,
    ...(failure === undefined ? {} : { failure: failure.value }),
    ...(asked === undefined ? {} : { prompt: asked.value }),
    ...(asking === undefined ? {} : { inputRequest: asking.value }),
  };
}

function rankOf(time: bigint, hash: string): string {
  return time.toString(16).padStart(16, "0") + hash;
}

function earlier(known: Said<string> | undefined, value: string | undefined, rank: string): Said<string> | undefined {
  if (value === undefined) return known;
  return known === undefined || rank < known.rank ? { value, rank } : known;
}

/** Of what is said at one time an answer counts more than a question. */
function later(known: Said<InputRequest> | undefined, value: InputRequest, hash: string): Said<InputRequest> {
  const rank = rankOf(value.since, (value.state === "closed" ? "1" : "0") + hash);
  return known === undefined || rank > known.rank ? { value, rank } : known;
}

function unitsOf({ failure, asked, asking }: Sum): number {
  const question = asking === undefined ? 0 : asking.value.question.length + asking.value.task.length;
  return (failure?.value.length ?? 0) + (asked?.value.length ?? 0) + question;
}
