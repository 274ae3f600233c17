import { readContent } from "../../facts/span-content.ts";
import type { SpanContent } from "../../facts/span-content.ts";
import type { Content } from "../../content/content-value.ts";
import { deriveFacts } from "../../facts/facts.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import type { Message } from "../../content/messages.ts";
import type { QueryRequest, WholeSpan } from "./query-request.ts";

export type ToolResult = {
  /** The model's id of the call. */
  readonly id?: string;
  readonly name: string;
  readonly arguments?: unknown;
  readonly result: unknown;
};

/** A call without a result: it runs, it failed, or nothing further was received. */
export type OpenCall = {
  readonly kind: "tool" | "llm";
  readonly id?: string;
  /** Name of the tool or model; "" if unknown. */
  readonly name: string;
  readonly arguments?: unknown;
  readonly spanId?: string;
  /** Unix nanoseconds, decimal. */
  readonly since?: string;
  /** First line of the reason of the failure. */
  readonly failure?: string;
};

/** All data needed to resume a query where it stopped. */
export type ResumePoint = {
  /** Up to and including the last answer of a model; before the first answer, the prompt. */
  readonly messages: readonly Message[];
  /** Results of the calls in this answer. */
  readonly results: readonly ToolResult[];
  readonly unanswered: readonly OpenCall[];
  readonly incomplete?: readonly string[];
};

type Call = { readonly facts: SpanFacts; readonly content: SpanContent };

/** `lastAnswer`: span of the last answer of a model; `calls`: later calls, by start; `omitted`: number of calls that are left out. */
export function resumePoint(
  request: QueryRequest,
  lastAnswer: WholeSpan | undefined,
  calls: readonly WholeSpan[],
  omitted: number,
): ResumePoint {
  const answer = lastAnswer === undefined ? undefined : readContent(lastAnswer.span);
  const prompt =
    messagesOf(answer?.input, "user") ?? request.messages ?? messagesOf(textContent(request.input), "user");
  const reply = messagesOf(answer?.output, "assistant");
  const messages = [...(prompt ?? []), ...(reply ?? [])];
  const { results, unanswered } = matchCalls(callsIn(reply ?? []), calls.map(readCall));
  const isCut = (content: Content | undefined): boolean => content?.offloaded !== undefined;
  const usesRequest = answer?.input === undefined && request.incomplete?.includes("input") === true;
  const incomplete = [
    ...(isCut(answer?.input) || isCut(answer?.output) || usesRequest ? ["messages"] : []),
    ...(omitted > 0 || results.some(({ cut }) => cut) ? ["results"] : []),
    ...(unanswered.some(({ cut }) => cut) ? ["unanswered"] : []),
  ];
  return {
    messages,
    results: results.map(({ value }) => value),
    unanswered: unanswered.map(({ value }) => value),
    ...(incomplete.length === 0 ? {} : { incomplete }),
  };
}

type ModelCall = Extract<MessagePart, { type: "tool_call" }>;
/** `cut`: whether a part of the value is truncated. */
type Extracted<T> = { readonly value: T; readonly cut: boolean };

function callsIn(messages: readonly Message[]): ModelCall[] {
  return messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "tool_call" ? [part] : [])));
}

/** Matches each call of the answer with its span: by id, else by name in order. */
function matchCalls(requested: readonly ModelCall[], calls: readonly Call[]) {
  const results: Extracted<ToolResult>[] = [];
  const unanswered: Extracted<OpenCall>[] = [];
  const free = new Set(calls);
  const take = (matches: (call: Call) => boolean): Call | undefined => {
    for (const call of free) {
      if (call.content.tool === undefined || !matches(call)) continue;
      free.delete(call);
      return call;
    }
    return undefined;
  };
  const add = (call: Call): void => {
    const result = resultOf(call);
    if (result !== undefined) results.push(result);
    else unanswered.push(openCall(call));
  };
  for (const { id, name, arguments: given } of requested) {
    const call =
      (id === undefined ? undefined : take(({ content }) => content.tool?.callId === id)) ??
      take(({ content }) => content.tool?.name === name && (id === undefined || content.tool.callId === undefined));
    if (call !== undefined) add(call);
    else
      unanswered.push({
        value: { kind: "tool", name, arguments: given, ...(id === undefined ? {} : { id }) },
        cut: false,
      });
  }
  for (const call of free) {
    const isOpen = call.facts.running || call.facts.error;
    // If an answer lists its calls, other agents in parallel made the remaining ones.
    if (isOpen || requested.length === 0) add(call);
  }
  return { results, unanswered };
}

function readCall({ span, resource }: WholeSpan): Call {
  return { facts: deriveFacts(span, "", resource, undefined), content: readContent(span) };
}

function resultOf({ facts, content }: Call): Extracted<ToolResult> | undefined {
  const { tool, input, output } = content;
  if (tool === undefined || facts.running || (facts.error && output === undefined)) return undefined;
  const value = {
    ...idAndArguments(tool.callId, input),
    name: tool.name,
    result: output === undefined ? null : plain(output),
  };
  return { value, cut: input?.offloaded !== undefined || output?.offloaded !== undefined };
}

function openCall({ facts, content }: Call): Extracted<OpenCall> {
  const { tool, input } = content;
  const value: OpenCall = {
    kind: tool === undefined ? "llm" : "tool",
    name: tool?.name ?? content.model ?? "",
    // The input of a model is in the messages and results already.
    ...(tool === undefined ? {} : idAndArguments(tool.callId, input)),
    spanId: facts.spanId,
    since: facts.start.toString(),
    ...(facts.failure === undefined ? {} : { failure: facts.failure }),
  };
  return { value, cut: tool !== undefined && input?.offloaded !== undefined };
}

function idAndArguments(id: string | undefined, input: Content | undefined): { id?: string; arguments?: unknown } {
  return { ...(id === undefined ? {} : { id }), ...(input === undefined ? {} : { arguments: plain(input) }) };
}

function plain(content: Content): unknown {
  if (content.kind === "json") return content.value;
  return content.kind === "text" ? content.text : content.messages;
}

function textContent(text: string | undefined): Content | undefined {
  return text === undefined ? undefined : { kind: "text", text };
}

function messagesOf(content: Content | undefined, role: "user" | "assistant"): readonly Message[] | undefined {
  if (content === undefined) return undefined;
  return content.kind === "messages" ? content.messages : [{ role, parts: [{ type: "text", text: content.text }] }];
}
