import { jsonText, textOf } from "../otel/any-value.ts";
import { isBlank, lastUserText, messageText, textInPreview } from "../content/prompt.ts";
import { ClaimedAttributes } from "../content/claimed-attributes.ts";
import { readContent } from "./span-content.ts";
import type { Content } from "../content/content-value.ts";
import type { SpanFacts } from "./facts.ts";
import type { MessagePart } from "../content/message-parts.ts";
import { oneLine } from "../lib/one-line.ts";
import { SUBJECT_KEYS } from "../otel/semconv/content.ts";
import type { Span } from "../otel/span.ts";

/** Longest line that a row of the tree shows, UTF-16 units. */
const MAX_LINE = 160;

/** One line of what was asked or answered, for a row of the tree; of a tool call of which tool first, where its name does not say; "" when the span says nothing. */
export function previewLine(span: Span, facts: SpanFacts): string {
  const said = saidBy(span, facts);
  const { name, tool = "" } = facts;
  return tool === "" || name.includes(tool) ? said : line(said === "" ? tool : `${tool} · ${said}`);
}

function saidBy(span: Span, facts: SpanFacts): string {
  const { input, output, exception } = readContent(span, facts.error ? "failed" : "passed");
  const cause = exception?.message ?? exception?.type;
  if (cause !== undefined) return line(cause);
  if (facts.kind === "tool") return line(compact(input) || compact(output));
  if (facts.kind === "llm") return line(answered(output) || asked(input));
  return line(facts.prompt ?? (asked(input) || answered(output) || subject(span)));
}

function line(text: string): string {
  return oneLine(text, MAX_LINE);
}

function compact(content: Content | undefined): string {
  if (content === undefined) return "";
  if (content.kind === "messages") return answered(content);
  if (content.kind === "text") return content.text;
  return isBlank(content.value) ? "" : jsonText(content.value);
}

function asked(content: Content | undefined): string {
  if (content?.kind === "messages") return lastUserText(content.messages) ?? "";
  return plainly(content);
}

function answered(content: Content | undefined): string {
  if (content?.kind !== "messages") return plainly(content);
  const message = content.messages.at(-1);
  if (message === undefined) return "";
  return (
    messageText(message) ??
    message.parts
      .map(called)
      .filter((text) => text !== "")
      .join(" · ")
  );
}

function plainly(content: Content | undefined): string {
  if (content?.kind === "text") return content.offloaded === undefined ? content.text : textInPreview(content.text);
  return compact(content);
}

function called(part: MessagePart): string {
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
