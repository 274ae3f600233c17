import * as keys from "../otel/semconv/running.ts";
import { promptLine } from "../content/prompt.ts";
import { cut, firstLine } from "../lib/one-line.ts";
import { parseJson, plainValue } from "../otel/any-value.ts";
import { TOOL_KEYS } from "../otel/semconv/attributes.ts";
import { LATER_OUTPUT_KEYS, OUTPUT_KEYS } from "../otel/semconv/content.ts";
import type { AnyValue, KeyValue, Span, SpanEvent } from "../otel/span.ts";
import { FIELD, textIn, valueIn } from "./attribute-index.ts";
import type { AttributeIndex } from "./attribute-index.ts";
import { firstText } from "./error.ts";

/** What a span says of a question to somebody outside: a person, or the agent that called. */
export type InputRequest = {
  /** Asked and not answered, as far as this span knows; or over: answered, refused, timed out. */
  readonly state: "open" | "closed";
  /** When that was so first, Unix nanoseconds. */
  readonly since: bigint;
  /** The A2A task that it is about, of which other spans may know more; "" where only this span can. */
  readonly task: string;
  /** First line of the question, at most 160 UTF-16 units, else the name of what asks; "" when over. */
  readonly question: string;
  /** The tool whose call waits, where the span or its event names it. */
  readonly tool?: string;
  /** Of a log record that asks by its name alone: the end of its span is an answer too. */
  readonly untilEnd?: true;
};

/** What is known of the span otherwise; `tool`: the tool that the span is a call of. */
type ReportedSpan = { readonly running: boolean; readonly asOf: bigint; readonly tool: string | undefined };

/** What an event, or any other record with a name and attributes, says of a question. */
type EventRequest = {
  readonly state: InputRequest["state"];
  /** Whether a state says so, or only the record's name. */
  readonly by: "state" | "name";
  readonly task: string;
  readonly question: string | undefined;
  readonly tool: string | undefined;
};

const MAX_NAME = 256;

/** What one encoding of a span says last; `undefined` where nobody was asked, or nobody else needs to know that it is over. */
export function inputRequestIn(span: Span, index: AttributeIndex, about: ReportedSpan): InputRequest | undefined {
  const own = inputRequestOfSpan(span, index, about);
  let last = own;
  for (const event of span.events ?? []) {
    const stated = inputRequestOfEvent(event, span, index, about);
    if (stated !== undefined && (last === undefined || stated.since >= last.since)) last = stated;
  }
  // What the attributes of an ended span say is what it ended with.
  if (own !== undefined && !about.running && own.since === timeOf(span, about)) last = own;
  return last?.state === "closed" && last.task === "" ? undefined : last;
}

function inputRequestOfSpan(span: Span, index: AttributeIndex, about: ReportedSpan): InputRequest | undefined {
  const task = textIn(index, FIELD.task) ?? "";
  const state = stateIn(textIn(index, FIELD.taskState), textIn(index, FIELD.approvalState));
  // Most spans say nothing, and their times need not be read.
  if (task === "" && state === undefined && index[FIELD.inputRequest] === undefined) return undefined;
  const { attributes = [], status, name = "" } = span;
  const told = (): string | undefined => questionAt(attributes, keys.QUESTION_KEYS);
  const start = startOf(span);
  if (index[FIELD.inputRequest] !== undefined) {
    // It lasts until there is an answer.
    if (!about.running) return undefined;
    const request = valueIn(index, FIELD.input);
    const question = told() ?? (request === undefined ? undefined : questionIn(request));
    return openRequest(start, task, question ?? questionFromName(name), undefined);
  }
  if (state === "open") {
    const question = told() ?? questionAt(attributes, ANSWER_KEYS) ?? questionFromName(status?.message || name);
    return openRequest(timeOf(span, about), task, question, about.tool);
  }
  // That somebody goes on with a task is an answer, whatever comes of it.
  return task === "" ? undefined : closedRequest(state === "closed" ? timeOf(span, about) : start, task);
}

/** An agent that asks back asks in its answer. */
const ANSWER_KEYS = [...OUTPUT_KEYS, ...LATER_OUTPUT_KEYS];

