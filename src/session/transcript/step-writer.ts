import type { QueryFold } from "../queries.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { callModels } from "./call-models.ts";
import type { Passage } from "./passage.ts";
import type { Call, Result, SaidMessage, SaidOther, SaidPart, SaidText, SpanSaid } from "./said.ts";
import type { Memory } from "./memory.ts";
import type { ToolCalls } from "./tool-calls.ts";
import type { Step, ToolStep } from "./transcript.ts";

type Draft<T> = { -readonly [Field in keyof T]: T[Field] };
export type ToolDraft = Draft<ToolStep> & { readonly steps: Step[] };

type Source = { readonly table: SpanTable; readonly fold: QueryFold; saidAt(row: number): SpanSaid | undefined };

/** Writes the steps of one turn, and remembers what they mention. */
export class StepWriter {
  readonly #source: Source;
  readonly #memory: Memory;
  readonly #calls: ToolCalls;
  /** Keys of the texts and thoughts that this turn has as answers. */
  readonly #answers = new Set<string>();
  /** Calls whose results no span states, in their order. */
  readonly #pending: ToolDraft[] = [];
  /** While a log record's step is written: its time, Unix nanoseconds. */
  time: bigint | undefined;

  constructor(source: Source, memory: Memory, calls: ToolCalls) {
    this.#source = source;
    this.#memory = memory;
    this.#calls = calls;
  }

  /** Where and when a step is. */
  at(row: number) {
    const { table } = this.#source;
    const { rows } = table;
    const start = this.time ?? rows.long(row, Row.START);
    const end = rows.long(row, Row.LAST);
    const isMoment = this.time !== undefined || rows.running(row) || end < start;
    return {
      traceId: table.traceId(row),
      spanId: rows.hex(row, Row.ID),
      start,
      ...(isMoment ? {} : { duration: end - start }),
      revision: this.revision(row),
    };
  }

  /** As {@link at}, of a part of what the span says. */
  within(row: number) {
    const { duration: _, ...at } = this.at(row);
    return at;
  }

