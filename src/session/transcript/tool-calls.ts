import type { Call, Result, SaidMessage, SaidPart, SpanSaid } from "./said.ts";

/** A row of the turn with what its span says. `is`: a tool's call, a call of a model, or a span around them. */
export type SaidRow = { readonly row: number; readonly is: "tool" | "model" | "around"; readonly said: SpanSaid };

/**
 * The calls of one turn. A call stands in the answer of a model, in the span of the tool, and in the inputs of all later
 * model calls; its result stands in the span and in those inputs. A call and its span are paired by the call's id, else by
 * name and arguments, else by name in their order.
 */
export class ToolCalls {
  readonly #callOf = new Map<number, Call>();
  readonly #unpaired = new Map<number, Set<Call>>();
  readonly #resultById = new Map<string, Result>();
  readonly #resultKeys = new Set<string>();
  readonly #mentionedIds = new Set<string>();
  /** Names and arguments of all calls that are mentioned, and of those that are without an id. */
  readonly #mentioned = new Set<string>();
  readonly #mentionedWithoutId = new Set<string>();

  constructor(rows: readonly SaidRow[]) {
    const callById = new Map<string, Call>();
    for (const { is, said } of rows) {
      if (is === "tool") {
        for (const { key } of partsIn(said.output.messages, "result")) this.#resultKeys.add(key);
        if (said.callId !== undefined) this.#mentionedIds.add(said.callId);
        continue;
      }
      for (const { messages } of [said.input, said.output]) {
        // An id may stand for another call in each answer: of its results the newest counts.
        for (const part of partsIn(messages, "result")) if (part.id !== undefined) this.#resultById.set(part.id, part);
        for (const part of partsIn(messages, "call"))
          if (part.id !== undefined && !callById.has(part.id)) callById.set(part.id, part);
      }
    }
    const spans = new ToolSpans();
    for (const { row, is, said } of rows) {
      // Some frameworks give spans ids of their own, which no conversation has.
      const isKnown = said.callId !== undefined && (callById.has(said.callId) || this.#resultById.has(said.callId));
      if (is === "tool") spans.add(row, said, isKnown ? said.callId : undefined);
    }
    this.#pairModels(rows, spans);
    // A span around others may be the only one that states a call.
    for (const { is, said } of rows) {
      if (is !== "around") continue;
      for (const call of partsIn(said.output.messages, "call")) {
        const row = this.isMentioned(call) ? undefined : spans.takeExact(call);
        if (row === undefined) continue;
        this.#callOf.set(row, call);
        this.mention(call);
      }
    }
    for (const [row, id] of spans.ids) {
      const call = callById.get(id);
      if (call !== undefined && !this.#callOf.has(row)) this.#callOf.set(row, call);
    }
  }

  #pairModels(rows: readonly SaidRow[], spans: ToolSpans): void {
    const paired = new Set<string>();
    for (const { row, is, said } of rows) {
      if (is !== "model") continue;
      for (const call of partsIn(said.output.messages, "call")) {
        if (call.id !== undefined && paired.has(`${call.id} ${call.key}`)) continue;
        if (call.id !== undefined) paired.add(`${call.id} ${call.key}`);
        const span = spans.take(call);
        if (span === undefined) {
          const calls = this.#unpaired.get(row) ?? new Set();
          this.#unpaired.set(row, calls.add(call));
        } else this.#callOf.set(span, call);
        this.mention(call);
      }
    }
  }

  /** Keys of all calls and results that the turn mentions, for later turns. */
  *mentions(): Generator<string> {
    for (const id of this.#mentionedIds) yield `id ${id}`;
    for (const words of this.#mentioned) yield `call ${words}`;
    for (const key of this.#resultKeys) yield `result ${key}`;
  }

  /** The model's call that the span of a tool carries out. */
  of(row: number): Call | undefined {
    return this.#callOf.get(row);
  }

  /** Whether no span carries out this call in the answer of a model. */
  isUnpaired(row: number, call: Call): boolean {
    return this.#unpaired.get(row)?.delete(call) === true;
  }

  /** Whether a call in a conversation, or in a repeated answer, stands elsewhere in the turn. */
  isMentioned({ id, name, key }: Call): boolean {
    const words = `${name} ${key}`;
    return id === undefined
      ? this.#mentioned.has(words)
      : this.#mentionedIds.has(id) || this.#mentionedWithoutId.has(words);
  }

  mention({ id, name, key }: Call): void {
    const words = `${name} ${key}`;
    this.#mentioned.add(words);
    if (id === undefined) this.#mentionedWithoutId.add(words);
    else this.#mentionedIds.add(id);
  }

  /** The result of a call, from wherever a conversation has it. */
  resultOf(id: string | undefined): Result | undefined {
    return id === undefined ? undefined : this.#resultById.get(id);
  }

  isMentionedResult({ id, key }: { readonly id?: string | undefined; readonly key: string }): boolean {
    return (id !== undefined && this.#mentionedIds.has(id)) || this.#resultKeys.has(key);
  }

  mentionResult({ id, key }: { readonly id?: string | undefined; readonly key: string }): void {
    if (id !== undefined) this.#mentionedIds.add(id);
    this.#resultKeys.add(key);
  }
}

export function partsIn<Is extends SaidPart["is"]>(
  messages: readonly SaidMessage[],
  is: Is,
): Extract<SaidPart, { is: Is }>[] {
  return messages.flatMap(({ parts }) => parts.filter((part): part is Extract<SaidPart, { is: Is }> => part.is === is));
}

/** Spans with one name that are looked at for one call. */
const MAX_LOOKED_AT = 16;

type Queue = { readonly spans: { readonly row: number; readonly id: string | undefined }[]; next: number };

/** The spans of tools that no call is paired with yet. */
class ToolSpans {
  readonly ids: [number, string][] = [];
  readonly #queues = new Map<string, Queue>();
  readonly #taken = new Set<number>();

  /** `id`: of the call that it carries out. */
  add(row: number, { subject, input }: SpanSaid, id: string | undefined): void {
    if (id !== undefined) this.ids.push([row, id]);
    const [given] = partsIn(input.messages, "call");
    const name = given?.name ?? subject;
    for (const words of [...exactly(id, name, given?.key), `name ${name}`]) {
      const queue = this.#queues.get(words) ?? { spans: [], next: 0 };
      queue.spans.push({ row, id });
      this.#queues.set(words, queue);
    }
  }

  take(call: Call): number | undefined {
    return this.takeExact(call) ?? this.#take([`name ${call.name}`], call.id);
  }

  /** By the call's id, or by its name and arguments. */
  takeExact({ id, name, key }: Call): number | undefined {
    return this.#take(exactly(id, name, key), id);
  }

  #take(ordered: readonly string[], id: string | undefined): number | undefined {
    for (const words of ordered) {
      const queue = this.#queues.get(words);
      if (queue === undefined) continue;
      while (this.#taken.has(queue.spans[queue.next]?.row ?? -1)) queue.next++;
      const ahead = queue.spans.slice(queue.next, queue.next + MAX_LOOKED_AT);
      const found = ahead.find(
        (span) => !this.#taken.has(span.row) && (id === undefined || span.id === undefined || span.id === id),
      );
      if (found === undefined) continue;
      this.#taken.add(found.row);
      return found.row;
    }
    return undefined;
  }
}

function exactly(id: string | undefined, name: string, key: string | undefined): string[] {
  return [...(id === undefined ? [] : [`id ${id}`]), ...(key === undefined ? [] : [`call ${name} ${key}`])];
}
