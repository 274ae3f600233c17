import { jsonText, parseJson, textOrJson } from "../otel/any-value.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { plainResult } from "./tool-result.ts";

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
  // Gemini's content: a role and its parts.
  if (isRecord(content) && Array.isArray(content.parts)) return contentParts(content.parts);
  const parts: MessagePart[] = [];
  for (const item of Array.isArray(content) ? content.slice(0, MAX_PARTS) : [content]) {
    const part = readPart(item);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** The parts of a content that is JSON text of a list of parts; other texts stay one part. */
export function textParts(text: string): MessagePart[] {
  const list = /^\s*\[\s*\{/.test(text) ? parseJson(text) : undefined;
  const isParts =
    Array.isArray(list) && list.every((part) => isRecord(part) && (PART_TYPES.has(part.type) || isBedrockBlock(part)));
  return contentParts(isParts ? list : text);
}

/** A block without a type: its only field names it. */
function isBedrockBlock(part: PlainRecord): boolean {
  const [field, ...others] = Object.keys(part);
  return field !== undefined && others.length === 0 && BEDROCK_BLOCKS.has(field);
}

const BEDROCK_BLOCKS: ReadonlySet<string> = new Set([
  "text",
  "image",
  "document",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "cachePoint",
]);

const PART_TYPES: ReadonlySet<unknown> = new Set([
  "text",
  "image",
  "image_url",
  "input_text",
  "input_image",
  "input_audio",
  "input_file",
  "output_text",
  "audio",
  "file",
  "document",
  "thinking",
  "reasoning",
  "tool_use",
  "tool_result",
  "tool_call",
  "tool_call_response",
]);

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
  const name = nonEmpty(target.name) ?? nonEmpty(target.toolName) ?? nonEmpty(target.tool_name);
  if (name === undefined) return undefined;
  // An item of OpenAI's Responses API has an id of its own too, which its output does not have.
  const id = firstText(call.call_id, call.id, call.toolCallId, call.toolUseId, call.callId, value.id, call.ref);
  return {
    type: "tool_call",
    ...id,
    name,
    arguments: parsedText(target.arguments ?? target.args ?? target.input ?? null),
  };
}

function readPart(item: unknown): MessagePart | undefined {
  if (typeof item === "string") return item === "" ? undefined : { type: "text", text: item };
  if (!isRecord(item)) return item === null || item === undefined ? undefined : { type: "text", text: jsonText(item) };
  const part = isRecord(item.message_content) ? item.message_content : item;
  switch (part.type) {
    case "text":
    case "TEXT":
    case "input_text":
    case "output_text":
    case "refusal":
      return textPart("text", part.text ?? part.content ?? part.refusal);
    case "reasoning":
    case "thinking":
    case "redacted-reasoning":
      return textPart("reasoning", part.text ?? part.content ?? part.thinking ?? summary(part.summary));
    case "reasoningContent":
      return textPart("reasoning", isRecord(part.content) ? reasoningIn(part.content) : part.content);
    case "tool_call":
    case "tool-call":
    case "tool_use":
    case "toolUse":
    case "toolCall":
    case "server_tool_use":
    case "function_call":
      return toolCall(isRecord(item.tool_call) ? item : part);
    // The convention's calls of a provider's own tools.
    case "server_tool_call": {
      const { type: _, ...call } = isRecord(part.server_tool_call) ? part.server_tool_call : {};
      return toolCall({ ...part, name: part.name ?? part.id, arguments: call });
    }
    case "server_tool_call_response": {
      const { type: _, ...result } = isRecord(part.server_tool_call_response) ? part.server_tool_call_response : {};
      return toolResult({ id: part.id, result });
    }
    case "tool_call_response":
    case "tool-result":
    case "tool_result":
    case "toolResult":
    case "toolresult":
    case "function_call_output":
    case "tool-error":
      return toolResult(part);
    case undefined:
      return untypedPart(part);
    default:
      return { type: "other", is: typeof part.type === "string" ? part.type : "part", text: jsonText(part) };
  }
}

/** A part of Gemini, Genkit, Bedrock, Haystack, AutoGen or Rig: its fields show its type. */
function untypedPart(part: PlainRecord): MessagePart | undefined {
  if (typeof part.text === "string") return textPart(part.thought === true ? "reasoning" : "text", part.text);
  if (isRecord(part.text)) return textPart("text", part.text);
  const thought = part.reasoningContent ?? part.reasoning;
  if (isRecord(thought)) return textPart("reasoning", reasoningIn(thought));
  if (typeof thought === "string") return textPart("reasoning", thought);
  const call = part.toolRequest ?? part.functionCall ?? part.function_call ?? part.toolUse ?? part.tool_call;
  if (isRecord(call)) return toolCall(call);
  const response = part.toolResponse ?? part.functionResponse ?? part.function_response ?? part.toolResult;
  if (isRecord(response)) return toolResult(response);
  const result = part.tool_call_result;
  if (isRecord(result)) return toolResult({ ...(isRecord(result.origin) ? { id: result.origin.id } : {}), ...result });
  if (isRecord(part.function) && typeof part.function.name === "string") return toolCall(part);
  if (typeof part.name === "string" && ("arguments" in part || "args" in part)) return toolCall(part);
  if ("call_id" in part || "callId" in part) return toolResult(part);
  const fields = Object.keys(part);
  const kind = nonEmpty(part.kind) ?? (fields.length === 1 ? fields[0] : undefined);
  return { type: "other", is: kind ?? "part", text: jsonText(part) };
}

function toolResult(part: PlainRecord): MessagePart {
  const result = part.response ?? part.result ?? part.output ?? part.content ?? part.error ?? null;
  const id = firstText(part.call_id, part.id, part.callId, part.toolCallId, part.tool_use_id, part.toolUseId, part.ref);
  return { type: "tool_call_response", ...id, result: plainResult(result) };
}

function parsedText(value: unknown): unknown {
  return typeof value === "string" ? (parseJson(value) ?? value) : value;
}

function textPart(type: "text" | "reasoning", value: unknown): MessagePart | undefined {
  // Azure's agents and OpenAI's Assistants: `{value, annotations}`.
  const text = isRecord(value) && typeof value.value === "string" ? value.value : value;
  if (text === undefined || text === null || text === "") return undefined;
  return { type, text: textOrJson(text) };
}

/** Bedrock's `{reasoningText: {text}}`, Haystack's `{reasoning_text}`. */
function reasoningIn(value: PlainRecord): unknown {
  if (isRecord(value.reasoningText)) return value.reasoningText.text;
  return value.text ?? value.reasoningText ?? value.reasoning_text;
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
