import { firstLine } from "../lib/one-line.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import { jsonText, textOrJson } from "../otel/any-value.ts";
import { isBlank } from "./prompt.ts";

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
];
const NAME_FIELDS = ["name", "action", "toolName", "tool_name", "tool"];
/** UTF-16 units. */
const MAX_TEXT = 256;
const ARGUMENT_FIELDS = ["args", "arguments", "input", "parameters"];

/** `{value: {action_requests: [{…}]}}` and no deeper. */
const MAX_DEPTH = 5;

/** The first line of a request for a person's decision: its words, the tool call that it is about, or its data. */
export function requestText(request: unknown, length: number): string | undefined {
  const text = textOf(request, 0) ?? (isBlank(request) ? "" : jsonText(request));
  return firstLine(text, length);
}

function textOf(request: unknown, depth: number): string | undefined {
  if (typeof request === "string") return nonEmpty(request);
  if (Array.isArray(request)) return depth > MAX_DEPTH ? undefined : textOf(request[0], depth + 1);
  if (!isRecord(request) || depth > MAX_DEPTH) return undefined;
  const first = (fields: readonly string[]): string | undefined =>
    fields.map((field) => nonEmpty(request[field])).find((text) => text !== undefined);
  const name = first(NAME_FIELDS);
  const own = firstLine(first(TEXT_FIELDS) ?? "", MAX_TEXT);
  // The same line may stand in the requests of all tools: "Tool execution requires approval".
  if (own !== undefined) return name === undefined || own.includes(name) ? own : `${own}: ${name}`;
  for (const field of INNER_FIELDS) {
    const text = textOf(request[field], depth + 1);
    if (text !== undefined) return text;
  }
  if (name === undefined) return undefined;
  const given = ARGUMENT_FIELDS.map((field) => request[field]).find((value) => !isBlank(value));
  return given === undefined ? name : `${name}(${textOrJson(given)})`;
}
