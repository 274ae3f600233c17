import type { Content } from "../../content/content-value.ts";
import { mediaText, withoutBytes } from "../../content/media.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import type { Message } from "../../content/messages.ts";
import { isBlank, onlyText, withoutContext } from "../../content/prompt.ts";
import { partMedia, resultParts } from "../../content/result-parts.ts";
import type { Outcome, SpanContent } from "../../facts/span-content.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { jsonText, parseJson } from "../../otel/any-value.ts";
import type { Span } from "../../otel/span.ts";
import { textHash } from "../../lib/text-hash.ts";
import { byteLength } from "./passage.ts";
import type { Passage, Passages } from "./passage.ts";
import type { RecordSaid } from "./record-said.ts";
import { readStep } from "./step-content.ts";
import { stepWords } from "./step-title.ts";
import type { Failure } from "./transcript.ts";

/** `key`: equal for equal content, whatever its white space and its form. */
export type SaidText = { readonly is: "text" | "reasoning"; readonly key: string; readonly passage: Passage };
export type Call = {
  readonly is: "call";
  readonly key: string;
  readonly id: string | undefined;
  readonly name: string;
  readonly passage: Passage;
};
export type Result = {
  readonly is: "result";
  readonly key: string;
  readonly id: string | undefined;
  readonly passage: Passage;
};
/** A picture, a file. `word`: its name and type, else the producer's word; `bytes`: 0 of one that is elsewhere. */
export type SaidOther = { readonly is: "other"; readonly key: string; readonly word: string; readonly bytes: number };

export type SaidPart = SaidText | Call | Result | SaidOther;

export type SaidMessage = {
  /** `other`: a producer's own word, which then is the name. */
  readonly role: "user" | "system" | "assistant" | "tool" | "other";
  readonly name: string | undefined;
  readonly parts: readonly SaidPart[];
  /** Equal for equal messages of conversations; absent for other data. */
  readonly key?: string;
};

export const isSameMessage = (a: SaidMessage, b: SaidMessage): boolean =>
  a === b || (a.key !== undefined && a.key === b.key);

/** What a span gives and gets. */
export type Said = {
  readonly messages: readonly SaidMessage[];
  /** A conversation; a text; other data, such as the arguments of a program. The last two stand as one message. */
  readonly form: "messages" | "text" | "data";
};

/** What one span says together with its log records, read once. Equal messages of several spans are one object. */
export type SpanSaid = {
  readonly input: Said;
  readonly output: Said;
  /** As a title begins: the tool, the model, the agent, the span's name. */
  readonly subject: string;
  readonly callId: string | undefined;
  readonly failure: Failure | undefined;
  /** What log records say while the span lasts, by time. What they say about a call belongs to the call itself. */
  readonly moments: readonly Moment[];
  /** The last revision of the log that brought a record of it; 0 without. */
  readonly revision: number;
};

/** `time`: Unix nanoseconds. */
export type Moment = { readonly time: bigint; readonly input: Said; readonly output: Said };

/** A log record that says something about its span, and the revision of the log that brought it. */
export type SpanRecord = RecordSaid & { readonly revision: number };

const NO_MOMENTS: readonly Moment[] = [];

export const NOTHING: Said = { messages: [], form: "messages" };

/** Messages of all inputs together. Beyond them only the newest of a conversation are read: memory stays bounded. */
const MAX_MESSAGES = 1_000_000;
const NEWEST = 16;
/** UTF-16 units. Longer JSON is compared as it is written. */
const MAX_PARSED = 1_000_000;

/** Reads what spans say. */
export class SaidReader {
  readonly #passages: Passages;
  readonly #parts = new Map<string, SaidPart>();
  readonly #messages = new Map<string, SaidMessage>();
  #count = 0;

  constructor(passages: Passages) {
    this.#passages = passages;
  }

  /** `undefined` if the span neither says anything nor is a call that is shown anyway. `records`: about the span, by time. */
  read(span: Span, facts: SpanFacts, records: readonly SpanRecord[], outcome: Outcome): SpanSaid | undefined {
    const isCall = CALLS.has(facts.kind);
    const ofSpan = isCall ? records : records.filter(({ isException }) => isException);
    const moments = isCall || records.length === 0 ? NO_MOMENTS : this.readMoments(records);
    const content = readStep(
      span,
      ofSpan.map(({ event }) => event),
      outcome,
    );
    const isTool = facts.kind === "tool" || facts.kind === "retrieval";
    const input = isTool ? this.#given(content.input, "call", facts) : this.#said(content.input, "user");
    const output = isTool ? this.#given(content.output, "result", facts) : this.#said(content.output, "assistant");
    const isSilent = input === NOTHING && output === NOTHING && content.exception === undefined && moments.length === 0;
    if (isSilent && !TITLED.has(facts.kind) && !facts.running) return undefined;
    return {
      input,
      output,
      subject: stepWords({ span, facts, content }).subject,
      callId: content.tool?.callId,
      failure: this.#failure(content, facts.canceled),
      moments,
      revision: records.reduce((last, { revision }) => Math.max(last, revision), 0),
    };
  }

