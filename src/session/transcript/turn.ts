import type { SpanKind } from "../../facts/facts.ts";
import type { OpenInputRequest, QuerySummary } from "../summary.ts";
import type { QueryFold } from "../queries.ts";
import { promptAt } from "../table/annotated-rows.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { Failures } from "./failures.ts";
import { Moments } from "./moments.ts";
import type { Memory } from "./memory.ts";
import type { RowMoment } from "./moments.ts";
import { isSameMessage, keyOf, NOTHING } from "./said.ts";
import type { Result, SaidMessage, SaidPart, SaidText, SpanSaid } from "./said.ts";
import { namedBy, StepWriter } from "./step-writer.ts";
import type { ToolDraft } from "./step-writer.ts";
import { partsIn, ToolCalls } from "./tool-calls.ts";
import type { SaidRow } from "./tool-calls.ts";
import type { Failure, Step, Turn } from "./transcript.ts";
import { TurnRows } from "./turn-rows.ts";

export type TranscriptSource = {
  readonly table: SpanTable;
  readonly fold: QueryFold;
  /** Whether answers of models that only call tools are steps of their own. Each call of a tool is a step anyway. */
  readonly callingAnswers: "shown" | "left out";
  /** What the span of a row says, the log records about it included. */
  saidAt(row: number): SpanSaid | undefined;
};

export type TurnSource = {
  readonly source: TranscriptSource;
  readonly memory: Memory;
  /** By place of the session's outline. */
  readonly parents: Int32Array;
  /** Of the turn, depth first. */
  readonly rows: readonly number[];
  readonly lead: number;
  /** The row with the first line of what the user asked; -1 without. */
  readonly prompt: number;
  /** The session's open input request, if a row of the turn has it. */
  readonly waiting: { readonly row: number; readonly request: OpenInputRequest } | undefined;
};

/** Silence within a turn from which it is shown, nanoseconds. */
const GAP = 5_000_000_000n;
/** A longer one is a wrong clock. */
const LONGEST_GAP = 366n * 86_400_000_000_000n;

/** One turn of a transcript: its spans in their order, and each thing once, where it happened first. */
export function foldTurn(of: TurnSource, summary: QuerySummary, number: number): Turn {
  return new TurnFold(of).fold(summary, number);
}

/** Kinds whose plain inputs and outputs are said to them and by them. */
const HEARING: ReadonlySet<SpanKind> = new Set<SpanKind>(["query", "agent", "team", "turn", "llm"]);
/** Kinds whose outputs are no answers. */
const MUTE: ReadonlySet<SpanKind> = new Set<SpanKind>(["embedding", "http", "db", "messaging"]);

const SECTIONS: ReadonlySet<SpanKind> = new Set<SpanKind>(["agent", "team"]);
const KIND_OF_TEXT = { user: "user", other: "user", system: "system", assistant: "text", tool: "text" } as const;

type UserMessage = { readonly row: number; readonly message: SaidMessage };

/** The model calls of the turn itself, or of one participant in it. */
type Conversation = { calls: number; isUnanswered: boolean };

class TurnFold {
  readonly #of: TurnSource;
  readonly #rows: TurnRows;
  readonly #calls: ToolCalls;
  readonly #isFirst: boolean;
  readonly #hasMoments: boolean;
  readonly #steps: Step[] = [];
  readonly #before: Step[] = [];
  readonly #running: Step[] = [];
  /** By row: where the steps of the rows below it go. */
  readonly #inside = new Map<number, Step[]>();
  readonly #conversations = new Map<readonly Step[], Conversation>();
  readonly #names = new Map<readonly Step[], string>();
  readonly #tools = new Map<number, { readonly step: ToolDraft; readonly result: string | undefined }>();
  readonly #toolAround = new Map<readonly Step[], ToolDraft>();
  readonly #toolOfCall = new Map<string, { readonly step: ToolDraft; readonly row: number }>();
  readonly #writer: StepWriter;
  /** Keys of the texts and thoughts that models of this turn give, also later. */
  readonly #ofModels = new Set<string>();
  readonly #failures: Failures;
  readonly #user: UserMessage | undefined;
  /** Of rows that are open. */
  readonly #moments = new Moments();
  #lastEnd = 0n;
  #revision = 0;

