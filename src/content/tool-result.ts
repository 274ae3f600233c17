import { parseJson } from "../otel/any-value.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

/**
 * What a tool returned, without what frameworks wrap around it: JSON text, LangChain's messages, the AI SDK's
 * `{type, value}`, and the blocks of the Model Context Protocol and Bedrock.
 */
export function plainResult(value: unknown): unknown {
  const parsed = typeof value === "string" ? (parseJson(value) ?? value) : value;
  if (Array.isArray(parsed)) return blocksText(parsed) ?? parsed;
  if (!isRecord(parsed)) return parsed;
  const content = wrapped(parsed);
  return content === undefined ? parsed : plainResult(content);
}

/** A tool's arguments without those of the function that calls it: Python's `args` and `kwargs`, LangChain's callback. */
export function plainArguments(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { inputs, input_str: text, args, kwargs } = value;
  if (typeof text === "string") return isRecord(inputs) ? inputs : (parseJson(text) ?? text);
  if (!Array.isArray(args) || !isRecord(kwargs)) return value;
  if (args.length === 0) return kwargs;
  const [first] = args as readonly unknown[];
  if (args.length > 1 || Object.keys(kwargs).length > 0) return value;
  return typeof first === "string" ? (parseJson(first) ?? first) : first;
}

/** A parameter beside `args` and `kwargs` of the method by which smolagents calls every tool. */
const CALLING_METHOD = "sanitize_inputs_outputs";

export function isCallingMethod(value: unknown): boolean {
  return isRecord(value) && CALLING_METHOD in value;
}

/** The id of the call, if a framework returns its whole message. */
export function callIdOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const message = isRecord(value.output) ? value.output : value;
  const inner = [message.kwargs, message.data].find(isRecord);
  const { tool_call_id: id } = inner ?? message;
  return nonEmpty(id);
}

const AI_SDK_TYPES: ReadonlySet<unknown> = new Set(["json", "text", "error-json", "error-text", "content"]);

/** Fields of a result of the Model Context Protocol that say nothing beside its content. */
const MCP_FIELDS: ReadonlySet<string> = new Set([
  "content",
  "isError",
  "is_error",
  "_meta",
  "meta",
  "structuredContent",
]);

/** The result in a wrapper that adds nothing; `undefined` for any other data. */
function wrapped(value: PlainRecord): unknown {
  const { kwargs } = value;
  if (value.type === "constructor" && isRecord(kwargs) && Array.isArray(value.id))
    return String(value.id.at(-1)).startsWith("ToolMessage") ? (kwargs.content ?? "") : undefined;
  if (AI_SDK_TYPES.has(value.type) && "value" in value) return value.value;
  if (value.type === "tool" && "tool_call_id" in value && "content" in value) return value.content;
  // LangChain's message as a dictionary.
  if (value.type === "tool" && isRecord(value.data) && "content" in value.data) return value.data.content;
  // LlamaIndex's output of a tool.
  if ("raw_output" in value && "tool_name" in value) return value.raw_output;
  const keys = Object.keys(value);
  if (keys.length === 1 && isRecord(value.output) && wrapped(value.output) !== undefined) return wrapped(value.output);
  // OpenLLMetry's record of a callback.
  if (keys.length === 2 && "output" in value && isRecord(kwargs)) return value.output;
  if (!Array.isArray(value.content) || !keys.every((key) => MCP_FIELDS.has(key))) return undefined;
  return value.isError === true || isRecord(value.structuredContent) ? undefined : blocksText(value.content);
}

/** The text of blocks that all have text; the data of a single JSON block. */
function blocksText(blocks: readonly unknown[]): unknown {
  if (blocks.length === 0) return undefined;
  const [first] = blocks;
  if (blocks.length === 1 && isRecord(first) && Object.keys(first).length === 1 && isRecord(first.json))
    return first.json;
  const texts: string[] = [];
  for (const block of blocks) {
    const text = isRecord(block) ? blockText(block) : undefined;
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.join("\n");
}

/** Fields that blocks of text have beside it. */
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "text",
  "annotations",
  "_meta",
  "meta",
  "cache_control",
  "id",
]);

function blockText(block: PlainRecord): string | undefined {
  if (typeof block.text !== "string" || (block.type !== undefined && block.type !== "text")) return undefined;
  return Object.keys(block).every((key) => TEXT_FIELDS.has(key)) ? block.text : undefined;
}
