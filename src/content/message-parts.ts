import { jsonText, parseJson } from "../otel/any-value.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

export type MessagePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  /** `arguments`: parsed if they were JSON text. */
  | { readonly type: "tool_call"; readonly id?: string; readonly name: string; readonly arguments: unknown }
  | { readonly type: "tool_call_response"; readonly id?: string; readonly result: unknown }
  /** A picture, a file, any other part: the producer's word for it, and its JSON. */
  | { readonly type: "other"; readonly is: string; readonly text: string };

/** More parts of one message than any page shows. */
const MAX_PARTS = 1_000;

/** The parts of a message's content: a text, a part, or a list of both. */
export function contentParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === "") return [];
  const parts: MessagePart[] = [];
  for (const item of Array.isArray(content) ? content.slice(0, MAX_PARTS) : [content]) {
    const part = readPart(item);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** The tool calls in a list of OpenAI, LangChain, OpenInference or the AI SDK, or in JSON text of such a list. */
export function toolCalls(value: unknown): MessagePart[] {
  const list = typeof value === "string" ? parseJson(value) : value;
  if (!Array.isArray(list)) return [];
  const parts: MessagePart[] = [];
  for (const listed of list.slice(0, MAX_PARTS)) {
    // LiveKit writes each call as JSON text.
    const item: unknown = typeof listed === "string" ? parseJson(listed) : listed;
    const call = isRecord(item) ? toolCall(item) : undefined;
    if (call !== undefined) parts.push(call);
  }
  return parts;
}

function toolCall(value: PlainRecord): MessagePart | undefined {
  const call = isRecord(value.tool_call) ? value.tool_call : value;
  const target = isRecord(call.function) ? call.function : call;
  const name = nonEmpty(target.name) ?? nonEmpty(target.toolName);
  if (name === undefined) return undefined;
  const id = firstText(call.id, call.call_id, call.toolCallId, call.toolUseId, value.id, call.ref);
  return {
    type: "tool_call",
    ...id,
    name,
    arguments: unwrapped(target.arguments ?? target.args ?? target.input ?? null),
  };
}

function readPart(item: unknown): MessagePart | undefined {
  if (typeof item === "string") return item === "" ? undefined : { type: "text", text: item };
  if (!isRecord(item)) return item === null || item === undefined ? undefined : { type: "text", text: jsonText(item) };
  const part = isRecord(item.message_content) ? item.message_content : item;
  switch (part.type) {
    case "text":
    case "input_text":
    case "output_text":
    case "refusal":
      return textPart("text", part.text ?? part.content ?? part.refusal);
    case "reasoning":
    case "thinking":
    case "redacted-reasoning":
      return textPart("reasoning", part.text ?? part.content ?? part.thinking ?? summary(part.summary));
    case "tool_call":
    case "tool-call":
    case "tool_use":
    case "toolUse":
    case "server_tool_use":
    case "function_call":
      return toolCall(part);
    case "tool_call_response":
    case "tool-result":
    case "tool_result":
    case "toolResult":
    case "function_call_output":
    case "tool-error":
      return toolResult(part);
    case undefined:
      return untypedPart(part);
    default:
      return { type: "other", is: typeof part.type === "string" ? part.type : "part", text: jsonText(part) };
  }
}

/** A part of Gemini, Genkit or Bedrock: its only field names its type. */
function untypedPart(part: PlainRecord): MessagePart | undefined {
  if (typeof part.text === "string") return textPart("text", part.text);
  const thought = part.reasoningContent;
  if (isRecord(thought)) return textPart("reasoning", reasoningIn(thought));
  const call = part.toolRequest ?? part.functionCall ?? part.function_call ?? part.toolUse;
  if (isRecord(call)) return toolCall(call);
  const response = part.toolResponse ?? part.functionResponse ?? part.function_response ?? part.toolResult;
  if (isRecord(response)) return toolResult(response);
  return { type: "other", is: "part", text: jsonText(part) };
}

function toolResult(part: PlainRecord): MessagePart {
  const result = part.response ?? part.result ?? part.output ?? part.content ?? part.error ?? null;
  return {
    type: "tool_call_response",
    ...firstText(part.id, part.call_id, part.toolCallId, part.tool_use_id, part.toolUseId, part.ref),
    result: unwrapped(result),
  };
}

/** Parses JSON text; replaces the AI SDK's `{type: "json" | "text", value}` by its value. */
function unwrapped(value: unknown): unknown {
  if (typeof value === "string") return parseJson(value) ?? value;
  if (isRecord(value) && (value.type === "json" || value.type === "text") && "value" in value) return value.value;
  return value;
}

function textPart(type: "text" | "reasoning", value: unknown): MessagePart | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return { type, text: typeof value === "string" ? value : jsonText(value) };
}

/** Bedrock's `{reasoningText: {text}}`. */
function reasoningIn(value: PlainRecord): unknown {
  return isRecord(value.reasoningText) ? value.reasoningText.text : (value.text ?? value.reasoningText);
}

function summary(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const texts = value.map((item) => (isRecord(item) ? (nonEmpty(item.text) ?? "") : ""));
  return texts.filter((text) => text !== "").join("\n\n");
}

function firstText(...candidates: readonly unknown[]): { readonly id?: string } {
  for (const candidate of candidates) {
    const id = nonEmpty(candidate);
    if (id !== undefined) return { id };
  }
  return {};
}
