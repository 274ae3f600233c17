import { jsonText, parseJson, plainValue } from "../otel/any-value.ts";
import { readMessages } from "./messages.ts";
import type { Message } from "./messages.ts";
import { firstLine } from "../lib/one-line.ts";
import type { AnyValue } from "../otel/span.ts";

/** Data nested deeper than this is not checked, and counts as not blank. */
const MAX_BLANK_DEPTH = 8;

/** The first line of an input: of its last user message if it holds messages, else of its text. */
export function promptLine(input: AnyValue, length: number): string | undefined {
  const text = input.stringValue;
  if (text !== undefined && input.offloaded !== undefined) {
    return firstLine(withoutContext(input.offloaded.prompt ?? textInPreview(text)), length);
  }
  const value = text === undefined ? plainValue(input) : (parseJson(text) ?? text);
  const messages = readMessages(value);
  const prompt = messages === undefined ? undefined : lastUserText(messages);
  if (prompt !== undefined) return firstLine(withoutContext(prompt), length);
  if (isBlank(value)) return undefined;
  const only = typeof value === "string" ? value : onlyText(value);
  return firstLine(withoutContext(only ?? text ?? jsonText(value)), length);
}

/** The text, if a value holds one text, and nothing else but switches: `{"q": "…"}`, `["…"]`, `{"task": "…", "stream": false}`. */
export function onlyText(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > MAX_BLANK_DEPTH) return undefined;
  const filled = Object.values(value).filter((inner) => typeof inner !== "boolean" && !isBlank(inner));
  return filled.length === 1 ? onlyText(filled[0], depth + 1) : undefined;
}

/** Blocks that a harness puts before the user's words: `<environment_context>…</environment_context>`. */
const CONTEXT_BLOCK = /^\s*<([a-zA-Z][\w-]*)(?:\s[^<>]*)?>[\s\S]*?<\/\1>/;
const MAX_BLOCKS = 16;

/** The text after leading blocks of context; the text itself if it has nothing else. */
export function withoutContext(text: string): string {
  let rest = text;
  for (let left = MAX_BLOCKS; left > 0; left--) {
    const block = CONTEXT_BLOCK.exec(rest);
    if (block === null) break;
    rest = rest.slice(block[0].length);
  }
  return rest.trim() === "" ? text : rest;
}

/** As {@link promptLine}, for conversations only: `undefined` for any other value. */
export function conversationPrompt(value: AnyValue, length: number): string | undefined {
  const text = value.stringValue;
  if (value.offloaded?.prompt !== undefined) return firstLine(withoutContext(value.offloaded.prompt), length);
  if (text !== undefined && !/^\s*[[{]/.test(text)) return undefined;
  const messages = readMessages(text === undefined ? plainValue(value) : parseJson(text));
  const prompt = messages === undefined ? undefined : lastUserText(messages);
  return prompt === undefined ? undefined : firstLine(withoutContext(prompt), length);
}

/** Whether plain data has no content: empty arguments, for example. */
export function isBlank(value: unknown, depth = 0): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (typeof value !== "object" || depth > MAX_BLANK_DEPTH) return false;
  return Object.values(value).every((inner) => isBlank(inner, depth + 1));
}

/** The text of the last user message that has one, else of the last other message that has one; instructions are no prompt. */
export function lastUserText(messages: readonly Message[]): string | undefined {
  let any: string | undefined;
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    const text = message === undefined ? undefined : messageText(message);
    if (text === undefined) continue;
    if (message?.role === "user") return text;
    if (message?.role !== "system") any ??= text;
  }
  return any;
}

/** A message's text parts; `undefined` if it has only tool calls or their results. */
export function messageText(message: Message): string | undefined {
  const texts = message.parts
    .map((part) => (part.type === "text" ? part.text : ""))
    .filter((text) => text.trim() !== "");
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** A preview of a large value does not parse. Searches it for the first text, the user's if the preview shows roles. */
export function textInPreview(preview: string): string {
  if (!/^\s*[[{]/.test(preview)) return preview;
  const user = preview.search(USER);
  return (user < 0 ? undefined : firstTextIn(preview.slice(user))) ?? firstTextIn(preview) ?? preview;
}

/**
 * The first line of the first user message in JSON text, found without parsing: each model call repeats its whole
 * conversation. `undefined` if the role does not stand right before the text; the caller then parses the JSON.
 */
export function quickPromptLine(text: string, length: number): string | undefined {
  const user = USER.exec(text);
  if (user === null) return undefined;
  const after = text.slice(user.index + user[0].length, user.index + user[0].length + QUICK_LENGTH);
  const found = FIRST_TEXT.exec(after);
  // If the object ends before a text, its text stood before the role.
  if (found === null || after.slice(0, found.index).includes("}")) return undefined;
  return firstLine(withoutContext(unescaped(found[1] ?? "")), length);
}

/** UTF-16 units after the role in which the text begins. */
const QUICK_LENGTH = 4_096;

/** Matches JSON of messages, and OTLP/JSON of a structured value. */
const USER = /"role"\s*(?::|,\s*"value"\s*:\s*\{\s*"stringValue"\s*:)\s*"(?:user|human)"/;
const FIRST_TEXT = /"(?:content|text|prompt)"\s*(?::|,\s*"value"\s*:\s*\{\s*"stringValue"\s*:)\s*"((?:[^"\\]|\\.)+)/;

function firstTextIn(preview: string): string | undefined {
  const escaped = FIRST_TEXT.exec(preview)?.[1];
  return escaped === undefined ? undefined : unescaped(escaped);
}

/** The inside of a JSON string, which may be cut anywhere. */
function unescaped(escaped: string): string {
  if (!escaped.includes("\\")) return escaped;
  // The text may end inside an escape sequence.
  const whole = escaped.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, "");
  try {
    return JSON.parse(`"${whole}"`);
  } catch {
    return whole;
  }
}
