import { isRecord } from "../../lib/plain-data.ts";
import { jsonText, parseJson } from "../../otel/any-value.ts";

/** Longer JSON is written on several lines. */
const MAX_JSON_LINE = 120;
const TYPED_VALUES: ReadonlySet<string> = new Set(["text", "json", "error-text", "error-json", "content"]);
/** Wrappers within wrappers that are opened. */
const MAX_DEPTH = 4;

/** Arguments as text: as they are, or JSON. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  const line = jsonText(value);
  return line.length <= MAX_JSON_LINE ? line : jsonText(value, 2);
}

/** What a tool returned: the text in the parts of a message or in the message itself, else JSON. */
export function resultText(value: unknown): string {
  return textWithin(value, 0) ?? argumentsText(value);
}

function textWithin(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === "string") {
    const parsed = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
    return (parsed === undefined ? undefined : textWithin(parsed, depth + 1)) ?? value;
  }
  if (Array.isArray(value)) {
    const texts = value.map((item: unknown) => textOfPart(item));
    return texts.length > 0 && texts.every((text) => text !== undefined) ? texts.join("\n") : undefined;
  }
  if (!isRecord(value)) return undefined;
  // LangChain's message of a tool, alone or as the only output.
  if (isRecord(value.kwargs) && value.lc !== undefined) return textWithin(value.kwargs.content, depth + 1);
  const [only, ...others] = Object.keys(value);
  if (only === "output" && others.length === 0) return textWithin(value.output, depth + 1);
  // The AI SDK's forms.
  if (typeof value.type === "string" && TYPED_VALUES.has(value.type) && "value" in value)
    return textWithin(value.value, depth + 1);
  // MCP's result. Structured content beside it says the same.
  if (Array.isArray(value.content)) return textWithin(value.content, depth + 1);
  return undefined;
}

function textOfPart(item: unknown): string | undefined {
  return isRecord(item) && (item.type === undefined || item.type === "text") && typeof item.text === "string"
    ? item.text
    : undefined;
}