  /** The messages in log records. */
  readMoments(records: readonly SpanRecord[]): Moment[] {
    return records.flatMap(({ event, time }) => {
      const content = readStep({ traceId: "", spanId: "" }, [event], "passed");
      const [input, output] = [this.#said(content.input, "user"), this.#said(content.output, "assistant")];
      if (input === NOTHING && output === NOTHING) return [];
      return [{ time, input, output }];
    });
  }

  #failure({ exception }: SpanContent, canceled: true | undefined): Failure | undefined {
    if (exception === undefined) return undefined;
    const { type, message, stacktrace } = exception;
    return {
      ...(canceled && { canceled }),
      ...(type === undefined ? {} : { type }),
      ...(message === undefined ? {} : { message: this.#passages.keep(message) }),
      ...(stacktrace === undefined ? {} : { stacktrace: this.#passages.keep(stacktrace) }),
    };
  }

  #said(content: Content | undefined, role: "user" | "assistant"): Said {
    if (content === undefined) return NOTHING;
    const { offloaded } = content;
    if (content.kind === "messages") {
      const { messages } = content;
      const isFull = (this.#count += messages.length) > MAX_MESSAGES;
      return {
        messages: (isFull ? messages.slice(-NEWEST) : messages).map((message) => this.#message(message)),
        form: "messages",
      };
    }
    if (content.kind === "json" && isBlank(content.value)) return NOTHING;
    const only = content.kind === "text" ? content.text : onlyText(content.value);
    const text = only ?? valueText(content.kind === "json" ? content.value : "");
    if (text.trim() === "") return NOTHING;
    // A preview of a conversation: its last prompt was read when it came in.
    const shown = role === "user" ? (offloaded?.prompt ?? text) : text;
    const missing = offloaded === undefined ? 0 : Math.max(0, offloaded.bytes - byteLength(shown));
    const message = { role, name: undefined, parts: [this.#text("text", shown, missing, role)] };
    return { messages: [message], form: only === undefined || IS_REPRESENTATION.test(only) ? "data" : "text" };
  }

  /** The arguments or the result of a tool. */
  #given(content: Content | undefined, is: "call" | "result", { tool, name }: SpanFacts): Said {
    if (content === undefined) return NOTHING;
    if (content.kind === "messages") {
      const parts = content.messages.flatMap((message) => this.#message(message).parts);
      const text = parts.find((part): part is SaidText => part.is === "text" || part.is === "reasoning");
      if (text === undefined) return NOTHING;
      const { key, passage } = text;
      return aboutTool(
        is === "call" ? { is, key, id: undefined, name: tool ?? name, passage } : { is, key, id: undefined, passage },
      );
    }
    const value = content.kind === "json" ? content.value : content.text;
    if (isBlank(value)) return NOTHING;
    const missing = content.offloaded === undefined ? 0 : Math.max(0, content.offloaded.bytes - content.text.length);
    const part =
      is === "call"
        ? this.#newCall(undefined, tool ?? name, value, missing)
        : this.#newResult(undefined, value, missing);
    return aboutTool(part);
  }

  #message({ role, parts, name }: Message): SaidMessage {
    const known = ROLES.get(role.toLowerCase());
    const of = {
      role: known ?? ("other" as const),
      name: name ?? (known === undefined ? role : undefined),
      parts: joined(parts).map((part) => this.#part(part, known ?? "other")),
    };
    const key = textHash(JSON.stringify([of.role, of.name, ...of.parts.map(identityOf)]));
    const equal = this.#messages.get(key);
    if (equal !== undefined) return equal;
    const said = { ...of, key };
    this.#messages.set(key, said);
    return said;
  }

  #part(part: MessagePart, role: SaidMessage["role"]): SaidPart {
    switch (part.type) {
      case "text":
      case "reasoning":
        return this.#text(part.type, part.text, 0, role);
      case "tool_call":
        return this.#call(part.id, part.name, part.arguments);
      case "tool_call_response":
        return this.#result(part.id, part.result);
      case "other":
        return { is: "other", key: textHash(part.text), ...attached(part) };
    }
  }

  /** Texts of a user are compared without the context that a harness puts around them. */
  #text(is: "text" | "reasoning", text: string, missing: number, role: SaidMessage["role"]): SaidPart {
    const isUser = role === "user";
    const words = isUser ? withoutContext(text) : text;
    const key = keyOf(words);
    // What one span sends whole, another one may send without its end.
    return this.#once(`${is}:${isUser}:${missing > 0}:${key}`, () => {
      // Blocks of context before the user's words are the harness's; data around them is the user's.
      const own = text.endsWith(words) ? words : text;
      return { is, key, passage: this.#passages.keep(own.trim(), missing) };
    });
  }

  #call(id: string | undefined, name: string, value: unknown): SaidPart {
    return this.#once(`call:${id ?? ""}:${name}:${keyOf(valueText(value))}`, () => this.#newCall(id, name, value, 0));
  }

  #newCall(id: string | undefined, name: string, value: unknown, missing: number): SaidPart {
    const text = valueText(value);
    return {
      is: "call",
      key: keyOf(text),
      id,
      name,
      passage: this.#passages.keep(isBlank(value) ? "" : text, missing),
    };
  }

  #result(id: string | undefined, value: unknown): SaidPart {
    return this.#once(`result:${id ?? ""}:${keyOf(valueText(value))}`, () => this.#newResult(id, value, 0));
  }

  #newResult(id: string | undefined, value: unknown, missing: number): SaidPart {
    const text = valueText(value);
    return { is: "result", key: keyOf(text), id, passage: this.#passages.keep(text, missing) };
  }

  #once(identity: string, create: () => SaidPart): SaidPart {
    let part = this.#parts.get(identity);
    if (part === undefined) this.#parts.set(identity, (part = create()));
    return part;
  }
}

