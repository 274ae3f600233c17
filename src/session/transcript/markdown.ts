import { withoutBytes } from "../../content/media.ts";
import { bytes, count, counted, dollars, duration } from "../../lib/figures.ts";
import { nanosecondsText } from "../../lib/nanoseconds.ts";
import { fit } from "./fit.ts";
import type { Piece } from "./fit.ts";
import { code, fenced, inline, plain, prose, quoted } from "./markdown-text.ts";
import { clip } from "./passage.ts";
import { isSilent } from "./reading-rows.ts";
import type { Passage } from "./passage.ts";
import type { Failure, Step, ToolStep, Transcript, Turn } from "./transcript.ts";

export type Printing = {
  /** UTF-8 bytes. */
  readonly max: number;
  readonly hints: Hints;
  /** What a reader asks for to get what comes later. */
  readonly version?: string;
  /** What is missing in the transcript itself, as a sentence. */
  readonly note?: string;
};

/** Sentences that say how to ask for what an answer does not contain, in the words of its reader's door. */
export type Hints = {
  readonly later?: (version: string) => string;
  /** Parts are left out, from this turn on. */
  readonly leftOut: (turn: number) => string;
  /** A text of this span is cut: the end of a sentence that begins with the bytes that are missing. */
  readonly cut: (traceId: string, spanId: string) => string;
};

/** For readers of the URL. `path`: of the session, percent-encoded. */
export function urlHints(path: string): Hints {
  return {
    later: (version) => `\`?since=${version}\` shows what comes later.`,
    leftOut: (turn) => `\`?turn=${turn}\` shows one turn, \`?max=\` sets the bytes of an answer.`,
    cut: (traceId, spanId) => `\`${path}/spans/${traceId}/${spanId}\` has it whole.`,
  };
}

/** The transcript as Markdown. Everything from spans is escaped or fenced, so that only this file writes structure. */
export function printTranscript(transcript: Transcript, printing: Printing): string {
  const pieces = [headPiece(transcript, printing)];
  addTurns(pieces, transcript.turns, printing);
  return fit(pieces, {
    max: printing.max,
    omission: (left, from, to) => {
      const turns = from === to ? `turn ${from}` : `turns ${from} to ${to}`;
      const parts = plain(counted(left, "part", "parts", "en"));
      return `*… ${parts} of ${turns} left out here. ${printing.hints.leftOut(from)}*\n\n`;
    },
  });
}

/** Text within a document that is longer is a block of its own. */
const MAX_INLINE = 100;
const MAX_TITLE = 200;
/** UTF-16 units: where it happened, and how it was called. */
const MAX_STACK = 1_200;
const DEEPEST = 6;

function headPiece({ summary, turns }: Transcript, { version, note, hints }: Printing): Piece {
  const { tokens, errors } = summary;
  const figures = [
    `**${summary.status}**`,
    took(BigInt(summary.end) - BigInt(summary.start)),
    ...(tokens.input + tokens.output > 0 ? [tokenText(tokens)] : []),
    ...(summary.cost === undefined ? [] : [dollars(summary.cost, "en")]),
    counted(summary.queries, "turn", "turns", "en"),
    counted(summary.spans, "span", "spans", "en"),
    ...(errors > 0 ? [counted(errors, "error", "errors", "en")] : []),
  ];
  const agents = new Set([...summary.agents, ...summary.teams].map(({ name }) => code(name)));
  const names = [...agents].slice(0, MAX_NAMES);
  const models = summary.models.map(({ name }) => code(name)).slice(0, MAX_NAMES);
  const facts = [
    `Session ${code(summary.id, MAX_TITLE)}, started ${nanosecondsText(BigInt(summary.start))}.`,
    ...(names.length === 0 ? [] : [`Agents: ${names.join(", ")}.`]),
    ...(models.length === 0 ? [] : [`Models: ${models.join(", ")}.`]),
    ...(version === undefined || hints.later === undefined ? [] : [hints.later(version)]),
    ...(turns.length === 0 ? ["Nothing is new, or was asked for."] : []),
    ...(note === undefined ? [] : [note]),
  ];
  const title = inline(summary.title, MAX_TITLE) || code(summary.id);
  const text = plain(`# ${title}\n\n${figures.join(" · ")}\n\n${facts.join(" ")}\n\n`);
  return { turn: 0, print: () => text };
}

const MAX_NAMES = 8;

function took(nanoseconds: bigint): string {
  return plain(duration(nanoseconds, "en"));
}

function tokenText({ input, output }: { readonly input: number; readonly output: number }): string {
  return `${count(input, "en")} tokens in, ${count(output, "en")} out`;
}

