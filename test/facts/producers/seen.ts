import type { Content } from "../../../src/content/content-value.ts";
import type { MessagePart } from "../../../src/content/message-parts.ts";
import { readContent } from "../../../src/facts/span-content.ts";
import type { AnyValue, KeyValue, Span, SpanEvent } from "../../../src/otel/span.ts";
import { factsOfSpan, spanOf } from "../span-of.ts";

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };
export type Fields = { readonly [key: string]: Plain };

/** A span as its producer sends it: attributes and events in plain values. */
export function span(
  name: string,
  attributes: Fields,
  events: readonly SpanEvent[] = [],
  more: Partial<Span> = {},
): Span {
  return spanOf(name, {}, { attributes: attributesOf(attributes), events, ...more });
}

export function event(name: string, attributes: Fields): SpanEvent {
  return { timeUnixNano: "1795261714504000001", name, attributes: attributesOf(attributes) };
}

/** JSON text, which most producers write in place of structured attributes. */
export const json = (value: unknown): string => JSON.stringify(value);

function attributesOf(attributes: Fields): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Plain): AnyValue {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (isList(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: attributesOf(value) } };
}

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}

/** What a reader sees of a span, as short texts; fields without a value are left out. */
export function seen(of: Span): Readonly<Record<string, unknown>> {
  const { kind, prompt, agent, team, tool, model, user, session, tokens } = factsOfSpan(of);
  const { input, output } = readContent(of);
  const all = {
    kind,
    prompt,
    agent,
    team,
    tool,
    model,
    user,
    session: session?.value,
    tokens: tokens === undefined ? undefined : `${tokens.input} ${tokens.output}`,
    input: printed(input),
    output: printed(output),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function printed(content: Content | undefined): string | readonly string[] | undefined {
  if (content === undefined) return undefined;
  if (content.kind !== "messages") return content.text;
  return content.messages.map(({ role, parts }) => `${role}: ${parts.map(partText).join(" | ")}`);
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "reasoning":
      return `~${part.text}`;
    case "tool_call":
      return `${part.name}(${text(part.arguments)})`;
    case "tool_call_response":
      return `=> ${text(part.result)}`;
    case "other":
      return `<${part.is}>`;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