  constructor(of: TurnSource) {
    this.#of = of;
    this.#isFirst = of.memory.isEmpty;
    const { source, rows, parents } = of;
    this.#rows = new TurnRows(source.table, rows, parents, (row) => isAnswered(source.saidAt(row)));
    this.#failures = new Failures(source.table);
    const said: SaidRow[] = [];
    for (const row of rows) {
      const one = source.saidAt(row);
      if (one === undefined) continue;
      const kind = source.table.rows.kind(row);
      said.push({ row, said: one, is: kind === "tool" ? "tool" : this.#rows.isModel(row) ? "model" : "around" });
    }
    for (const { is, said: one } of said) {
      if (is !== "model") continue;
      for (const { parts } of one.output.messages)
        for (const part of parts) this.#ofModels.add(`${part.is} ${part.key}`);
    }
    this.#hasMoments = said.some(({ said: { moments } }) => moments.some(({ output }) => output !== NOTHING));
    this.#calls = new ToolCalls(said);
    this.#writer = new StepWriter(source, of.memory, this.#calls);
    this.#user = this.#findUser(said);
  }

  fold(summary: QuerySummary, number: number): Turn {
    const userText = this.#userText();
    const open: number[] = [];
    for (const row of this.#of.rows) {
      const parent = this.#rows.parent(row);
      while (open.length > 0 && open.at(-1) !== parent) this.#leave(open.pop() ?? -1);
      this.#enter(row, this.#inside.get(parent) ?? this.#steps);
      open.push(row);
    }
    for (let row = open.pop(); row !== undefined; row = open.pop()) this.#leave(row);
    for (const key of this.#calls.mentions()) this.#of.memory.add(key);
    this.#of.memory.isUnanswered = this.#conversation(this.#steps).isUnanswered;
    return {
      number,
      summary,
      before: this.#before,
      ...(userText && { userText }),
      steps: [...this.#steps, ...this.#question(), ...this.#running],
      revision: this.#revision,
    };
  }

  /**
   * The last message of the user in the first input that has one; else the data that the turn was started with. If an
   * earlier turn mentions it, an input that continues that conversation has a newer one.
   */
  #findUser(rows: readonly SaidRow[]): UserMessage | undefined {
    let first: UserMessage | undefined;
    let data: UserMessage | undefined;
    for (const { row, is, said } of rows) {
      if (is === "tool") continue;
      for (const input of [said.input, ...said.moments.map((moment) => moment.input)]) {
        if (!this.#isHeard(row, { input })) continue;
        const { messages, form } = input;
        const message = messages.findLast(
          ({ role, parts }) => role === "user" && parts.some((part) => part.is === "text"),
        );
        if (message === undefined) continue;
        const found = { row, message };
        if (form === "data") data ??= found;
        else if (first === undefined) {
          first = found;
          if (!this.#isMentionedText(message)) return first;
        } else if (hasMessage(messages, first.message) && !this.#isMentionedText(message)) return found;
      }
    }
    return first ?? data;
  }

  #isMentionedText({ parts }: SaidMessage): boolean {
    return parts.some((part) => part.is === "text" && this.#of.memory.has(`user ${part.key}`));
  }

  #userText(): Turn["userText"] {
    const { table } = this.#of.source;
    if (this.#user !== undefined) {
      const { row, message } = this.#user;
      const text = message.parts.find((part): part is SaidText => part.is === "text");
      if (text === undefined) return undefined;
      this.#of.memory.add(`user ${text.key}`);
      return { kind: "user", ...this.#writer.at(row), ...namedBy(message), passage: text.passage };
    }
    const { prompt } = this.#of;
    const text = prompt < 0 ? undefined : promptAt(table, prompt);
    if (text === undefined) return undefined;
    this.#of.memory.add(`user ${keyOf(text)}`);
    return { kind: "user", ...this.#writer.at(prompt), passage: { text } };
  }

  /** Whether the span's input is said to a model or an agent. A step of a program has inputs too. */
  #isHeard(row: number, { input }: Pick<SpanSaid, "input">): boolean {
    return input.form === "messages" || row === this.#of.lead || HEARING.has(this.#of.source.table.rows.kind(row));
  }

  #enter(row: number, around: Step[]): void {
    const { rows } = this.#of.source.table;
    const said = this.#of.source.saidAt(row);
    const kind = rows.kind(row);
    // A record of an answer is written at its end, when its first calls run already.
    this.#writeMoments(
      this.#moments.before(rows.long(row, kind === "tool" && !rows.running(row) ? Row.LAST : Row.START)),
    );
    this.#revision = Math.max(this.#revision, this.#writer.revision(row));
    this.#passTime(row, around);
    let inside = around;
    if (kind === "tool" || kind === "retrieval") inside = this.#callTool(row, said, around);
    else {
      if (kind === "agent" || kind === "team") inside = this.#openSection(kind, row, said, around);
      if (said !== undefined) this.#hear(row, said, inside);
      if (said !== undefined && this.#rows.isModel(row)) this.#answer(row, said, inside);
      if (this.#rows.runsNow(row))
        this.#running.push({ kind: "running", ...this.#writer.at(row), name: this.#writer.name(row) });
    }
    this.#inside.set(row, inside);
    if (said !== undefined) this.#moments.add(row, said.moments);
  }

  #writeMoments(moments: readonly RowMoment[]): void {
    for (const { row, time, input, output } of moments) {
      const inside = this.#inside.get(row) ?? this.#steps;
      this.#writer.time = time;
      this.#hear(row, { input }, inside);
      this.#conclude(row, { output }, inside);
      this.#writer.time = undefined;
    }
  }

  #leave(row: number): void {
    const { table } = this.#of.source;
    const said = this.#of.source.saidAt(row);
    const kind = table.rows.kind(row);
    const inside = this.#inside.get(row) ?? this.#steps;
    this.#writeMoments(this.#moments.of(row));
    if (this.#rows.isWork(row)) this.#endTime(row);
    if (kind === "tool" || kind === "retrieval") {
      const tool = this.#tools.get(row);
      if (tool?.result !== undefined && tool.step.steps.length > 0 && this.#writer.isAnswer(`text ${tool.result}`))
        tool.step.resultWithin = true;
      return;
    }
    if (said !== undefined && !this.#rows.isModel(row) && !MUTE.has(kind)) this.#conclude(row, said, inside);
    const failure = this.#failures.at(
      row,
      said,
      this.#rows.isModel(row) ? "call" : this.#rows.isLeaf(row) ? "leaf" : "around",
    );
    if (failure !== undefined)
      inside.push({ kind: "error", ...this.#writer.at(row), name: this.#writer.name(row), failure });
  }

  #passTime(row: number, around: Step[]): void {
    const { rows } = this.#of.source.table;
    if (!this.#rows.isWork(row) && !SECTIONS.has(rows.kind(row))) return;
    const start = rows.long(row, Row.START);
    const gap = start - this.#lastEnd;
    if (this.#lastEnd > 0n && gap > GAP && gap < LONGEST_GAP)
      around.push({ kind: "gap", ...this.#writer.at(row), start: this.#lastEnd, duration: gap });
    if (start > this.#lastEnd) this.#lastEnd = start;
  }

  #endTime(row: number): void {
    const { rows } = this.#of.source.table;
    if (rows.running(row)) return;
    const end = rows.long(row, Row.LAST);
    if (end > this.#lastEnd) this.#lastEnd = end;
  }

  /** An agent or a team within the turn. The same one again, as frameworks nest it, opens nothing. */
  #openSection(kind: "agent" | "team", row: number, said: SpanSaid | undefined, around: Step[]): Step[] {
    const name = this.#writer.name(row);
    if (row === this.#of.lead) this.#names.set(around, name);
    if (row === this.#of.lead || this.#names.get(around) === name) return around;
    const steps: Step[] = [];
    const running = this.#of.source.table.rows.running(row);
    around.push({ kind, ...this.#writer.at(row), name, ...(running && { running }), steps });
    this.#names.set(steps, name);
    return steps;
  }

  #callTool(row: number, said: SpanSaid | undefined, around: Step[]): Step[] {
    const call = this.#calls.of(row);
    const [given] = said === undefined ? [] : partsIn(said.input.messages, "call");
    const [returned] = said === undefined ? [] : partsIn(said.output.messages, "result");
    const name = call?.name ?? this.#writer.name(row);
    const shown = call !== undefined && given?.name !== call.name ? call : (given ?? call);
    const args = shown === undefined || shown.passage.text === "" ? {} : { arguments: shown.passage };
    const id = said?.callId ?? call?.id;
    if (this.#rows.runsNow(row)) {
      this.#running.push({ kind: "running", ...this.#writer.at(row), name, ...args });
      return around;
    }
    const result = returned ?? this.#calls.resultOf(id);
    const failure = this.#failures.at(row, said, "call");
    const outer = this.#sameCall(row, name, said?.callId, around);
    if (outer !== undefined) {
      if (result !== undefined && !isCause(failure, result)) outer.result ??= result.passage;
      if (failure !== undefined) outer.failure ??= failure;
      return outer.steps;
    }
    const running = this.#of.source.table.rows.running(row);
    const step: ToolDraft = {
      kind: "tool",
      ...this.#writer.at(row),
      name,
      ...args,
      ...(result && !isCause(failure, result) && { result: result.passage }),
      ...(failure && { failure }),
      ...(running && { running }),
      steps: [],
    };
    this.#writer.push(step, result, around);
    this.#tools.set(row, { step, result: result?.key });
    this.#toolAround.set(step.steps, step);
    if (said?.callId !== undefined) this.#toolOfCall.set(said.callId, { step, row });
    return step.steps;
  }

  /**
   * Another span of the same call: around a call of the Model Context Protocol stands the agent's span, in it the server's;
   * two instrumentations give it the same id at the same time.
   */
  #sameCall(row: number, name: string, callId: string | undefined, around: readonly Step[]): ToolDraft | undefined {
    const { rows } = this.#of.source.table;
    const outer = this.#toolAround.get(around);
    if (outer !== undefined && outer.name === name) return outer;
    const twin = callId === undefined ? undefined : this.#toolOfCall.get(callId);
    if (twin === undefined || twin.step.name !== name) return undefined;
    const isLater = !rows.running(twin.row) && rows.order(row, Row.START, twin.row, Row.LAST) > 0;
    return isLater ? undefined : twin.step;
  }

  /** What is new in an input. */
  #hear(row: number, said: Pick<SpanSaid, "input">, inside: Step[]): void {
    const { messages, form } = said.input;
    // Data is what a user said only if nothing else is.
    if (!this.#isHeard(row, said) || (form === "data" && this.#user?.row !== row)) return;
    const conversation = this.#conversation(inside);
    const isOpening = conversation.calls === 0 && (this.#isFirst || inside !== this.#steps);
    const isHistory = isOpening || conversation.isUnanswered;
    const user = this.#user?.row === row ? messages.lastIndexOf(this.#user.message) : -1;
    // What stands before the last answer is of earlier calls.
    const from = isHistory ? 0 : messages.findLastIndex(({ role }) => role === "assistant") + 1;
    messages.forEach((message, at) => {
      if (at < from && message.role !== "system") return;
      const target = at < user && message.role !== "system" ? this.#before : inside;
      for (const part of message.parts) {
        if (message.role === "tool" && part.is === "text") this.#hearResult(row, message, part, isHistory, target);
        else this.#hearPart(row, message, part, isHistory, target);
      }
    });
  }

  #hearPart(row: number, message: SaidMessage, part: SaidPart, isHistory: boolean, inside: Step[]): void {
    switch (part.is) {
      case "text":
      case "reasoning": {
        const kind = part.is === "reasoning" ? part.is : KIND_OF_TEXT[message.role];
        // Some frameworks give the result of a tool the role of a user, or the tool's name as a role.
        if (kind !== "user" || !this.#calls.isMentionedResult({ key: part.key }))
          this.#writer.say(kind, row, message, part, inside);
        return;
      }
      case "call":
        if (!this.#writer.isMentioned(part)) this.#writer.write(row, message, part, inside);
        return;
      case "result":
        if (isHistory && !this.#writer.isMentioned(part)) this.#writer.write(row, message, part, inside);
        return;
      case "other":
        this.#writer.attach(row, part, inside);
    }
  }

  /** A result without the id of its call. */
  #hearResult(row: number, message: SaidMessage, part: SaidText, isHistory: boolean, inside: Step[]): void {
    const result: Result = { is: "result", key: part.key, id: undefined, passage: part.passage };
    if (this.#writer.isMentioned(result) || this.#writer.settle(result)) return;
    if (isHistory) this.#writer.result(row, message, result, inside);
  }

  /** The answer of a model. */
  #answer(row: number, { output }: SpanSaid, inside: Step[]): void {
    const conversation = this.#conversation(inside);
    conversation.calls++;
    const { rows } = this.#of.source.table;
    if (!isAnswered({ output }) && !rows.running(row) && !rows.error(row)) {
      conversation.isUnanswered = true;
      // Records of a coding agent have the answers of its calls, and name none.
      if (!this.#hasMoments) this.#writer.silence(row, inside);
    }
    const answers = output.messages.filter(({ role }) => role !== "user" && role !== "system");
    let calling = this.#of.source.callingAnswers === "shown" ? callsOf(answers) : [];
    for (const message of answers) {
      for (const part of message.parts) {
        if (part.is === "call" && calling.length > 0) {
          this.#writer.silence(row, inside, calling);
          calling = [];
        }
        if (part.is === "call" && !this.#calls.isUnpaired(row, part)) continue;
        if (part.is !== "result" || !this.#calls.isMentionedResult(part))
          this.#writer.write(row, message, part, inside);
      }
    }
  }

  /** What the output of a span around others adds to theirs. */
  #conclude(row: number, { output }: Pick<SpanSaid, "output">, inside: Step[]): void {
    const isSaid = row === this.#of.lead || HEARING.has(this.#of.source.table.rows.kind(row));
    if (output.form !== "messages" && !isSaid) return;
    // Around answers, data repeats them with figures beside them.
    if (output.form === "data" && (this.#ofModels.size > 0 || this.#writer.hasAnswers)) return;
    output.messages.forEach((message, at) => {
      if (message.role === "user" || message.role === "system" || message.role === "other") return;
      const isLast = at === output.messages.length - 1;
      for (const part of message.parts) {
        if (!this.#isConcluded(message, part, isLast)) this.#writer.write(row, message, part, inside);
      }
    });
  }

  /** Whether a part of such an output repeats spans within, or an earlier turn. */
  #isConcluded(message: SaidMessage, part: SaidPart, isLast: boolean): boolean {
    if (part.is !== "text" && part.is !== "reasoning") return part.is !== "other" && this.#writer.isMentioned(part);
    const key = `${part.is} ${part.key}`;
    const isResult = message.role === "tool" && this.#calls.isMentionedResult({ key: part.key });
    const isRepeated = this.#writer.isAnswer(key) || this.#ofModels.has(key);
    return isRepeated || isResult || (!isLast && this.#writer.isMentioned(part));
  }

  #question(): readonly Step[] {
    const { waiting } = this.#of;
    if (waiting === undefined || !this.#inside.has(waiting.row)) return [];
    const { question, tool, since } = waiting.request;
    return [
      {
        kind: "question",
        ...this.#writer.within(waiting.row),
        start: BigInt(since),
        question,
        ...(tool === undefined ? {} : { tool }),
      },
    ];
  }

  #conversation(inside: readonly Step[]): Conversation {
    let conversation = this.#conversations.get(inside);
    if (conversation === undefined)
      this.#conversations.set(
        inside,
        (conversation = {
          calls: 0,
          isUnanswered: inside === this.#steps && this.#of.memory.isUnanswered,
        }),
      );
    return conversation;
  }
}

const hasMessage = (messages: readonly SaidMessage[], wanted: SaidMessage): boolean =>
  messages.some((message) => isSameMessage(message, wanted));

/** The names of the tools that an answer without text calls. */
function callsOf(answers: readonly SaidMessage[]): readonly string[] {
  const isSilent = answers.every(({ parts }) => parts.every(({ is }) => is !== "text"));
  return isSilent ? partsIn(answers, "call").map(({ name }) => name) : [];
}

function isAnswered(said: Pick<SpanSaid, "output"> | undefined): boolean {
  return said !== undefined && said.output.messages.some(({ parts }) => parts.length > 0);
}

/** Whether a result says no more than the failure, with its type in front or not. */
function isCause(failure: Failure | undefined, { key }: Result): boolean {
  const message = failure?.message?.text;
  if (message === undefined) return false;
  return [message, `${failure?.type}: ${message}`, `Error: ${message}`].some((text) => keyOf(text) === key);
}