/** Neighbours in which nothing was said are one line: programs have many small traces. */
function addTurns(pieces: Piece[], turns: readonly Turn[], printing: Printing): void {
  let silent: Turn[] = [];
  const addSilent = (): void => {
    const [first, last] = [silent[0], silent.at(-1)];
    if (first !== undefined && first === last) addTurn(pieces, first, printing);
    else if (first !== undefined && last !== undefined) {
      const names = Array.from(new Set(silent.map(({ summary }) => summary.name)), (name) => code(name));
      const named = `${names.slice(0, MAX_NAMES).join(", ")}${names.length > MAX_NAMES ? ", …" : ""}`;
      const text = `*Turns ${first.number} to ${last.number}: nothing was said.* ${named}\n\n`;
      pieces.push({ turn: first.number, print: () => text });
    }
    silent = [];
  };
  for (const turn of turns) {
    if (isSilent(turn)) silent.push(turn);
    else {
      addSilent();
      addTurn(pieces, turn, printing);
    }
  }
  addSilent();
}

function addTurn(pieces: Piece[], turn: Turn, printing: Printing): void {
  const { number, summary, before, userText } = turn;
  const figures = [
    ...(summary.name === "" ? [] : [code(summary.name)]),
    summary.phase,
    ...(summary.end === undefined ? [] : [took(BigInt(summary.end) - BigInt(summary.start))]),
    ...(summary.cost === undefined ? [] : [plain(dollars(summary.cost, "en"))]),
  ];
  const printer = new TurnPrinter(pieces, number, printing);
  printer.line(`## Turn ${number}: ${figures.join(" · ")}`);
  if (before.length > 0) printer.line("*Earlier in this conversation:*");
  printer.steps(before);
  if (before.length > 0 && userText !== undefined) printer.line("*Now:*");
  if (userText !== undefined) printer.steps([userText]);
  printer.steps(turn.steps);
}

type Level = { readonly steps: readonly Step[]; at: number; readonly name: string; readonly ends?: () => void };

class TurnPrinter {
  readonly #pieces: Piece[];
  readonly #turn: number;
  readonly #hints: Hints;

  constructor(pieces: Piece[], turn: number, { hints }: Printing) {
    this.#pieces = pieces;
    this.#turn = turn;
    this.#hints = hints;
  }

  /** A line of structure. */
  line(text: string): void {
    this.#pieces.push({ turn: this.#turn, print: () => `${text}\n\n` });
  }

