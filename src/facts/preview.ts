import { jsonText, textOf } from "../otel/any-value.ts";
import { isBlank, lastUserText, messageText, textInPreview } from "../content/prompt.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { readContent } from "./span-content.ts";
import type { Content } from "../content/content-value.ts";
import type { SpanFacts } from "./facts.ts";
import type { MessagePart } from "../content/message-parts.ts";
import { oneLine } from "../lib/one-line.ts";
import { SUBJECT_KEYS } from "../otel/semconv/shown.ts";
import type { Span } from "../otel/span.ts";

/** Longest preview in a row of the tree, UTF-16 units. */
const MAX_LINE = 160;

/** The input or output in one line, for a row of the tree; "" if the span has neither. The tool's name comes first if the span's name lacks it. */
export function previewLine(span: Span, facts: SpanFacts): string {
  const text = previewText(span, facts);
  const { name, tool = "" } = facts;
  return tool === "" || name.includes(tool) ? text : line(text === "" ? tool : `${tool} · ${text}`);
}

function previewText(span: Span, facts: SpanFacts): string {
  const { input, output, exception } = readContent(span, facts.error ? "failed" : "passed");
  const cause = exception?.message ?? exception?.type;
  if (cause !== undefined) return line(cause);
  if (facts.kind === "tool") return line(compact(input) || compact(output));
  if (facts.kind === "llm") return line(answerText(output) || promptText(input));
  return line(facts.prompt ?? (promptText(input) || answerText(output) || subject(span)));
}

function line(text: string): string {
  return oneLine(text, MAX_LINE);
}

function compact(content: Content | undefined): string {
  if (content === undefined) return "";
  if (content.kind === "messages") return answerText(content);
  if (content.kind === "text") return content.text;
  return isBlank(content.value) ? "" : jsonText(content.value);
}

function promptText(content: Content | undefined): string {
  if (content?.kind === "messages") return lastUserText(content.messages) ?? "";
  return plainText(content);
}

function answerText(content: Content | undefined): string {
  if (content?.kind !== "messages") return plainText(content);
  const message = content.messages.at(-1);
  if (message === undefined) return "";
  return (
    messageText(message) ??
    message.parts
      .map(partText)
      .filter((part) => part !== "")
      .join(" · ")
  );
}

function plainText(content: Content | undefined): string {
  if (content?.kind === "text") return content.offloaded === undefined ? content.text : textInPreview(content.text);
  return compact(content);
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case "tool_call":
      return `${part.name}(${typeof part.arguments === "string" ? part.arguments : jsonText(part.arguments)})`;
    case "tool_call_response":
      return typeof part.result === "string" ? part.result : jsonText(part.result);
    case "text":
    case "reasoning":
      return part.text;
    case "other":
      return part.is;
  }
}

function subject(span: Span): string {
  return new ClaimedAttributes(span.attributes).take(SUBJECT_KEYS, textOf) ?? "";
}
