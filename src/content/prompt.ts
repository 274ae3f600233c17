import { jsonText, parseJson, plainValue } from "../otel/any-value.ts";
import { itemsOfJson } from "./content-value.ts";
import { readMessages } from "./messages.ts";
import { pythonValue } from "./python-text.ts";
import type { Message } from "./messages.ts";
import { firstLine } from "../lib/one-line.ts";
import type { AnyValue } from "../otel/span.ts";

/** Data nested deeper than this is not checked, and counts as not blank. */
const MAX_BLANK_DEPTH = 8;

/** One line of what was asked. `isGuess`: no user said it; a span with a user's words has a better one. */
export type Prompt = { readonly line: string; readonly isGuess: boolean };

/** The prompt in an input: the user's words in it, else its text, else as a guess the words of others, or its data. */
export function promptOf(input: AnyValue, length: number): Prompt | undefined {
  const text = input.stringValue;
  if (text !== undefined && input.offloaded !== undefined) {
    const { prompt } = input.offloaded;
    return prompt === undefined ? ofText(textInPreview(text), length) : said(prompt, length);
  }
  const value = text === undefined ? itemsOfJson(plainValue(input)) : (parseJson(text) ?? pythonData(text) ?? text);
  if (typeof value === "string") return ofText(value, length);
  const messages = readMessages(value);
  const prompt = messages === undefined ? undefined : promptInMessages(messages);
  if (prompt !== undefined) return said(prompt, length);
  const others = messages === undefined ? undefined : lastUserText(messages);
  if (others !== undefined) return guessed(others, length);
  const { text: main, hasWords } = mainText(value);
  if (main !== undefined) return ofText(main, length);
  if (!hasWords) return undefined;
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === "string");
  return guessed(isTexts ? value.map(unquoted).join(", ") : (text ?? jsonText(value)), length);
}

/** Python's text of data, which producers write where they do not make JSON of it. */
function pythonData(text: string): unknown {
  const data = PYTHON_DATA.test(text) ? pythonValue(text, 0) : undefined;
  return typeof data === "object" ? data : undefined;
}

