import * as keys from "../otel/semconv/running.ts";
import { promptLine } from "../content/prompt.ts";
import { cut, firstLine } from "../lib/one-line.ts";
import { parseJson, plainValue } from "../otel/any-value.ts";
import { TOOL_KEYS } from "../otel/semconv/attributes.ts";
import {
  DETAILS_EVENT,
  ANSWER_REASON_KEYS,
  INTERRUPTED,
  LATER_OUTPUT_KEYS,
  OUTPUT_EVENT,
  OUTPUT_KEYS,
  OUTPUT_MESSAGE_KEYS,
} from "../otel/semconv/content.ts";
import type { AnyValue, KeyValue, Span, SpanEvent } from "../otel/span.ts";
import { textIn, valueIn } from "./attribute-index.ts";
import * as FIELD from "./fields.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { firstText } from "./exception-text.ts";
import { pauseIn, pauseInOutput } from "./pause.ts";

/** A span's question to a person, or to the agent that called it. */
export type InputRequest = {
  /**
   * `open`: asked and not answered, as far as this span knows. `closed`: answered, refused or timed out. `resumed`: the span
   * goes on with a run that an earlier request of its session stopped.
   */
  readonly state: "open" | "closed" | "resumed";
  /** The time at which the state began, Unix nanoseconds. */
  readonly since: bigint;
  /** The A2A task of the request: other spans may report it too. "" if only this span can. */
  readonly task: string;
  /**
   * First line of the question, at most 160 UTF-16 units, else the name of the span or event; "" if closed, and of an
   * exception without words.
   */
  readonly question: string;
  /** The tool whose call waits, if the span or its event names it. */
  readonly tool?: string;
  /** Set if only a log record's name opens the request: then the end of its span closes it too. */
  readonly untilEnd?: true;
};

/** Other facts of the span. `tool`: the tool that the span calls. */
type ReportedSpan = { readonly running: boolean; readonly asOf: bigint; readonly tool: string | undefined };

/** An input request as reported by an event, or by another record with a name and attributes. */
type EventRequest = {
  readonly state: InputRequest["state"];
  /** Whether the state comes from an attribute, or only from the record's name. */
  readonly by: "state" | "name";
  readonly task: string;
  readonly question: string | undefined;
  readonly tool: string | undefined;
};

const MAX_NAME = 256;

/** The last input request in one version of a span; `undefined` if it has none, or if a closed one concerns no other span. */
export function inputRequestIn(span: Span, index: AttributeIndex, reported: ReportedSpan): InputRequest | undefined {
  const own =
    inputRequestOfSpan(span, index, reported) ?? pauseOfSpan(span, index, reported) ?? resumptionOfSpan(span, index);
  let last = own;
  for (const event of span.events ?? []) {
    const request = inputRequestOfEvent(event, span, index, reported);
    if (request !== undefined && (last === undefined || request.since >= last.since)) last = request;
  }
  // The attributes of an ended span have its final state.
  if (own !== undefined && !reported.running && own.since === timeOf(span, reported)) last = own;
  return last?.state === "closed" && last.task === "" ? undefined : last;
}

/** A run that stopped for an answer has ended, and its request is open. */
function pauseOfSpan(span: Span, index: AttributeIndex, reported: ReportedSpan): InputRequest | undefined {
  const pause = pauseIn(span, index, MAX_QUESTION);
  return pause && openRequest(timeOf(span, reported), "", pause.question, reported.tool);
}

function resumptionOfSpan(span: Span, index: AttributeIndex): InputRequest | undefined {
  if (index[FIELD.resumes] === undefined) return undefined;
  return { state: "resumed", since: startOf(span), task: "", question: "" };
}

