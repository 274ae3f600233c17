import { contentParts, toolCalls } from "./message-parts.ts";
import type { MessagePart } from "./message-parts.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

export type Message = {
  /** The producer's word; other dialects' words become `user`, `assistant`, `system` or `tool`. */
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
  readonly finishReason?: string;
};

/** More messages than any page shows; of a longer list the newest are returned. */
const MAX_MESSAGES = 2_000;

/** LangChain's serialised classes, and the roles of Gemini, Genkit and LangChain. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ["HumanMessage", "user"],
  ["HumanMessageChunk", "user"],
  ["AIMessage", "assistant"],
  ["AIMessageChunk", "assistant"],
  ["SystemMessage", "system"],
  ["ToolMessage", "tool"],
  ["FunctionMessage", "tool"],
  ["human", "user"],
  ["ai", "assistant"],
  ["model", "assistant"],
  ["function", "tool"],
]);

/** Fields in which requests and answers wrap their messages, the most specific first. */
const WRAPPERS = [
  "messages",
  "choices",
  "candidates",
  "generations",
  "contents",
  "message",
  "output",
  "input",
] as const;

/**
 * The messages in plain JSON, in any of these dialects: the GenAI convention, OpenAI (chat and responses), Anthropic,
 * Gemini, the AI SDK, LangChain's serialisation, Genkit. `undefined` for other JSON.
 */
export function readMessages(value: unknown): readonly Message[] | undefined {
  const messages = messagesIn(value, 0);
  return messages === undefined || messages.length === 0 ? undefined : messages.slice(-MAX_MESSAGES);
}

function messagesIn(value: unknown, depth: number): Message[] | undefined {
  if (depth > 4) return undefined;
  if (Array.isArray(value)) return messageList(value, depth);
  if (!isRecord(value)) return undefined;
  const message = readMessage(value);
  if (message !== undefined) return [message];
  const system = systemMessages(value);
  for (const field of WRAPPERS) {
    const inner = value[field];
    const messages = typeof inner === "object" && inner !== null ? messagesIn(inner, depth + 1) : undefined;
    if (messages !== undefined) return [...system, ...messages];
  }
  const prompt = nonEmpty(value.prompt);
  if (prompt !== undefined) return [...system, { role: "user", parts: [{ type: "text", text: prompt }] }];
  return undefined;
}

/** Every element must be a message, or a list of messages: half a conversation would mislead. */
function messageList(values: readonly unknown[], depth: number): Message[] | undefined {
  const messages: Message[] = [];
  for (const value of values) {
    const inner = messagesIn(value, depth + 1);
    if (inner === undefined) return undefined;
    for (const message of inner) messages.push(message);
  }
  return messages;
}

function systemMessages(value: PlainRecord): Message[] {
  const config = isRecord(value.config) ? value.config : {};
  const system = value.system ?? value.instructions ?? config.system_instruction;
  if (system === undefined || system === null || system === "") return [];
  return [{ role: "system", parts: contentParts(system) }];
}

function readMessage(value: PlainRecord): Message | undefined {
  const kwargs = value.kwargs;
  if (value.type === "constructor" && isRecord(kwargs) && Array.isArray(value.id)) {
    const role = ROLES.get(String(value.id.at(-1)));
    return role === undefined ? undefined : messageFrom(role, kwargs);
  }
  if (isRecord(value.message)) {
    // A choice, a generation, an indexed entry: the object around the message may have the finish reason.
    const inner = readMessage(value.message);
    const reason = inner?.finishReason ?? finishReason(value);
    return inner === undefined || reason === undefined ? inner : { ...inner, finishReason: reason };
  }
  if (isRecord(value.content) && value.content.parts !== undefined)
    return messageFrom("assistant", { ...value, ...value.content });
  const item = responsesItem(value);
  if (item !== undefined) return item;
  // The answer of one step in the AI SDK and Mastra.
  if (typeof value.text === "string" && Array.isArray(value.toolCalls))
    return messageFrom("assistant", { ...value, content: value.text });
  const role = nonEmpty(value.role) ?? (isLangChainType(value) ? value.type : undefined);
  if (role === undefined) return undefined;
  const hasContent = "content" in value || "parts" in value || "contents" in value || "tool_calls" in value;
  return hasContent ? messageFrom(ROLES.get(role) ?? role, value) : undefined;
}

function isLangChainType(value: PlainRecord): value is PlainRecord & { readonly type: string } {
  return (value.type === "human" || value.type === "ai" || value.type === "system") && "content" in value;
}

/** The items of OpenAI's Responses API that are not messages. */
function responsesItem(value: PlainRecord): Message | undefined {
  if (value.type === "function_call") return { role: "assistant", parts: toolCalls([value]) };
  if (value.type === "function_call_output" || (value.type === "reasoning" && value.role === undefined)) {
    return { role: value.type === "reasoning" ? "assistant" : "tool", parts: contentParts(value) };
  }
  return undefined;
}

function messageFrom(role: string, value: PlainRecord): Message {
  const parts = partsOf(role, value);
  const name = nonEmpty(value.name);
  const reason = finishReason(value);
  return {
    role,
    parts,
    ...(name === undefined ? {} : { name }),
    ...(reason === undefined ? {} : { finishReason: reason }),
  };
}

function partsOf(role: string, value: PlainRecord): MessagePart[] {
  const content = value.parts ?? value.content ?? value.contents;
  const callId = nonEmpty(value.tool_call_id) ?? nonEmpty(value.toolCallId);
  if (role === "tool" && callId !== undefined && !Array.isArray(value.parts)) {
    return [{ type: "tool_call_response", id: callId, result: content ?? null }];
  }
  const thought = nonEmpty(value.reasoning_content);
  const reasoning: MessagePart[] = thought === undefined ? [] : [{ type: "reasoning", text: thought }];
  const calls = toolCalls(value.tool_calls ?? value.toolCalls);
  const parts = contentParts(content);
  // LangChain repeats Anthropic's calls beside the content, which already has them.
  return parts.some((part) => part.type === "tool_call")
    ? [...reasoning, ...parts]
    : [...reasoning, ...parts, ...calls];
}

function finishReason(value: PlainRecord): string | undefined {
  return nonEmpty(value.finish_reason) ?? nonEmpty(value.finishReason) ?? nonEmpty(value.stop_reason);
}