function inputRequestOfEvent(
  event: SpanEvent,
  span: Span,
  index: AttributeIndex,
  { running, tool }: ReportedSpan,
): InputRequest | undefined {
  const { name = "", attributes = [], timeUnixNano } = event;
  const stated = requestInEvent(name, attributes);
  if (stated === undefined) return undefined;
  const since = timeUnixNano === undefined ? startOf(span) : BigInt(timeUnixNano);
  const task = stated.task || (textIn(index, FIELD.task) ?? "");
  // A state outlives the span in which it was reached; a mere question has its answer when the span ends.
  if (stated.state === "closed" || (stated.by === "name" && !running)) return closedRequest(since, task);
  const question = stated.question ?? questionAt(span.attributes ?? [], keys.QUESTION_KEYS) ?? questionFromName(name);
  return openRequest(since, task, question, stated.tool ?? tool);
}

/** What a log record says of a question; `undefined` where it is about none. */
export function inputRequestOfRecord(record: {
  readonly name: string;
  readonly attributes: readonly KeyValue[];
  readonly body: AnyValue | undefined;
  /** Unix nanoseconds. */
  readonly time: bigint;
}): InputRequest | undefined {
  const { name, attributes, body, time } = record;
  const stated = requestInEvent(name, attributes);
  if (stated === undefined) return undefined;
  if (stated.state === "closed") return closedRequest(time, stated.task);
  const said = body === undefined ? undefined : questionIn(body);
  const question = stated.question ?? said ?? questionFromName(name);
  const asking = openRequest(time, stated.task, question, stated.tool);
  return stated.by === "name" ? { ...asking, untilEnd: true } : asking;
}

/** Reads an event; a log record that is an event reads the same. `undefined` where it is about no question. */
function requestInEvent(name: string, attributes: readonly KeyValue[]): EventRequest | undefined {
  const task = firstText(attributes, keys.TASK_STATE_KEYS);
  const byState = stateIn(task, firstText(attributes, keys.APPROVAL_STATE_KEYS));
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

function openRequest(since: bigint, task: string, question: string, tool: string | undefined): InputRequest {
  const named = tool === undefined ? {} : { tool: cut(tool, MAX_NAME) };
  return { state: "open", since, task: cut(task, MAX_NAME), question, ...named };
}

function closedRequest(since: bigint, task: string): InputRequest {
  return { state: "closed", since, task: cut(task, MAX_NAME), question: "" };
}

function startOf(span: Span): bigint {
  return BigInt(span.startTimeUnixNano ?? 0);
}

/** When the encoding's attributes were so, as far as it tells. */
function timeOf(span: Span, { running, asOf }: ReportedSpan): bigint {
  if (!running) return BigInt(span.endTimeUnixNano ?? 0);
  const start = startOf(span);
  // The number of a report is no time.
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
  // A span may have thousands of events.
  if (!SUBJECT_IN_NAME.test(name)) return undefined;
  const words = wordsOf(name).replace(/timed out$/, "timeout");
  const [about = "", what = ""] = words.split(" ").slice(-2);
  if (!EVENT_SUBJECTS.has(about)) return undefined;
  if (OPENING_WORDS.has(what)) return "open";
  return CLOSING_WORDS.has(what) ? "closed" : undefined;
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

const MAX_QUESTION = 160;
/** `{params: {status: {message: {…}}}}` and no deeper. */
const MAX_DEPTH = 3;

/** The first of the keys that asks something, its first line. */
export function questionAt(attributes: readonly KeyValue[], ordered: readonly string[]): string | undefined {
  for (const key of ordered) {
    const value = attributes.find((attribute) => attribute.key === key)?.value;
    const question = value === undefined ? undefined : questionIn(value);
    if (question !== undefined) return question;
  }
  return undefined;
}

/** The first line of what a value asks: of a request or a task the message in it, else as of any input. */
export function questionIn(value: AnyValue): string | undefined {
  const plain = value.stringValue === undefined ? plainValue(value) : parseJson(value.stringValue);
  const message = messageIn(plain);
  return message === undefined ? promptLine(value, MAX_QUESTION) : firstLine(message, MAX_QUESTION);
}

/** A name as the question, where nothing better is told. */
export function questionFromName(name: string): string {
  return firstLine(name, MAX_QUESTION) ?? "";
}

/** MCP's `{params: {message}}`, A2A's `{status: {message: {parts: [{text}]}}}`, and what is left of them when cut out. */
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
