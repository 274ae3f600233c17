import { readContent } from "../../facts/span-content.ts";
import type { SpanContent } from "../../facts/span-content.ts";
import type { Content } from "../../content/content-value.ts";
import { deriveFacts } from "../../facts/facts.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import type { Message } from "../../content/messages.ts";
import type { QueryRequest, WholeSpan } from "./query-request.ts";

export type ToolResult = {
  /** As the model numbers its calls. */
  readonly id?: string;
  readonly name: string;
  readonly arguments?: unknown;
  readonly result: unknown;
};

/** A call that was made and has no answer: it runs, it failed, or nobody heard of it again. */
export type OpenCall = {
  readonly kind: "tool" | "llm";
  readonly id?: string;
  /** Of the tool, or of the model; "" where nobody names it. */
  readonly name: string;
  readonly arguments?: unknown;
  readonly spanId?: string;
  /** Unix nanoseconds, decimal. */
  readonly since?: string;
  /** First line of why it failed. */
  readonly failure?: string;
};

/** What is needed to go on with a query where it stopped. */
export type ResumePoint = {
  /** Up to the last answer of a model, that included; before the first one what was asked. */
  readonly messages: readonly Message[];
  /** Of the calls that this answer made. */
  readonly results: readonly ToolResult[];
  readonly unanswered: readonly OpenCall[];
  readonly incomplete?: readonly string[];
};

type Call = { readonly facts: SpanFacts; readonly content: SpanContent };

/** `step`: the span of the last answer; `calls`: those that came after it, by start; `more`: how many of them are left out. */
export function resumePoint(
  request: QueryRequest,
  step: WholeSpan | undefined,
  calls: readonly WholeSpan[],
  more: number,
): ResumePoint {
  const answer = step === undefined ? undefined : readContent(step.span);
  const asked = messagesOf(answer?.input, "user") ?? request.messages ?? messagesOf(textContent(request.input), "user");
  const said = messagesOf(answer?.output, "assistant");
  const messages = [...(asked ?? []), ...(said ?? [])];
  const { results, unanswered } = settle(callsIn(said ?? []), calls.map(readCall));
  const isCut = (content: Content | undefined): boolean => content?.offloaded !== undefined;
  const usesRequest = answer?.input === undefined && request.incomplete?.includes("input") === true;
  const incomplete = [
    ...(isCut(answer?.input) || isCut(answer?.output) || usesRequest ? ["messages"] : []),
    ...(more > 0 || results.some(({ cut }) => cut) ? ["results"] : []),
    ...(unanswered.some(({ cut }) => cut) ? ["unanswered"] : []),
  ];
  return {
    messages,
    results: results.map(({ told }) => told),
    unanswered: unanswered.map(({ told }) => told),
    ...(incomplete.length === 0 ? {} : { incomplete }),
  };
}

type ModelCall = Extract<MessagePart, { type: "tool_call" }>;
type Told<T> = { readonly told: T; readonly cut: boolean };

function callsIn(messages: readonly Message[]): ModelCall[] {
  return messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "tool_call" ? [part] : [])));
}

/** Gives each call of the answer the span that ran it: by id, else by name in order. */
function settle(asked: readonly ModelCall[], calls: readonly Call[]) {
  const results: Told<ToolResult>[] = [];
  const unanswered: Told<OpenCall>[] = [];
  const free = new Set(calls);
  const take = (matches: (call: Call) => boolean): Call | undefined => {
    for (const call of free) {
      if (call.content.tool === undefined || !matches(call)) continue;
      free.delete(call);
      return call;
    }
    return undefined;
  };
  const put = (call: Call): void => {
    const result = resultOf(call);
    if (result !== undefined) results.push(result);
    else unanswered.push(openCall(call));
  };
  for (const { id, name, arguments: given } of asked) {
    const call =
      (id === undefined ? undefined : take(({ content }) => content.tool?.callId === id)) ??
      take(({ content }) => content.tool?.name === name && (id === undefined || content.tool.callId === undefined));
    if (call !== undefined) put(call);
    else
      unanswered.push({
        told: { kind: "tool", name, arguments: given, ...(id === undefined ? {} : { id }) },
        cut: false,
      });
  }
  for (const call of free) {
    const isOpen = call.facts.running || call.facts.error;
    // An answer that lists its calls did not make the others: agents side by side did.
    if (isOpen || asked.length === 0) put(call);
  }
  return { results, unanswered };
}

function readCall({ span, resource }: WholeSpan): Call {
  return { facts: deriveFacts(span, "", resource, undefined), content: readContent(span) };
}

function resultOf({ facts, content }: Call): Told<ToolResult> | undefined {
  const { tool, input, output } = content;
  if (tool === undefined || facts.running || (facts.error && output === undefined)) return undefined;
  const told = { ...about(tool.callId, input), name: tool.name, result: output === undefined ? null : plain(output) };
  return { told, cut: input?.offloaded !== undefined || output?.offloaded !== undefined };
}

function openCall({ facts, content }: Call): Told<OpenCall> {
  const { tool, input } = content;
  const told: OpenCall = {
    kind: tool === undefined ? "llm" : "tool",
    name: tool?.name ?? content.model ?? "",
    // What a model was asked are the messages and the results: they are not said again.
    ...(tool === undefined ? {} : about(tool.callId, input)),
    spanId: facts.spanId,
    since: facts.start.toString(),
    ...(facts.failure === undefined ? {} : { failure: facts.failure }),
  };
  return { told, cut: tool !== undefined && input?.offloaded !== undefined };
}

function about(id: string | undefined, input: Content | undefined): { id?: string; arguments?: unknown } {
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
