import { oneLine } from "../lib/one-line.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { jsonText } from "../otel/any-value.ts";

/** The fields of a request for a person's decision that hold its words, best first. */
const TEXT_FIELDS = ["question", "message", "prompt", "hint", "description", "query", "text", "title", "instructions"];
/** The fields that hold the request itself, or the tool call that needs the decision. */
const INNER_FIELDS = [
  "value",
  "action_requests",
  "actionRequests",
  "action_request",
  "toolConfirmation",
  "originalFunctionCall",
  "function_call",
  "toolCall",
  "tool_call",
  "args",
];
const NAME_FIELDS = ["name", "action", "toolName", "tool_name", "tool"];
const ARGUMENT_FIELDS = ["args", "arguments", "input", "parameters"];

/** `{value: {action_requests: [{…}]}}` and no deeper. */
const MAX_DEPTH = 5;

/** The first line of a request for a person's decision: its words, the tool call that it is about, or its data. */
export function requestText(request: unknown, length: number): string | undefined {
  const text = textOf(request, 0) ?? (isRecord(request) ? callOf(request) : undefined);
  if (text !== undefined) return oneLine(firstFilled(text), length) || undefined;
  if (request === undefined || request === null) return undefined;
  if (typeof request !== "object") return oneLine(jsonText(request), length) || undefined;
  return Object.keys(request).length === 0 ? undefined : oneLine(jsonText(request), length);
}

function firstFilled(text: string): string {
  return text.split(/[\r\n]+/).find((line) => line.trim() !== "") ?? "";
}

function textOf(request: unknown, depth: number): string | undefined {
  if (typeof request === "string") return request.trim() === "" ? undefined : request;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(request)) return textOf(request[0], depth + 1);
  if (!isRecord(request)) return undefined;
  const inner = INNER_FIELDS.filter((field) => typeof request[field] === "object").map((field) => request[field]);
  const own = TEXT_FIELDS.map((field) => nonEmpty(request[field])).find((text) => text !== undefined);
  const name = firstOf(request, NAME_FIELDS);
  // Its first line may be a phrase for all tools: "Tool execution requires approval".
  if (own !== undefined) {
    const line = firstFilled(own);
    return name === undefined || line.includes(name) ? line : `${line}: ${name}`;
  }
  const value = nonEmpty(request["value"]);
  if (value !== undefined) return value;
  const isWrapped = request["toolConfirmation"] !== undefined || isRecord(request["args"]);
  if (!isWrapped && name !== undefined) return callOf(request);
  for (const one of inner) {
    const text = textOf(one, depth + 1) ?? (isRecord(one) ? callOf(one) : undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** `delete_file({"path":"/tmp"})` */
function callOf(request: PlainRecord): string | undefined {
  const name = firstOf(request, NAME_FIELDS);
  if (name === undefined) return undefined;
  const given = ARGUMENT_FIELDS.map((field) => request[field]).find((value) => value !== undefined && value !== null);
  if (given === undefined) return name;
  return `${name}(${typeof given === "string" ? given : jsonText(given)})`;
}

function firstOf(request: PlainRecord, fields: readonly string[]): string | undefined {
  return fields.map((field) => nonEmpty(request[field])).find((text) => text !== undefined);
}
