import { parseJson } from "../otel/any-value.ts";
import { isRecord } from "../lib/plain-data.ts";
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