/** Kinds whose calls are shown even if they say nothing. */
const TITLED: ReadonlySet<SpanFacts["kind"]> = new Set<SpanFacts["kind"]>([
  "tool",
  "retrieval",
  "agent",
  "team",
  "llm",
]);
/** Kinds whose log records are messages of the call. */
const CALLS: ReadonlySet<SpanFacts["kind"]> = new Set<SpanFacts["kind"]>(["llm", "tool", "retrieval", "embedding"]);
const MAX_WORD = 60;

const ROLES: ReadonlyMap<string, SaidMessage["role"]> = new Map([
  ["user", "user"],
  ["human", "user"],
  ["system", "system"],
  ["developer", "system"],
  ["assistant", "assistant"],
  ["model", "assistant"],
  ["ai", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
  // smolagents writes calls and results as texts.
  ["tool-call", "assistant"],
  ["tool-response", "tool"],
]);

function identityOf(part: SaidPart): readonly unknown[] {
  return [part.is, part.key, "id" in part && part.id, "name" in part && part.name];
}

/** Python's way to write an object: `ChatMessage(_role=…)`. */
const IS_REPRESENTATION = /^\w+\(\w+=[^]*(?:\)|\.\.\.)\s*$/;
/** What Mastra writes in place of calls and results. */
const IS_ABBREVIATION = /^\[tool(?:-result)?: [\w.-]+\]$/;

/** Neighbouring texts are one: producers split them in different ways. Blank ones say nothing. */
function joined(parts: readonly MessagePart[]): MessagePart[] {
  const all: MessagePart[] = [];
  for (const part of parts) {
    if ((part.type === "text" || part.type === "reasoning") && part.text.trim() === "") continue;
    if (part.type === "text" && IS_ABBREVIATION.test(part.text)) continue;
    const last = all.at(-1);
    if (part.type === "text" && last?.type === "text")
      all[all.length - 1] = { type: "text", text: `${last.text}\n${part.text}` };
    else all.push(part);
  }
  return all;
}

function attached(part: Extract<MessagePart, { type: "other" }>): Pick<SaidOther, "word" | "bytes"> {
  const media = partMedia(part);
  if (media.length === 0) return { word: part.is.slice(0, MAX_WORD), bytes: byteLength(part.text) };
  return {
    word: media.map(({ bytes: _, ...one }) => mediaText(one, "en")).join("; "),
    bytes: media.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
  };
}

function aboutTool(part: SaidPart): Said {
  return { messages: [{ role: "tool", name: undefined, parts: [part] }], form: "text" };
}

/** The key of a text: JSON is compared by its value, other text without its white space. */
export function keyOf(text: string): string {
  const parsed = text.length <= MAX_PARSED && /^\s*[[{"]/.test(text) ? parseJson(text) : undefined;
  return textHash(parsed === undefined ? text.replaceAll(/\s+/g, "") : JSON.stringify(parsed));
}

/** Longer JSON is written on several lines. */
const MAX_JSON_LINE = 120;

/**
 * Arguments or a result as text: as they are, or JSON, with a note in the place of each file. Of several lines that stand
 * alone in an object, those lines; of parts, one after the other.
 */
function valueText(given: unknown): string {
  if (typeof given === "string") return withoutBytes(given);
  const parts = resultParts(given);
  if (parts !== undefined) return parts.map(lineOfPart).join("\n");
  const value = withoutBytes(given);
  const only = onlyText(value);
  if (only?.trim().includes("\n")) return only;
  const line = jsonText(value);
  return line.length <= MAX_JSON_LINE ? line : jsonText(value, 2);
}

function lineOfPart(part: MessagePart): string {
  if (part.type !== "other") return "text" in part ? part.text : jsonText(part);
  const media = partMedia(part);
  return media.length === 0 ? part.text : media.map((one) => `[${mediaText(one, "en")}]`).join(" ");
}