function inputRequestOfSpan(span: Span, index: AttributeIndex, reported: ReportedSpan): InputRequest | undefined {
  const task = textIn(index, FIELD.task) ?? "";
  const state = stateIn(textIn(index, FIELD.taskState), textIn(index, FIELD.approvalState));
  // Most spans have no input request: their times need not be parsed.
  if (task === "" && state === undefined && index[FIELD.inputRequest] === undefined) return undefined;
  const { attributes = [], status, name = "" } = span;
  const explicit = (): string | undefined => questionAt(attributes, keys.QUESTION_KEYS);
  const start = startOf(span);
  if (index[FIELD.inputRequest] !== undefined) {
    // The span ends with the answer.
    if (!reported.running) return undefined;
    const input = valueIn(index, FIELD.input);
    const question = explicit() ?? (input === undefined ? undefined : questionIn(input));
    return openRequest(start, task, question ?? questionFromName(name), undefined);
  }
  if (state === "open") {
    const question = explicit() ?? questionAt(attributes, ANSWER_KEYS) ?? questionFromName(status?.message || name);
    return openRequest(timeOf(span, reported), task, question, reported.tool);
  }
  // Any other state means that the task goes on: the request was answered.
  return task === "" ? undefined : closedRequest(state === "closed" ? timeOf(span, reported) : start, task);
}

/** An agent's answer contains its question. */
const ANSWER_KEYS = [...OUTPUT_KEYS, ...LATER_OUTPUT_KEYS];

function inputRequestOfEvent(
  event: SpanEvent,
  span: Span,
  index: AttributeIndex,
  { running, tool }: ReportedSpan,
): InputRequest | undefined {
  const { name = "", attributes = [], timeUnixNano } = event;
  const request = requestInEvent(name, attributes);
  if (request === undefined) return undefined;
  const since = timeUnixNano === undefined ? startOf(span) : BigInt(timeUnixNano);
  const task = request.task || (textIn(index, FIELD.task) ?? "");
  // A state outlives its span. A request opened by an event's name is answered when the span ends.
  if (request.state === "closed" || (request.by === "name" && !running)) return closedRequest(since, task);
  const isAnswer = name === OUTPUT_EVENT || name === DETAILS_EVENT;
  const question =
    request.question ??
    questionAt(span.attributes ?? [], keys.QUESTION_KEYS) ??
    (isAnswer ? "" : questionFromName(name));
  return openRequest(since, task, question, request.tool ?? tool);
}

/** Reads an event, or a log record that is an event; `undefined` if it reports no input request. */
export function requestInEvent(name: string, attributes: readonly KeyValue[]): EventRequest | undefined {
  const task = firstText(attributes, keys.TASK_STATE_KEYS);
  const byState = stateIn(task, firstText(attributes, keys.APPROVAL_STATE_KEYS)) ?? stateOfAnswer(name, attributes);
  const state = byState ?? stateInName(name);
  if (state === undefined) return undefined;
  return {
    state,
    by: byState === undefined ? "name" : "state",
    task: firstText(attributes, keys.TASK_ID_KEYS) ?? "",
    question: questionAt(attributes, keys.EVENT_QUESTION_KEYS),
    tool: firstText(attributes, TOOL_KEYS),
  };
}

/** `tool`: that waits. */
export function openRequest(since: bigint, task: string, question: string, tool: string | undefined): InputRequest {
  const named = tool === undefined ? {} : { tool: cut(tool, MAX_NAME) };
  return { state: "open", since, task: cut(task, MAX_NAME), question, ...named };
}

export function closedRequest(since: bigint, task: string): InputRequest {
  return { state: "closed", since, task: cut(task, MAX_NAME), question: "" };
}

function startOf(span: Span): bigint {
  return BigInt(span.startTimeUnixNano ?? 0);
}

/** The time to which the version's attributes refer, as far as it is known. */
function timeOf(span: Span, { running, asOf }: ReportedSpan): bigint {
  if (!running) return BigInt(span.endTimeUnixNano ?? 0);
  const start = startOf(span);
  // `asOf` may be the number of a report, which is no time.
  return asOf > start ? asOf : start;
}

const OPEN_STATES: ReadonlySet<string> = new Set(keys.INPUT_REQUIRED_STATES);
const OPEN_APPROVALS: ReadonlySet<string> = new Set([...keys.INPUT_REQUIRED_STATES, ...keys.REQUESTED_APPROVALS]);
const UNKNOWN_STATES: ReadonlySet<string> = new Set(keys.UNKNOWN_STATES);

