import type { Content } from "../../content/content-value.ts";
import type { MessagePart } from "../../content/message-parts.ts";
import type { Message } from "../../content/messages.ts";
import { withoutContext } from "../../content/prompt.ts";
import { textOrJson } from "../../otel/any-value.ts";
import { keyOf } from "../transcript/said.ts";
import type { SessionTree, TreeNode } from "../tree/tree.ts";
import { callsBefore } from "./model-calls.ts";
import type { StepReader } from "./step-reader.ts";

export type News = "new" | "earlier";

/** What is new in the input of a model's call. */
export type EarlierMessages = {
  /** The call of the same agent whose input or answer had the earlier ones; `undefined`: all are new. */
  readonly call: TreeNode | undefined;
  /** By message of the input. */
  readonly news: readonly News[];
  /** Calls whose messages are not loaded, and would show more. */
  readonly unread: readonly TreeNode[];
};

/** `reader`: of the same session. A call in between that shares no message, such as one for a title, is passed over. */
export function earlierMessages(tree: SessionTree, node: TreeNode, reader: StepReader): EarlierMessages {
  const messages = messagesIn(reader.contentOf(node).input);
  if (messages.length === 0) return { call: undefined, news: [], unread: [] };
  for (const call of callsBefore(tree, node)) {
    const { input, output } = reader.contentOf(call);
    if (input?.offloaded !== undefined && input.kind !== "messages")
      return { call: undefined, news: messages.map(() => "new"), unread: [call] };
    const news = comparedOnce(messages, input, output);
    // Two conversations may have the same instructions.
    if (news.some((one, at) => one === "earlier" && messages[at]?.role !== "system"))
      return { call, news, unread: output?.offloaded !== undefined && output.kind !== "messages" ? [call] : [] };
  }
  return { call: undefined, news: messages.map(() => "new"), unread: [] };
}

type Comparison = {
  readonly input: Content | undefined;
  readonly output: Content | undefined;
  readonly news: readonly News[];
};

/** By the input's messages: long conversations are compared once, not with each export of a running session. */
const compared = new WeakMap<readonly Message[], Comparison[]>();

function comparedOnce(
  messages: readonly Message[],
  input: Content | undefined,
  output: Content | undefined,
): readonly News[] {
  let known = compared.get(messages);
  if (known === undefined) compared.set(messages, (known = []));
  let comparison = known.find((one) => one.input === input && one.output === output);
  if (comparison === undefined) {
    const news = newMessages(messages, [...messagesIn(input), ...messagesIn(output)]);
    known.push((comparison = { input, output, news }));
  }
  return comparison.news;
}

/** Which messages were not among those before. Each one before stands for one message only: what is said twice is new again, and so is one without a key. */
export function newMessages(messages: readonly Message[], before: readonly Message[]): readonly News[] {
  const known = new Map<string, number>();
  for (const { role, parts } of before)
    for (const part of parts) {
      const key = partKey(part, role);
      if (key !== undefined) known.set(key, (known.get(key) ?? 0) + 1);
    }
  return messages.map(({ role, parts }) => {
    const keys = parts.map((part) => partKey(part, role)).filter((key) => key !== undefined);
    if (keys.length === 0 || !keys.every((key) => (known.get(key) ?? 0) > 0)) return "new";
    for (const key of keys) known.set(key, (known.get(key) ?? 0) - 1);
    return "earlier";
  });
}

/** Equal for what says the same, whatever its white space; `undefined` of thoughts, which inputs often lack. */
function partKey(part: MessagePart, role: string): string | undefined {
  switch (part.type) {
    case "reasoning":
      return undefined;
    case "text":
      return part.text.trim() === ""
        ? undefined
        : `text ${role} ${keyOf(role === "user" ? withoutContext(part.text) : part.text)}`;
    case "tool_call":
      return `call ${part.name} ${keyOf(textOrJson(part.arguments))}`;
    case "tool_call_response":
      return `result ${keyOf(textOrJson(part.result))}`;
    case "other":
      return `${part.is} ${keyOf(part.text)}`;
  }
}

/** A text is one message. */
export function messagesIn(content: Content | undefined): readonly Message[] {
  if (content === undefined || content.kind === "json") return [];
  return content.kind === "messages"
    ? content.messages
    : [{ role: "assistant", parts: [{ type: "text", text: content.text }] }];
}
