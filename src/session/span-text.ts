import { count, dollars, duration, bytes as byteCount } from "../lib/figures.ts";
import { nanosecondsText } from "../lib/nanoseconds.ts";
import { withoutBytes } from "../content/media.ts";
import type { ShownContent, ShownPart } from "../content/shown-content.ts";
import { EXCEPTION_EVENT } from "../otel/semconv/attributes.ts";
import { displayValue, jsonText, plainValue, textOrJson } from "../otel/any-value.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord } from "../otel/log-record.ts";
import type { KeyValue, SpanEvent } from "../otel/span.ts";
import type { SpanDetail } from "./span-detail.ts";
import { tokenWords } from "./token-words.ts";
import { fit } from "./transcript/fit.ts";
import type { Piece } from "./transcript/fit.ts";
import { code, fenced, inline, plain, prose } from "./transcript/markdown-text.ts";
import type { Passage } from "./transcript/passage.ts";

export type SpanPrinting = {
  /** UTF-8 bytes. */
  readonly max: number;
  /** Attributes that the input, the output and the figures already show. */
  readonly claimed: ReadonlySet<string>;
  /** A sentence: how to ask for what is left out. */
  readonly more: () => string;
};

const MAX_TITLE = 200;
/** UTF-16 units of an attribute's value, and of a list of names: one span may have hundreds. */
const MAX_VALUE = 300;
const MAX_NAMES = 60;

/** One span as Markdown: what it was, what went in and came out, its failure, and all that it says besides. */
export function printSpan(span: SpanDetail, { max, claimed, more }: SpanPrinting): string {
  const printer = new SpanPrinter(more);
  printer.text(headOf(span));
  printer.error(span);
  printer.content("Input", span.input);
  printer.content("Output", span.output);
  printer.attributes(span.attributes.filter(({ key }) => !claimed.has(key)));
  // What failed stands above.
  const events = span.status === "error" ? span.events.filter(({ name }) => name !== EXCEPTION_EVENT) : span.events;
  for (const event of events) printer.text(`**Event** ${eventText(event)}`);
  for (const { traceId = "", spanId = "" } of span.links) printer.text(`**Link** ${code(`${traceId}:${spanId}`)}`);
  for (const record of span.logs) printer.record(record);
  if (span.omittedLogs !== undefined) printer.text(`${count(span.omittedLogs, "en")} more log records.`);
  printer.text(`**Resource** ${pairs(span.resource.attributes ?? [])}`);
  return fit(printer.pieces, { max, omission: (left) => `*… ${left} parts left out here. ${more()}*\n\n` });
}

function headOf(span: SpanDetail): string {
  const { tokens, cost, timeToFirstTokenMs: first, finishReasons = [], toolsOffered = [], parameters } = span;
  const figures = [
    span.kind,
    `**${span.status}**`,
    ...(span.end === undefined ? [] : [plain(duration(BigInt(span.end) - BigInt(span.start), "en"))]),
    ...(span.model === undefined ? [] : [`model ${code(span.model)}`]),
    ...(span.tool === undefined ? [] : [`tool ${code(span.tool)}`]),
    ...(span.agent === undefined ? [] : [`agent ${code(span.agent)}`]),
    ...(tokens === undefined ? [] : [`tokens ${plain(tokenWords(tokens, "en"))}`]),
    ...(cost === undefined ? [] : [`${plain(dollars(cost, "en"))}${span.estimated ? " (price list)" : ""}`]),
    ...(first === undefined ? [] : [`first token after ${count(Math.round(first), "en")} ms`]),
    ...(finishReasons.length === 0 ? [] : [`finished: ${finishReasons.map((reason) => code(reason)).join(", ")}`]),
  ];
  const parent = span.parentSpanId === undefined ? "no parent" : `parent ${code(span.parentSpanId)}`;
  const lines = [
    `# ${inline(span.title, MAX_TITLE) || code(span.name)}`,
    figures.join(" · "),
    `Span ${code(`${span.traceId}:${span.spanId}`)}, ${parent}, name ${code(span.name) || "empty"}, started ${nanosecondsText(BigInt(span.start))}.`,
    ...(span.replacedBy === undefined
      ? []
      : [`The session shows ${code(`${span.replacedBy.traceId}:${span.replacedBy.spanId}`)} in its place.`]),
    ...(parameters === undefined ? [] : [`Parameters: ${code(jsonText(parameters), MAX_VALUE)}`]),
    ...(toolsOffered.length === 0 ? [] : [`Tools offered: ${names(toolsOffered.map(({ name }) => name))}`]),
    ...(span.statusMessage === undefined ? [] : [`Status message: ${code(span.statusMessage, MAX_VALUE)}`]),
  ];
  return lines.join("\n\n");
}