function stateIn(task: string | undefined, approval: string | undefined): InputRequest["state"] | undefined {
  const taskWords = task === undefined ? "" : wordsOf(task);
  const approvalWords = approval === undefined ? "" : wordsOf(approval);
  if (OPEN_STATES.has(taskWords) || OPEN_APPROVALS.has(approvalWords)) return "open";
  return isKnown(taskWords) || isKnown(approvalWords) ? "closed" : undefined;
}

function isKnown(state: string): boolean {
  return state !== "" && !UNKNOWN_STATES.has(state);
}

const EVENT_SUBJECTS: ReadonlySet<string> = new Set(keys.INPUT_REQUEST_EVENTS.subjects);
const OPENING_WORDS: ReadonlySet<string> = new Set(keys.INPUT_REQUEST_EVENTS.opened);
const CLOSING_WORDS: ReadonlySet<string> = new Set(keys.INPUT_REQUEST_EVENTS.closed);
const SUBJECT_IN_NAME = new RegExp(keys.INPUT_REQUEST_EVENTS.subjects.join("|"), "i");

function stateInName(name: string): InputRequest["state"] | undefined {
  // A cheap test first: a span may have thousands of events.
  if (!SUBJECT_IN_NAME.test(name)) return undefined;
  const words = wordsOf(name)
    .replace(/ event$/, "")
    .replace(/timed out$/, "timeout");
  const [subject = "", outcome = ""] = words.split(" ").slice(-2);
  if (!EVENT_SUBJECTS.has(subject)) return undefined;
  if (OPENING_WORDS.has(outcome)) return "open";
  return CLOSING_WORDS.has(outcome) ? "closed" : undefined;
}

/** `TASK_STATE_INPUT_REQUIRED`, `input-required`, `InputRequired`: "input required". */
function wordsOf(name: string): string {
  const words = cut(name, MAX_NAME)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z\d]+/g, " ")
    .trim();
  return words.startsWith(keys.STATE_PREFIX) ? words.slice(keys.STATE_PREFIX.length) : words;
}

/** Strands reports that a person stopped its agent as the reason of an answer's end. */
function stateOfAnswer(name: string, attributes: readonly KeyValue[]): InputRequest["state"] | undefined {
  if (name === OUTPUT_EVENT) return firstText(attributes, ANSWER_REASON_KEYS) === INTERRUPTED ? "open" : undefined;
  if (name !== DETAILS_EVENT) return undefined;
  const messages = attributes.find(({ key }) => OUTPUT_MESSAGE_KEYS.some((one) => one === key))?.value;
  return messages !== undefined && pauseInOutput(messages, false, MAX_QUESTION) !== undefined ? "open" : undefined;
}

export const MAX_QUESTION = 160;
/** `{params: {status: {message: {…}}}}` and no deeper. */
const MAX_DEPTH = 3;

/** First line of the question under the first of the keys that has one. */
export function questionAt(attributes: readonly KeyValue[], ordered: readonly string[]): string | undefined {
  for (const key of ordered) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    const question = value === undefined ? undefined : questionIn(value);
    if (question !== undefined) return question;
  }
  return undefined;
}

/** First line of the question in a value: the message of a request or task, else as for any input. */
export function questionIn(value: AnyValue): string | undefined {
  const plain = value.stringValue === undefined ? plainValue(value) : parseJson(value.stringValue);
  const message = messageIn(plain);
  return message === undefined ? promptLine(value, MAX_QUESTION) : firstLine(message, MAX_QUESTION);
}

/** The name in place of a question, if there is no better text. */
export function questionFromName(name: string): string {
  return firstLine(name, MAX_QUESTION) ?? "";
}

/** The message of MCP's `{params: {message}}`, of A2A's `{status: {message: {parts: [{text}]}}}`, or of their inner objects alone. */
function messageIn(value: unknown, depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return undefined;
  const { message, params, status, parts } = value as Readonly<Record<string, unknown>>;
  if (typeof message === "string") return message;
  if (Array.isArray(parts)) {
    const texts = parts.map((part: { readonly text?: unknown } | null) => part?.text);
    return texts.find((text) => typeof text === "string");
  }
  return messageIn(message, depth + 1) ?? messageIn(params, depth + 1) ?? messageIn(status, depth + 1);
}
