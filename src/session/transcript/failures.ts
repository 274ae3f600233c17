import { failureAt, isCanceled, isError } from "../table/annotated-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { SpanSaid } from "./said.ts";
import type { Failure } from "./transcript.ts";

/** UTF-16 units of a message that are compared. */
const COMPARED = 400;
/** Messages that a later one is compared with. */
const REMEMBERED = 32;

/** The failures of one turn. Spans around a failed call fail with its message, or with none: it is shown once. */
export class Failures {
  readonly #table: SpanTable;
  readonly #shown: string[] = [];

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /**
   * `undefined` if the row did not fail, or if its failure is shown already: by a span within, or by one that reports the
   * same exception. A failed call is always shown.
   */
  at(row: number, said: SpanSaid | undefined, is: "call" | "leaf" | "around"): Failure | undefined {
    if (!isError(this.#table, row)) return undefined;
    const text = failureAt(this.#table, row);
    const failure: Failure = {
      ...said?.failure,
      ...(isCanceled(this.#table, row) && { canceled: true }),
      ...(said?.failure?.message === undefined && text !== undefined && { message: { text } }),
    };
    const message = compared(failure.message?.text ?? failure.type ?? "");
    if (is === "around" && this.#isWithin(message)) return undefined;
    if (is === "leaf" && message !== "" && this.#shown.includes(message)) return undefined;
    this.#shown.push(message);
    if (this.#shown.length > REMEMBERED) this.#shown.shift();
    return failure;
  }

  #isWithin(message: string): boolean {
    if (message === "") return this.#shown.length > 0;
    const beginning = message.slice(0, COMPARED / 2);
    return this.#shown.some(
      (shown) => shown !== "" && (shown.includes(beginning) || message.includes(shown.slice(0, COMPARED / 2))),
    );
  }
}

function compared(message: string): string {
  return message.slice(0, COMPARED).replaceAll(/\s+/g, "");
}