  /** Sections can be nested as deep as spans: no recursion. */
  steps(steps: readonly Step[]): void {
    const levels: Level[] = [{ steps, at: 0, name: "" }];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const step = level.steps[level.at++];
      if (step === undefined) {
        levels.pop();
        level.ends?.();
        // A heading has no end in Markdown: what follows gets the heading of its own section again.
        const above = levels.at(-1);
        if (above !== undefined && above.at < above.steps.length) {
          const name = above.name === "" ? `Turn ${this.#turn}` : above.name;
          this.line(`${heading(levels.length - 1)} ${name}, continued`);
        }
        continue;
      }
      if (!("steps" in step) || (step.kind === "tool" && step.steps.length === 0)) {
        this.#step(step);
        continue;
      }
      const word = step.kind === "tool" ? "Tool" : step.kind === "team" ? "Team" : "Agent";
      const name = `${word} ${code(step.name)}`;
      this.line(`${heading(levels.length)} ${name}${extent(step)}${step.running ? " · running" : ""}`);
      if (step.kind === "tool") {
        this.#given(step);
        levels.push({ steps: step.steps, at: 0, name, ends: () => this.#returned(step) });
      } else levels.push({ steps: step.steps, at: 0, name });
    }
  }

  #step(step: Exclude<Step, { kind: "agent" | "team" }>): void {
    switch (step.kind) {
      case "user":
        return this.#saying(`**User**${by(step.name)}`, step, prose);
      case "system":
        return this.#saying("**System**", step, prose);
      case "reasoning":
        return this.#saying("**Reasoning**", step, (text) => quoted(prose(text)));
      case "text": {
        const tokens = step.tokens === undefined ? "" : ` · ${tokenText(step.tokens)}`;
        const label = `${step.name === undefined ? "**Answer**" : `**Model**${by(step.name)}`}${extent(step)}${tokens}`;
        if (step.repeats) return this.line(`${label}\n\n*The same text as above.*`);
        if (step.passage.text === "") return this.line(label);
        return this.#saying(label, step, prose);
      }
      case "attachment":
        return this.line(
          `*Attachment: ${code(step.word)}${step.bytes === 0 ? "" : `, ${plain(bytes(step.bytes, "en"))}`}.*`,
        );
      case "tool":
        return this.#tool(step);
      case "error":
        return this.#failure(
          `**${step.failure.canceled ? "Canceled" : "Error"}** in ${code(step.name)}`,
          step.failure,
          step,
        );
      case "question": {
        const tool = step.tool === undefined ? "" : ` (${code(step.tool)})`;
        return this.#saying(
          `**Waiting for an answer**${tool}, since ${nanosecondsText(step.start)}`,
          { ...step, passage: { text: step.question } },
          prose,
        );
      }
      case "running":
        this.line(`**Running now**: ${code(step.name)}, since ${nanosecondsText(step.start)}`);
        return this.#given(step);
      case "gap":
        return this.line(`*Nothing for ${took(step.duration)}.*`);
    }
  }

  /** What is short stands in one line. */
  #tool(step: ToolStep): void {
    const { name, arguments: given, result, failure } = step;
    const label = name === "" ? "**Result of a tool**" : `**Tool** ${code(name)}`;
    const isShort = given === undefined || isLine(given);
    const args = given === undefined || !isShort ? "" : ` ${code(given.text)}`;
    const isAnswered = isShort && result !== undefined && isLine(result);
    const returned = isAnswered ? ` → ${code(result.text) || "nothing"}` : "";
    this.line(`${label}${args}${returned}${extent(step)}${step.running ? " · running" : ""}`);
    if (!isShort) this.#given(step);
    if (!isAnswered || failure !== undefined) this.#returned(isAnswered ? withoutResult(step) : step);
  }

  #given({ arguments: given, ...step }: Pick<ToolStep, "arguments" | "traceId" | "spanId">): void {
    if (given !== undefined) this.#block("", step, given, fenced);
  }

  #returned({ result, resultWithin, failure, ...step }: ToolStep): void {
    if (resultWithin) this.line(`Result of ${code(step.name)}: the text above.`);
    else if (result !== undefined) {
      const label = step.steps.length === 0 ? "Result:" : `Result of ${code(step.name)}:`;
      this.#block(result.text.trim() === "" ? `${label} nothing` : label, step, result, fenced);
    }
    if (failure !== undefined) this.#failure(failure.canceled ? "**Canceled**" : "**Error**", failure, step);
  }

  #failure(label: string, { type, message, stacktrace }: Failure, step: Where): void {
    const kind = type === undefined || type === message?.text ? "" : ` ${code(type)}`;
    if (message === undefined) this.line(`${label}${kind}${kind === "" ? ", without a cause" : ""}`);
    else if (isLine(message)) this.line(`${label}${kind}: ${code(message.text, MAX_INLINE)}`);
    else this.#block(`${label}${kind}`, step, message, fenced);
    // A message of several lines has the stack too.
    if (stacktrace !== undefined && (message === undefined || isLine(message)))
      this.#block("", step, clip(stacktrace, MAX_STACK), fenced);
  }

  #saying(label: string, step: Where & { readonly passage: Passage }, print: (text: string) => string): void {
    this.#block(label, step, step.passage, print);
  }

  #block(label: string, { traceId, spanId }: Where, passage: Passage, print: (text: string) => string): void {
    const above = label === "" ? "" : `${label}\n\n`;
    const show = (text: string): string => (text.trim() === "" ? "" : `${print(text)}\n\n`);
    this.#pieces.push({
      turn: this.#turn,
      passage: withoutFiles(passage),
      print: ({ text, missing }) => {
        if (missing === undefined) return `${above}${show(text)}`;
        const left = plain(bytes(missing.bytes, "en"));
        const note = `*… ${left} left out here: ${this.#hints.cut(traceId, spanId)}*\n\n`;
        return `${above}${show(text.slice(0, missing.at))}${note}${show(text.slice(missing.at))}`;
      },
    });
  }
}

/** A document names the files within a text, where a page may draw them. */
function withoutFiles(passage: Passage): Passage {
  const { text, missing } = passage;
  if (missing === undefined) return { text: withoutBytes(text) };
  const head = withoutBytes(text.slice(0, missing.at));
  return { text: head + withoutBytes(text.slice(missing.at)), missing: { ...missing, at: head.length } };
}

function withoutResult({ result: _, ...step }: ToolStep): ToolStep {
  return step;
}

type Where = { readonly traceId: string; readonly spanId: string };

function heading(depth: number): string {
  return "#".repeat(Math.min(depth + 2, DEEPEST));
}

function by(name: string | undefined): string {
  return name === undefined || name === "" ? "" : ` ${code(name)}`;
}

function extent({ duration: lasted }: { readonly duration?: bigint }): string {
  return lasted === undefined || lasted === 0n ? "" : ` · ${took(lasted)}`;
}

function isLine({ text, missing }: Passage): boolean {
  return missing === undefined && text.length <= MAX_INLINE && !text.trim().includes("\n");
}
