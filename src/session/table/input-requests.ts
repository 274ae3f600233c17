import type { InputRequest } from "../../facts/input-request.ts";
import type { SpanFacts } from "../../facts/facts.ts";

/** What a span that is known by these says of a question. */
export type Stated = {
  readonly trace: number;
  readonly spanId: string;
  readonly otlpKind: number;
  readonly asking: InputRequest;
};

/** Nobody answers so many questions: beyond, what comes later is not kept. */
export const MAX_QUESTIONS = 10_000;

/** What the spans of a session say of questions, each in its best encoding. Most sessions have none. */
export class InputRequests {
  readonly #stated = new Map<string, Stated>();
  #units = 0;

  /** Memory of texts, two bytes a unit, and of entries. */
  get bytes(): number {
    return this.#units * 2 + this.#stated.size * ENTRY_BYTES;
  }

  get all(): Iterable<Stated> {
    return this.#stated.values();
  }

  /** Takes the place of what an encoding of the same span said. */
  put(
    trace: number,
    { spanId, otlpKind, inputRequest: asking }: Pick<SpanFacts, "spanId" | "otlpKind" | "inputRequest">,
  ): void {
    if (asking === undefined && this.#stated.size === 0) return;
    const key = `${trace}:${spanId}:${otlpKind}`;
    this.#drop(key);
    if (asking === undefined || this.#stated.size >= MAX_QUESTIONS) return;
    const stated = { trace, spanId, otlpKind, asking };
    this.#stated.set(key, stated);
    this.#units += unitsOf(stated);
  }

  dropTrace(trace: number): void {
    for (const [key, stated] of this.#stated) if (stated.trace === trace) this.#drop(key);
  }

  #drop(key: string): void {
    const stated = this.#stated.get(key);
    if (stated === undefined) return;
    this.#stated.delete(key);
    this.#units -= unitsOf(stated);
  }
}

/** A key, two objects, a bigint. */
const ENTRY_BYTES = 250;

function unitsOf({ asking: { task, question, tool = "" } }: Stated): number {
  return task.length + question.length + tool.length;
}