const PYTHON_DATA = /^(?:\[\{|\{)'\w+':/;

/** The AI SDK writes each text of a list as JSON. */
function unquoted(text: string): string {
  const parsed = parseJson(text);
  return typeof parsed === "string" ? parsed : text;
}

/** The text, if a value holds one text, and nothing else but switches: `{"q": "…"}`, `["…"]`, `{"task": "…", "stream": false}`. */
export function onlyText(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || depth > MAX_BLANK_DEPTH) return undefined;
  const filled = Object.values(value).filter((inner) => typeof inner !== "boolean" && !isBlank(inner));
  return filled.length === 1 ? onlyText(filled[0], depth + 1) : undefined;
}

/** The text of data that is a prompt by its form; `undefined` without one. */
export function promptInData(data: unknown): string | undefined {
  return mainText(data).text;
}

/** The line of {@link promptOf}. */
export function promptLine(input: AnyValue, length: number): string | undefined {
  return promptOf(input, length)?.line;
}

/** As {@link promptOf}, for what a user said in a conversation only: `undefined` for any other value. */
export function conversationPrompt(value: AnyValue, length: number): string | undefined {
  const text = value.stringValue;
  if (value.offloaded?.prompt !== undefined) return firstLine(withoutContext(value.offloaded.prompt), length);
  if (text !== undefined && !/^\s*[[{]/.test(text)) return undefined;
  const messages = readMessages(text === undefined ? itemsOfJson(plainValue(value)) : parseJson(text));
  const prompt = messages === undefined ? undefined : promptInMessages(messages);
  return prompt === undefined ? undefined : firstLine(prompt, length);
}

function said(text: string, length: number): Prompt | undefined {
  return promptFrom(firstLine(withoutContext(text), length), false);
}

function guessed(text: string, length: number): Prompt | undefined {
  return promptFrom(firstLine(withoutContext(text), length), true);
}

function promptFrom(line: string | undefined, isGuess: boolean): Prompt | undefined {
  return line === undefined ? undefined : { line, isGuess };
}

/** A text of an input. An id, a path, a template or Python's form of an object is no prompt. */
function ofText(text: string, length: number): Prompt | undefined {
  const words = withoutContext(text).trim();
  return NO_PROMPTS.some((form) => form.test(words)) ? undefined : said(words, length);
}

/** A UUID, a hash, a number, or a prefix with one of these: `run_9f8a7b6c5d4e`. */
const ID =
  /^(?:[a-z]{1,16}[_:-]){0,3}(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[^\s]*\d)[0-9a-z]{12,64}|\d{5,})$/i;
const PATHS = /^(?:file:\/\/|[a-z]:\\|~?\/|\.{1,2}\/)\S+(?:\s+(?:file:\/\/|[a-z]:\\|~?\/|\.{1,2}\/)\S+)*$/i;
const TEMPLATE = /^[^{}]{0,64}\{\{?[\w.[\]! =]{1,64}\}\}?[^{}]{0,64}$/;
/** `ChatMessage(role=…`, `<FunctionTool object>`. */
const PYTHON_OBJECT = /^(?:[A-Z]\w*\((?:\w+=|\))|<[\w.]+ object\b)/;
const NO_PROMPTS = [ID, PATHS, TEMPLATE, PYTHON_OBJECT];

/** Fields that hold what a user asked, the most specific first. */
const PROMPT_FIELDS: readonly string[] = [
  "prompt",
  "question",
  "user_prompt",
  "user_query",
  "userQuery",
  "user_message",
  "userMessage",
  "user_msg",
  "user_input",
  "userInput",
  "chatInput",
  "sys.query",
  "query",
  "q",
  "queryText",
  "query_text",
  "task",
  "request",
  "input",
  "message",
  "text",
  "topic",
  "instruction",
  "content",
  "description",
];
const PROMPT_RANKS: ReadonlyMap<string, number> = new Map(PROMPT_FIELDS.map((field, rank) => [field, rank]));
/** Fields around the fields of an input. */
const AROUND_FIELDS: ReadonlySet<string> = new Set([
  ...PROMPT_FIELDS,
  "inputs",
  "args",
  "kwargs",
  "arguments",
  "params",
  "data",
  "state",
  "body",
  "payload",
  "event",
]);

/** Values that are visited in search of a text. */
const MAX_VISITS = 256;

/** A value in data. `isTop`: only fields around the fields of an input stand above it. */
type Visit = { readonly field: string; readonly value: unknown; readonly isTop: boolean };

/**
 * The text of data that is a prompt by its form: the only one (`{"q": "…"}`, `["…"]`, ids do not count), else that of the
 * most specific field near the top. `hasWords`: it has a text other than ids at all.
 */
function mainText(data: unknown): { readonly text: string | undefined; readonly hasWords: boolean } {
  const texts = new Set<string>();
  let level: Visit[] = [{ field: "", value: data, isTop: true }];
  let best: { readonly text: string; readonly rank: number } | undefined;
  let visits = 0;
  for (let depth = 0; level.length > 0 && depth < MAX_BLANK_DEPTH && visits < MAX_VISITS; depth++) {
    const next: Visit[] = [];
    let found: typeof best;
    for (const { field, value, isTop } of level) {
      visits++;
      if (typeof value === "object" && value !== null) {
        for (const inner of visitsBelow(value, field, isTop)) if (next.length < MAX_VISITS) next.push(inner);
      } else if (typeof value === "string" && isWords(value)) {
        texts.add(value);
        const rank = isTop ? PROMPT_RANKS.get(field) : undefined;
        if (rank !== undefined && (found === undefined || rank < found.rank)) found = { text: value, rank };
      }
    }
    best ??= found;
    level = next;
  }
  const [only] = texts;
  return { text: texts.size === 1 && visits < MAX_VISITS ? only : best?.text, hasWords: texts.size > 0 };
}

function visitsBelow(value: object, field: string, isTop: boolean): Visit[] {
  if (Array.isArray(value)) return value.slice(0, MAX_VISITS).map((inner: unknown) => ({ field, value: inner, isTop }));
  const isAround = isTop && (field === "" || AROUND_FIELDS.has(field));
  return Object.entries(value)
    .slice(0, MAX_VISITS)
    .map(([name, inner]: [string, unknown]) => ({ field: name, value: inner, isTop: isAround }));
}

/** Whether a text in data is neither blank, nor an id, nor Python's form of an object. */
function isWords(text: string): boolean {
  const words = text.trim();
  return words !== "" && !ID.test(words) && !PYTHON_OBJECT.test(words);
}

/** Blocks that a harness puts before the user's words: `<environment_context>…</environment_context>`, also under a heading. */
const CONTEXT_BLOCK = /^\s*(?:#[^\n]{0,200}\n\s*)?<([a-zA-Z][\w-]*)(?:\s[^<>]*)?>([\s\S]*?)<\/\1>/;
/** Names of a harness's own blocks; those of HTML have neither. */
const HARNESS_NAME = /[-_]/;
/** The beginning of a harness's block that was cut before its end. */
const OPEN_BLOCK = /^\s*<[a-zA-Z]\w*[-_][\w-]*(?:\s[^<>]*)?>/;
const HTML_NAME =
  /^(?:a|article|b|body|br|button|center|code|details|div|em|footer|form|h[1-6]|head|header|html|i|img|label|li|main|nav|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|svg|table|td|th|tr|u|ul)$/i;
/** Blocks that hold the user's words. */
const PROMPT_BLOCK = /^(?:user_?)?(?:task|question|query|prompt|request|message|input)$/i;
const MAX_BLOCKS = 16;

/** The text after leading blocks of context; if it has nothing else, the inside of a harness's last one, or the text itself. */
export function withoutContext(text: string): string {
  const words = userWords(text);
  if (words !== undefined) return words;
  let rest = text;
  let inner = text;
  for (let left = MAX_BLOCKS; left > 0; left--) {
    const block = CONTEXT_BLOCK.exec(rest);
    if (block === null) break;
    if (HARNESS_NAME.test(block[1] ?? "") && block[2]?.trim()) inner = block[2];
    rest = rest.slice(block[0].length);
  }
  return inner;
}

/** The user's words in a text: without blocks of context, and without JSON around one text; `undefined` if it has only context. */
function userWords(text: string): string | undefined {
  // Most texts: neither markup, nor JSON, nor blank.
  const first = text.charCodeAt(0) | LOWER_CASE;
  if (first >= LETTER_A && first <= LETTER_Z) {
    if (SPEAKERS.test(text)) return Array.from(text.matchAll(USER_TURNS)).at(-1)?.[1] ?? text;
    return TITLE_LETTERS.has(first) && TITLE_REQUEST.test(text) ? undefined : text;
  }
  let rest = text;
  for (let left = MAX_BLOCKS; left > 0 && isMarkup(rest); left--) {
    const block = CONTEXT_BLOCK.exec(rest);
    if (block === null) {
      rest = rest.replace(OPEN_BLOCK, "");
      break;
    }
    // The user's own markup.
    if (HTML_NAME.test(block[1] ?? "")) break;
    const inner = block[2] ?? "";
    if (PROMPT_BLOCK.test(block[1] ?? "") && inner.trim() !== "") return inner;
    rest = rest.slice(block[0].length);
  }
  if (!/^\s*[[{"]/.test(rest)) return rest.trim() === "" || TITLE_REQUEST.test(rest) ? undefined : rest;
  const data = parseJson(rest);
  return (data === undefined ? undefined : mainText(data).text) ?? rest;
}

/** A conversation as one text, LangChain's and OpenLIT's: `System: …` and `Human: …`, a line or more each. */
const SPEAKERS = /^(?:system|human|user): /i;
const USER_TURNS = /(?:^|\n)(?:human|user): ([^]*?)(?=\n(?:system|human|user|assistant|ai|tool): |$)/gi;
/** The letters with which such a request may begin. */
const TITLE_LETTERS: ReadonlySet<number> = new Set(Array.from("gwc", (letter) => letter.charCodeAt(0)));
/** What a harness asks a model before the user's words, to name their conversation. */
const TITLE_REQUEST =
  /^\s*(?:generate|write|create) an? (?:[\w-]+ ){0,4}title for (?:this|the following) (?:conversation|chat|message)s?[:.]?\s*$/i;

const LOWER_CASE = 0x20;
const LETTER_A = 0x61;
const LETTER_Z = 0x7a;

function isMarkup(text: string): boolean {
  return /^\s*[<#]/.test(text);
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

/**
 * What the user asked last: the first of the user's latest messages in a row that has words. Results of tools, which some
 * send as the user's, and blocks of context are skipped.
 */
export function promptInMessages(messages: readonly Message[]): string | undefined {
  let found: string | undefined;
  let context: string | undefined;
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    if (message?.role !== "user") {
      if (found !== undefined) break;
      continue;
    }
    const text = messageText(message);
    if (text === undefined) continue;
    const words = userWords(text);
    if (words === undefined) context ??= text;
    else found = words;
  }
  return found ?? (context === undefined ? undefined : withoutContext(context));
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
 * The first line of {@link promptInMessages} in JSON text, found without parsing: each model call repeats its whole conversation.
 * `undefined` if that takes a look at the data; the caller then parses the JSON.
 */
export function quickPromptLine(text: string, length: number): string | undefined {
  let found: string | undefined;
  let end = text.length;
  for (let left = MAX_ROLES; left > 0; left--) {
    const at = lastRole(text, end);
    if (at < 0) break;
    const plain = plainTextAfter(text, at, end);
    if (plain !== undefined) {
      const words = userWords(plain);
      if (words !== undefined) found = words;
      end = at;
      continue;
    }
    ROLE.lastIndex = at;
    const role = ROLE.exec(text)?.[1];
    if (role === undefined) {
      end = at;
      continue;
    }
    const start = ROLE.lastIndex;
    const after = text.slice(start, Math.min(end, start + QUICK_LENGTH));
    end = at;
    if (!USER_ROLE.test(role)) {
      if (found !== undefined) break;
      continue;
    }
    const content = FIRST_TEXT.exec(after);
    const between = content === null ? after : after.slice(0, content.index);
    // Some send the results of tools as the user's words.
    if (RESULT.test(between)) {
      if (OWN_TEXT.test(after)) return undefined;
      continue;
    }
    // If the object ends before a text, its text stood before the role.
    if (content === null || between.includes("}") || OTHER_PART.test(between)) return undefined;
    const [match, escaped = ""] = content;
    rememberHead(text.slice(at, start + content.index + match.length - escaped.length));
    const words = userWords(unescaped(escaped));
    if (words !== undefined) found = words;
  }
  return found === undefined ? undefined : firstLine(found, length);
}

/**
 * What users' messages began with lately, from the role to their first text: `"role":"user","content":"`. A producer writes all
 * of its messages alike, and comparing a beginning costs a tenth of what it costs to find out what it holds.
 */
const heads: string[] = [];
const MAX_HEADS = 4;
/** UTF-16 units. */
const MAX_HEAD = 96;

function rememberHead(head: string): void {
  if (head.length > MAX_HEAD || heads.includes(head)) return;
  // Joined from characters: a slice would hold a whole conversation in memory.
  heads.unshift(Array.from(head).join(""));
  heads.splice(MAX_HEADS);
}

/** The first text of the user's message whose role is at `at`, if it begins with a known head and has no escape sequence. */
function plainTextAfter(text: string, at: number, end: number): string | undefined {
  for (const head of heads) {
    if (!text.startsWith(head, at)) continue;
    const start = at + head.length;
    const close = text.indexOf('"', start);
    if (close <= start || close > Math.min(end, at + QUICK_LENGTH)) return undefined;
    const plain = text.slice(start, close);
    return plain.includes("\\") ? undefined : plain;
  }
  return undefined;
}

/** Where the last role before `end` stands; -1 without. Engines search a short text from its beginning faster. */
function lastRole(text: string, end: number): number {
  if (end < ROLE_KEY.length) return -1;
  if (text.length > SHORT) return text.lastIndexOf(ROLE_KEY, end - 1);
  let last = -1;
  for (let at = text.indexOf(ROLE_KEY); at >= 0 && at < end; at = text.indexOf(ROLE_KEY, at + 1)) last = at;
  return last;
}

const ROLE_KEY = '"role"';
/** UTF-16 units: a message or two. */
const SHORT = 512;

/** Messages that are looked at from the end. */
const MAX_ROLES = 256;
/** UTF-16 units after the role in which the text begins. */
const QUICK_LENGTH = 4_096;

/** Matches JSON of messages, and OTLP/JSON of a structured value. */
const ROLE = /"role"\s*(?::|,\s*"value"\s*:\s*\{\s*"stringValue"\s*:)\s*"(\w+)"/y;
const USER_ROLE = /^(?:user|human)$/i;
const USER = /"role"\s*(?::|,\s*"value"\s*:\s*\{\s*"stringValue"\s*:)\s*"(?:user|human)"/;
const FIRST_TEXT =
  /"(?:content|text|prompt)"\s*(?::|,\s*"value"\s*:\s*\{\s*"stringValue"\s*:)\s*"(?!")([^"\\]*(?:\\.[^"\\]*)*)/;
/** A part with a type that is no text: its content may be a picture's bytes. */
const OTHER_PART = /"type"\s*:\s*"(?!(?:input_)?text"|message"|human"|user")/;
/** Bytes of a file as text. */
const BASE64 = /^[\w+/=-]{120,}$/;
const RESULT = /tool_?result|tool_call_response|function_?response|tool_?response|function_call_output/i;
const OWN_TEXT = /"type"\s*:\s*"(?:input_)?text"|"text"\s*:/;

function firstTextIn(preview: string): string | undefined {
  const escaped = FIRST_TEXT.exec(preview)?.[1];
  return escaped === undefined || BASE64.test(escaped) ? undefined : unescaped(escaped);
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
