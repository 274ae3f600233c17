import { textOf } from "../../otel/any-value.ts";
import { ClaimedAttributes } from "../../content/claimed-attributes.ts";
import type { Content } from "../../content/content-value.ts";
import { gistOf, gistOfContent } from "../../content/gist.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import { lastUserText, messageText, promptInData, withoutContext } from "../../content/prompt.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { SpanContent } from "../../facts/span-content.ts";
import { firstLine, oneLine } from "../../lib/one-line.ts";
import { REQUEST_METHOD_KEYS, SPAN_MESSAGE_KEY } from "../../otel/semconv/content.ts";
import { RESPONSE_STATUS_KEYS, LABEL_KEYS, SUBJECT_KEYS } from "../../otel/semconv/shown.ts";
import type { Span } from "../../otel/span.ts";

/** A span with what was read of it: `readContent` with the log records that belong to it. */
export type Step = {
  readonly span: Span;
  readonly facts: Pick<SpanFacts, "kind" | "name" | "agent" | "team" | "tool" | "model" | "query" | "prompt" | "error">;
  readonly content: SpanContent;
};

/** What a step is called, in parts that a page may set apart. Each is one printable line; "" without. */
export type StepWords = {
  /** The model, the tool, the agent, the request; else the span's own name. */
  readonly subject: string;
  /** The tool's main argument, or what was asked. */
  readonly about: string;
  /** What it answered, called or returned; of a failed step its cause. */
  readonly result: string;
  readonly outcome: "failed" | "passed";
};

/** Longest title, UTF-16 units. */
export const MAX_TITLE = 120;
const MAX_SUBJECT = 60;
/** What the result may use of a title even if its argument is long. */
const MIN_RESULT = 40;

/**
 * What a step is called by its kind, in one line: `gpt-5.2 → get_weather(Porto)`, `get_weather(Porto) → 14 degrees`,
 * `run_sql(select 1) ✗ timeout`, `engineer`.
 */
export function stepTitle(step: Step): string {
  const { subject, about, result, outcome } = stepWords(step);
  const ending = outcome === "failed" ? ` ✗ ${result || "failed"}` : result === "" ? "" : ` → ${result}`;
  const room = MAX_TITLE - subject.length - Math.min(ending.length, MIN_RESULT);
  const isCall = step.facts.kind === "tool";
  const given = about === "" ? "" : isCall ? `(${shortened(about, room - 2)})` : ` · ${shortened(about, room - 3)}`;
  return shortened(`${subject}${given}${ending}`, MAX_TITLE);
}

/** The parts of {@link stepTitle}. */
export function stepWords(step: Step): StepWords {
  const { facts, content } = step;
  const { exception } = content;
  const isFailed = facts.error || exception !== undefined;
  const { subject, about = "", result = "" } = wordsOf(step);
  const cause = firstLine(exception?.message ?? exception?.type ?? "", MAX_TITLE + 1);
  const isRequest = facts.kind === "http";
  return {
    subject: shortened(subject, MAX_SUBJECT),
    about: shortened(about, MAX_TITLE),
    result:
      !isFailed || (isRequest && cause === undefined)
        ? shortened(result, MAX_TITLE)
        : shortened(cause ?? "", MAX_TITLE),
    outcome: isFailed ? "failed" : "passed",
  };
}

type Words = { readonly subject: string; readonly about?: string; readonly result?: string };