class SpanPrinter {
  readonly pieces: Piece[] = [];
  readonly #more: () => string;

  constructor(more: () => string) {
    this.#more = more;
  }

  text(text: string): void {
    this.pieces.push({ turn: 0, print: () => `${text}\n\n` });
  }

  error({ status, error }: SpanDetail): void {
    if (status !== "error") return;
    const { type, message, stack } = error ?? {};
    const label = type === undefined ? "**Error**" : `**Error** ${code(type)}`;
    if (message === undefined) this.text(`${label}${stack === undefined ? ", without a message" : ""}`);
    else this.#block(label, message, fenced);
    // Most stack traces begin with the message.
    if (stack !== undefined) this.#block("Stack:", stack, fenced);
  }

  content(label: string, content: ShownContent | undefined): void {
    if (content === undefined) return;
    const arrived =
      content.cut === undefined ? "" : ` (of ${plain(byteCount(content.cut.bytes, "en"))}, the rest was not stored)`;
    if (content.type !== "messages") {
      this.#block(`**${label}**${arrived}`, content.text, content.type === "json" ? fenced : prose);
      return;
    }
    this.text(`**${label}**, ${count(content.messages.length, "en")} messages${arrived}`);
    for (const { role, name, parts } of content.messages) {
      const who = `${code(role)}${name === undefined ? "" : ` ${code(name)}`}`;
      for (const part of parts) this.#part(who, part);
    }
  }

  attributes(attributes: readonly KeyValue[]): void {
    if (attributes.length === 0) return;
    this.text("**Attributes**");
    for (const { key, value } of attributes) {
      const line = `- ${code(key)}: ${code(displayValue(value), MAX_VALUE) || "empty"}\n`;
      this.pieces.push({ turn: 0, print: () => line });
    }
    this.pieces.push({ turn: 0, print: () => "\n" });
  }

  record(record: LogRecord): void {
    const { eventName, severityText, body } = record;
    const at = timeOfRecord(record);
    const words = [
      ...(at === "" || at === "0" ? [] : [nanosecondsText(BigInt(at))]),
      ...(severityText === undefined ? [] : [code(severityText)]),
      ...(eventName === undefined ? [] : [code(eventName)]),
      ...(body === undefined ? [] : [code(displayValue(body), MAX_VALUE)]),
    ];
    this.text(`**Log record** ${words.join(" ")} ${pairs(record.attributes ?? [])}`.trimEnd());
  }

  #part(who: string, part: ShownPart): void {
    switch (part.type) {
      case "text":
        return this.#block(who, part.text ?? "", prose);
      case "tool_call":
        return this.#block(`${who} calls ${code(part.name ?? "")}`, textOrJson(part.arguments), fenced);
      case "tool_call_response":
        return this.#block(
          `${who} result${part.name ? ` of ${code(part.name)}` : ""}`,
          textOrJson(part.result),
          fenced,
        );
      default:
        return this.#block(`${who} ${code(part.type)}`, part.text ?? "", fenced);
    }
  }

  #block(label: string, text: string, print: (text: string) => string): void {
    const show = (part: string): string => (part.trim() === "" ? "" : `${print(part)}\n\n`);
    const printed = ({ text: shown, missing }: Passage): string => {
      if (missing === undefined) return `${label}\n\n${show(shown)}`;
      const left = plain(byteCount(missing.bytes, "en"));
      const note = `*… ${left} left out here. ${this.#more()}*\n\n`;
      return `${label}\n\n${show(shown.slice(0, missing.at))}${note}${show(shown.slice(missing.at))}`;
    };
    this.pieces.push({ turn: 0, passage: { text: withoutBytes(text) }, print: printed });
  }
}

function eventText({ name = "", attributes = [] }: SpanEvent): string {
  return `${code(name)} ${pairs(attributes)}`.trimEnd();
}

/** `{ service.name: "api" }`, as much of it as one line takes. */
function pairs(attributes: readonly KeyValue[]): string {
  if (attributes.length === 0) return "";
  return code(jsonText(Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]))), MAX_VALUE);
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, MAX_NAMES).map((name) => code(name));
  return `${shown.join(", ")}${all.length > MAX_NAMES ? `, and ${all.length - MAX_NAMES} more` : ""}`;
}