  /** The last revision of the log that changed what the row says. */
  revision(row: number): number {
    const { table } = this.#source;
    return Math.max(table.rows.word(row, Row.REVISION), this.#source.saidAt(row)?.revision ?? 0);
  }

  /** The tool, the agent, the model, which a part of a call does not name itself; else the span's name. */
  name(row: number): string {
    const { table, fold } = this.#source;
    const model = table.rows.kind(row) === "llm" ? callModels(table, fold.groups)(row) : undefined;
    return (
      model ?? table.text(row, Row.SUBJECT) ?? (this.#source.saidAt(row)?.subject || (table.text(row, Row.NAME) ?? ""))
    );
  }

  /** Whether a text or a thought is an answer of this turn. */
  isAnswer(key: string): boolean {
    return this.#answers.has(key);
  }

  /** Whether this turn has any. */
  get hasAnswers(): boolean {
    return this.#answers.size > 0;
  }

  /** Whether any turn mentions it, or this turn does elsewhere. */
  isMentioned(part: SaidPart): boolean {
    switch (part.is) {
      case "call":
        return this.#calls.isMentioned(part) || this.#memory.has(keyOfCall(part));
      case "result":
        return this.#calls.isMentionedResult(part) || this.#memory.has(keyOfResult(part));
      case "text":
      case "reasoning":
      case "other":
        return this.#memory.has(`${part.is} ${part.key}`);
    }
  }

  /** As the answer of a model, or of the span around it. */
  write(row: number, message: SaidMessage, part: SaidPart, inside: Step[]): void {
    switch (part.is) {
      case "text":
      case "reasoning":
        return this.#answer(row, message, part, inside);
      case "call":
        return this.#call(row, part, inside);
      case "result":
        return this.result(row, message, part, inside);
      case "other":
        return this.attach(row, part, inside);
    }
  }

  /** A text of an input; nothing if any turn mentions it. */
  say(
    kind: "user" | "system" | "text" | "reasoning",
    row: number,
    message: SaidMessage,
    part: SaidText,
    inside: Step[],
  ) {
    const key = `${kind} ${part.key}`;
    if (this.#memory.has(key)) return;
    this.#memory.add(key);
    inside.push({ kind, ...this.at(row), ...namedBy(message), passage: part.passage });
  }

  /** A picture or a file, once. */
  attach(row: number, part: SaidOther, inside: Step[]): void {
    if (this.isMentioned(part)) return;
    this.#memory.add(`${part.is} ${part.key}`);
    inside.push({ kind: "attachment", ...this.within(row), word: part.word, bytes: part.bytes });
  }

  push(step: ToolDraft, result: Result | undefined, inside: Step[]): void {
    inside.push(step);
    if (result !== undefined) this.#remember(result);
    else if (step.failure === undefined) this.#pending.push(step);
  }

  /** A result without the id of its call belongs to the first call without a result. `false` if there is none. */
  settle(result: Result): boolean {
    const step = this.#pending.shift();
    if (step === undefined) return false;
    step.result = result.passage;
    this.#remember(result);
    return true;
  }

  /** A result whose call is not known. */
  result(row: number, message: SaidMessage, result: Result, inside: Step[]): void {
    this.#remember(result);
    inside.push({
      kind: "tool",
      ...this.within(row),
      name: message.name ?? "",
      result: result.passage,
      steps: [],
    });
  }

  #answer(row: number, message: SaidMessage, part: SaidText, inside: Step[]): void {
    const { rows } = this.#source.table;
    const { is: kind, passage } = part;
    const key = `${kind} ${part.key}`;
    const isRepeated = this.#answers.has(key);
    this.#answers.add(key);
    this.#memory.add(key);
    if (kind === "reasoning") {
      if (!isRepeated) inside.push({ kind, ...this.at(row), ...namedBy(message), passage });
      return;
    }
    const isModel = rows.kind(row) === "llm";
    const step = isModel ? this.#ofModel(row, passage) : { kind, ...this.within(row), passage };
    inside.push({ ...step, ...namedBy(message), ...(isRepeated && { repeats: true }) });
  }

  /** A call of a model whose answer no span states, or that only calls tools. */
  silence(row: number, inside: Step[], calls: readonly string[] = []): void {
    inside.push({ ...this.#ofModel(row, { text: "" }), ...(calls.length > 0 && { calls }) });
  }

  #ofModel(row: number, passage: Passage) {
    const { rows, usage } = this.#source.table;
    const tokens = rows.hasTokens(row) ? usage.tokens(rows.word(row, Row.USAGE)) : undefined;
    return {
      kind: "text" as const,
      ...this.at(row),
      name: this.name(row),
      passage,
      ...(tokens && { tokens: { input: tokens.input, output: tokens.output } }),
    };
  }

  /** A call that no span carries out. */
  #call(row: number, call: Call, inside: Step[]): void {
    this.#calls.mention(call);
    this.#memory.add(keyOfCall(call));
    const result = this.#calls.resultOf(call.id);
    const args = call.passage.text === "" ? {} : { arguments: call.passage };
    const step: ToolDraft = { kind: "tool", ...this.within(row), name: call.name, ...args, steps: [] };
    if (result !== undefined) step.result = result.passage;
    this.push(step, result, inside);
  }

  #remember(result: Result): void {
    this.#calls.mentionResult(result);
    this.#memory.add(`result ${result.key}`);
    this.#memory.add(keyOfResult(result));
  }
}

export function namedBy({ name }: SaidMessage): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

function keyOfCall({ id, name, key }: Call): string {
  return id === undefined ? `call ${name} ${key}` : `id ${id}`;
}

function keyOfResult({ id, key }: Result): string {
  return id === undefined ? `result ${key}` : `id ${id}`;
}
