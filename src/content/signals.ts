import { isRecord } from "../lib/plain-data.ts";
import { jsonText, parseJson, plainValue } from "../otel/any-value.ts";
import type { AnyValue } from "../otel/span.ts";

/**
 * What contents say about the course of their span, whatever else they say. Of an output: the call failed though the span
 * does not report it (`failed`), the run stopped for a person's answer (`asks`), the result will follow (`pends`). Of an
 * input: the run goes on after such a stop (`resumes`).
 */
export type Signal = "failed" | "asks" | "pends" | "resumes";

/** The shortest texts with each signal: all that is left of a value without its contents. */
export const SIGNAL_TEXT: Readonly<Record<Signal, string>> = {
  failed: '{"isError":true}',
  asks: '{"status":"suspended"}',
  pends: '{"status":"pending"}',
  resumes: '{"__resume__":null}',
};

/** UTF-16 units. A longer text is a document, and no result. */
const MAX_TEXT = 65_536;

/** UTF-16 units: signals stand near the beginning of an output, or near its end. */
const HEAD = 512;
const TAIL = 1_536;

/** A result of the Model Context Protocol that reports a failure. */
const FAILED = ['"isError"', '"is_error"'] as const;
/** Sought as they stand, since most outputs have none of them. */
const ASKING = ['"__interrupt__"', "approval_request", "approval-request", '"interrupt"', "adk_request_"] as const;
/** Words of short results, and of the state that comes first. */
const ASKING_FIRST = ['"suspended"', "requires confirmation, please approve", "Needs your authorization"] as const;
const PENDING = '"pending"';
/** Whether any of these words may stand in a text: one pass answers it for nearly all outputs. */
const ANY = new RegExp([...FAILED, ...ASKING, ...ASKING_FIRST, PENDING].join("|"));
const RESUMING = ["Command(resume=", '"__resume__"'] as const;

/** The signal of an output. */
export function outputSignal(value: AnyValue): Signal | undefined {
  const text = textToSearch(value);
  if (text === undefined) return undefined;
  const head = text.slice(0, HEAD);
  const ends = text.length <= HEAD + TAIL ? text : head + text.slice(-TAIL);
  if (!ANY.test(ends)) return undefined;
  const has = (word: string): boolean => ends.includes(word);
  const starts = (word: string): boolean => head.includes(word);
  if (FAILED.some(has) && reportsFailure(parsed(text, value))) return "failed";
  if ((ASKING.some(has) || ASKING_FIRST.some(starts)) && requestIn(parsed(text, value)) !== undefined) return "asks";
  if (!starts(PENDING)) return undefined;
  const result = parsed(text, value);
  return isRecord(result) && result.status === "pending" ? "pends" : undefined;
}

/** The signal of an input. */
export function inputSignal(value: AnyValue): Signal | undefined {
  const text = textToSearch(value);
  const head = text?.slice(0, HEAD);
  return head !== undefined && RESUMING.some((word) => head.includes(word)) ? "resumes" : undefined;
}

function textToSearch(value: AnyValue): string | undefined {
  const { stringValue, offloaded } = value;
  if (offloaded !== undefined) return undefined;
  if (stringValue === undefined) return value.kvlistValue === undefined ? undefined : jsonText(plainValue(value));
  return stringValue.length > MAX_TEXT ? undefined : stringValue;
}

function parsed(text: string, { stringValue }: AnyValue): unknown {
  return parseJson(stringValue ?? text);
}

function reportsFailure(result: unknown): boolean {
  return isRecord(result) && (result.isError === true || result.is_error === true);
}

/** The text of a failed result: of its first part that has one. */
export function failureText(value: AnyValue): string | undefined {
  const result = value.stringValue === undefined ? plainValue(value) : parseJson(value.stringValue);
  if (!isRecord(result)) return undefined;
  const { content, error, message } = result;
  const parts = Array.isArray(content) ? content : [content];
  const texts = parts.map((part: unknown) => (isRecord(part) ? part.text : part));
  return [...texts, error, message].find((text): text is string => typeof text === "string" && text !== "");
}

/** Visited values of one output. */
const MAX_VISITED = 2_000;
const MAX_DEPTH = 12;

const APPROVAL_REQUEST = /^(?:tool|function|mcp)[-_]approval[-_]request$/;
const APPROVAL_RESPONSE = /^(?:tool|function|mcp)[-_]approval[-_]response$/;
/** Calls with which Google ADK asks for a decision, a credential or an input. */
const ADK_REQUEST = /^adk_request_(confirmation|credential|input)$/;
const ADK_CONFIRMATION = /requires confirmation, please approve/;
const ADK_AUTHORIZATION = /^Needs your authorization/;

/** The part of an output that asks a person: LangGraph's interrupts, a suspended run, a request for approval. */
export function requestIn(output: unknown): unknown {
  let visited = 0;
  let found: unknown;
  let isAnswered = false;
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH || visited++ > MAX_VISITED) return;
    if (isRecord(value)) {
      if (typeof value.type === "string" && APPROVAL_RESPONSE.test(value.type)) isAnswered = true;
      found ??= requestOf(value, depth);
    }
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(output, 0);
  // What a policy answers at once asks no person.
  return isAnswered ? undefined : found;
}

function requestOf(value: Readonly<Record<string, unknown>>, depth: number): unknown {
  const { type, status, name, error, message, pending, finish_reason: reason } = value;
  const interrupts = value.__interrupt__;
  if (Array.isArray(interrupts) && interrupts.length > 0) return interrupts[0];
  if (typeof type === "string" && APPROVAL_REQUEST.test(type)) return value;
  const adk = typeof name === "string" ? ADK_REQUEST.exec(name) : null;
  // What is asked for a credential has secrets.
  if (adk !== null) return adk[1] === "credential" ? {} : (value.args ?? {});
  // A word of its own text: only the output itself or one of its messages states it.
  if (depth === 0 && status === "suspended") return value;
  if (depth <= 1 && reason === "interrupt") return {};
  if (depth === 0 && typeof error === "string" && ADK_CONFIRMATION.test(error)) return {};
  if (depth === 0 && pending === true && typeof message === "string" && ADK_AUTHORIZATION.test(message)) return value;
  return undefined;
}