function wordsOf(step: Step): Words {
  const { facts, content } = step;
  switch (facts.kind) {
    case "llm": {
      const result = answerOf(content.output);
      return {
        subject: content.model ?? facts.model ?? nameOf(step),
        ...(result === "" ? askedOf(content) : { result }),
      };
    }
    case "embedding":
      return { subject: content.model ?? facts.model ?? nameOf(step), ...askedOf(content) };
    case "tool":
      return {
        subject: content.tool?.name ?? facts.tool ?? nameOf(step),
        about: gistOfContent(content.input),
        result: gistOfContent(content.output) || answerOf(content.output),
      };
    case "retrieval":
      return {
        subject: nameOf(step),
        ...askedOf(content),
        result: gistOfContent(content.output) || answerOf(content.output),
      };
    case "agent": {
      const subject = facts.agent ?? content.agent ?? nameOf(step);
      // No attribute names the agent of a coding agent's run, and all runs of a session are of the same one.
      // Data without a prompt is what it is made of, not what it was asked.
      return content.agent === undefined && (content.input?.kind !== "json" || hasPrompt(content.input.value))
        ? { subject, ...askedOf(content) }
        : { subject };
    }
    case "team":
      return { subject: facts.team ?? nameOf(step) };
    case "query":
      return { subject: facts.query?.name ?? nameOf(step), about: facts.prompt ?? askedOf(content).about };
    case "http":
      return requestOf(step);
    case "db":
      return { subject: nameOf(step), ...subjectBeside(step) };
    case "messaging":
      return { subject: nameOf(step), ...subjectBeside(step) };
    case "turn":
    case "chain":
    case "internal":
      return { subject: nameOf(step) };
  }
}

/** The span's own name, or what tells it from other spans of that name: Logfire's message, the name of a component. */
function nameOf({ span, facts }: Step): string {
  const label = new ClaimedAttributes(span.attributes).take(LABEL_KEYS, textOf);
  return oneLine(label ?? "", MAX_TITLE) || oneLine(facts.name, MAX_TITLE) || "unnamed span";
}

/** The method, the whole address, and the status: the name has a route, or the method only. */
function requestOf(step: Step): Words {
  const attributes = new ClaimedAttributes(step.span.attributes);
  const address = addressOf(step);
  const method = attributes.take(REQUEST_METHOD_KEYS, textOf) ?? /^[A-Z]{3,7}\b/.exec(step.facts.name)?.[0];
  const result = attributes.take(RESPONSE_STATUS_KEYS, textOf) ?? "";
  return method === undefined || address === ""
    ? { subject: nameOf(step), ...subjectBeside(step), result }
    : { subject: `${method.toUpperCase()} ${address}`, result };
}

function subjectBeside(step: Step): { readonly about: string } {
  const subject = addressOf(step);
  return { about: nameOf(step).includes(subject) ? "" : subject };
}

function addressOf({ span }: Step): string {
  const keys = SUBJECT_KEYS.filter((key) => key !== SPAN_MESSAGE_KEY);
  return oneLine(new ClaimedAttributes(span.attributes).take(keys, textOf) ?? "", MAX_TITLE);
}

function askedOf({ input }: SpanContent): { readonly about: string } {
  if (input?.kind === "messages") return { about: withoutContext(lastUserText(input.messages) ?? "") };
  const text = input?.kind === "json" ? promptInData(input.value) : undefined;
  return { about: withoutContext(text ?? gistOfContent(input)) };
}

const hasPrompt = (data: unknown): boolean => promptInData(data) !== undefined;

/** The calls of the last message, else its text: a text before calls only announces them. */
function answerOf(content: Content | undefined): string {
  if (content?.kind !== "messages") return gistOfContent(content);
  const message = content.messages.findLast(({ parts }) => parts.length > 0);
  if (message === undefined) return "";
  const calls = message.parts.filter((part) => part.type === "tool_call");
  const [call] = calls;
  if (call !== undefined && calls.length === 1) return callText(call);
  if (calls.length > 1) return calls.map(({ name }) => name).join(", ");
  return messageText(message) ?? message.parts.map(partText).find((text) => text !== "") ?? "";
}

function callText({ name, arguments: given }: Extract<MessagePart, { type: "tool_call" }>): string {
  return `${name}(${oneLine(gistOf(given), MIN_RESULT * 2)})`;
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case "tool_call":
      return callText(part);
    case "tool_call_response":
      return gistOf(part.result);
    case "text":
    case "reasoning":
      return part.text;
    case "other":
      return part.is;
  }
}

function shortened(text: string, length: number): string {
  const line = oneLine(text, length + 1);
  return line.length <= length ? line : `${oneLine(line, Math.max(length - 1, 0))}…`;
}
