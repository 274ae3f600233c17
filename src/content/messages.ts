import { contentParts, textParts, toolCalls } from "./message-parts.ts";
import type { MessagePart } from "./message-parts.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { plainResult } from "./tool-result.ts";

export type Message = {
  /** The producer's word; other dialects' words become `user`, `assistant`, `system` or `tool`. */
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
  readonly finishReason?: string;
};

/** More messages than any page shows; of a longer list the newest are returned. */
const MAX_MESSAGES = 2_000;

/** The roles of Gemini, Genkit and LangChain, serialised classes of LangChain and AutoGen, and types of LangChain4j. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ["HumanMessage", "user"],
  ["HumanMessageChunk", "user"],
  ["AIMessage", "assistant"],
  ["AIMessageChunk", "assistant"],
  ["SystemMessage", "system"],
  ["ToolMessage", "tool"],
  ["FunctionMessage", "tool"],
  ["ToolMessageChunk", "tool"],
  ["UserMessage", "user"],
  ["AssistantMessage", "assistant"],
  ["FunctionExecutionResultMessage", "tool"],
  ["ToolCallExecutionEvent", "tool"],
  ["ToolCallRequestEvent", "assistant"],
  ["human", "user"],
  ["ai", "assistant"],
  ["model", "assistant"],
  ["function", "tool"],
  ["toolResult", "tool"],
  ["USER", "user"],
  ["AI", "assistant"],
  ["ASSISTANT", "assistant"],
  ["MODEL", "assistant"],
  ["SYSTEM", "system"],
  ["TOOL", "tool"],
  ["TOOL_EXECUTION_RESULT", "tool"],
]);

/** Values of `type` that stand for a role. */
const ROLE_TYPES: ReadonlySet<string> = new Set([
  ...[...ROLES.keys()].filter((word) => word !== "model" && word !== "MODEL"),
  "system",
  "tool",
  "TextMessage",
  "MultiModalMessage",
]);

/** LangGraph's commands: an output, a list, an update, messages, a list. */
const MAX_WRAPPERS = 6;

/** Fields in which requests and answers wrap their messages, the most specific first. */
const WRAPPERS = [
  "messages",
  "choices",
  "candidates",
  "generations",
  "replies",
  "contents",
  "Contents",
  "items",
  "message",
  "output",
  "input",
  "inputs",
  "outputs",
  "update",
  "result",
  "response",
] as const;

/**
 * The messages in plain JSON, in any of these dialects: the GenAI convention, OpenAI (chat and responses), Anthropic,
 * Gemini, the AI SDK, LangChain's and LangChain4j's serialisations, Genkit, Haystack, AutoGen. `undefined` for other JSON.
 */
export function readMessages(value: unknown): readonly Message[] | undefined {
  const messages = messagesIn(value, 0);
  if (messages === undefined || messages.length === 0) return undefined;
  return withToolRoles(messages.slice(-MAX_MESSAGES));
}

const PLAIN_ROLES: ReadonlySet<string> = new Set(["user", "assistant", "system", "developer", "tool"]);

/** Langfuse writes a tool's name in place of the role of its result, and no id of its call. */
function withToolRoles(messages: readonly Message[]): readonly Message[] {
  /** By name: the id of the last call. */
  let called: Map<string, string | undefined> | undefined;
  return messages.map((message) => {
    const { role, parts } = message;
    for (const part of parts) if (part.type === "tool_call") (called ??= new Map()).set(part.name, part.id);
    if (called?.has(role) !== true || PLAIN_ROLES.has(role)) return message;
    const id = called.get(role);
    const results = parts.map((part): MessagePart =>
      part.type === "text"
        ? { type: "tool_call_response", ...(id === undefined ? {} : { id }), result: plainResult(part.text) }
        : part,
    );
    return { name: role, ...message, role: "tool", parts: results };
  });
}

function messagesIn(value: unknown, depth: number): Message[] | undefined {
  if (depth > MAX_WRAPPERS) return undefined;
  if (Array.isArray(value)) return messageList(value, depth);
  if (!isRecord(value)) return undefined;
  const message = readMessage(value);
  if (message !== undefined) return [message];
  const system = systemMessages(value);
  for (const field of WRAPPERS) {
    const inner = value[field];
    const messages = typeof inner === "object" && inner !== null ? messagesIn(inner, depth + 1) : undefined;
    if (messages !== undefined) return [...system, ...messages];
    if (field === "replies" && isTexts(inner)) return inner.map((text) => textMessage("assistant", text));
  }
  const prompt = nonEmpty(value.prompt) ?? (isRequest(value) ? requestText(value) : undefined);
  return prompt === undefined ? undefined : [...system, textMessage("user", prompt)];
}

function textMessage(role: string, text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string");
}

/** A request of OpenAI's Responses API or of Gemini: its input may be one text. */
function isRequest(value: PlainRecord): boolean {
  return typeof value.model === "string" || typeof value.instructions === "string";
}

function requestText({ input, contents }: PlainRecord): string | undefined {
  return nonEmpty(input) ?? nonEmpty(contents);
}

/** Every element must be a message, or a list of messages: half a conversation would mislead. */
function messageList(values: readonly unknown[], depth: number): Message[] | undefined {
  // LangGraph's tools get the calls of an answer by themselves.
  if (values.length > 0 && values.every((value) => isRecord(value) && value.type === "tool_call"))
    return [{ role: "assistant", parts: toolCalls(values) }];
  const messages: Message[] = [];
  for (const value of values) {
    const inner = pairMessage(value) ?? messagesIn(value, depth + 1);
    if (inner === undefined) return undefined;
    for (const message of inner) messages.push(message);
  }
  return messages;
}

/** LangChain's short form of a message: `["user", "…"]`. */
function pairMessage(value: unknown): Message[] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [word, text]: readonly unknown[] = value;
  if (typeof word !== "string" || typeof text !== "string") return undefined;
  const role = ROLES.get(word) ?? word;
  return PLAIN_ROLES.has(role) ? [textMessage(role, text)] : undefined;
}

function systemMessages(value: PlainRecord): Message[] {
  const config = isRecord(value.config) ? value.config : isRecord(value.Config) ? value.Config : value;
  const system =
    value.system ??
    value.systemPrompt ??
    value.instructions ??
    config.system_instruction ??
    config.systemInstruction ??
    config.SystemInstruction;
  if (system === undefined || system === null || system === "") return [];
  return [{ role: "system", parts: contentParts(system) }];
}

function readMessage(value: PlainRecord): Message | undefined {
  const kwargs = value.kwargs;
  if (value.type === "constructor" && isRecord(kwargs) && Array.isArray(value.id)) {
    const role = ROLES.get(String(value.id.at(-1)));
    return role === undefined ? undefined : messageFrom(role, kwargs);
  }
  if (isRecord(value.data) && typeof value.type === "string" && ROLE_TYPES.has(value.type))
    return messageFrom(ROLES.get(value.type) ?? value.type, value.data);
  if (isRecord(value.message)) {
    // A choice, a generation, an indexed entry: the object around the message may have the finish reason.
    const inner = readMessage(value.message);
    const reason = inner?.finishReason ?? finishReason(value);
    return inner === undefined || reason === undefined ? inner : { ...inner, finishReason: reason };
  }
  const content = value.content ?? value.Content;
  if (isRecord(content) && content.parts !== undefined)
    return messageFrom(roleIn(content) ?? roleIn(value) ?? "assistant", { ...value, ...content });
  const item = responsesItem(value);
  if (item !== undefined) return item;
  const role = roleIn(value);
  const inner = role !== undefined && isRecord(content) ? fieldsOfEvent(content) : undefined;
  if (role !== undefined && inner !== undefined) return messageFrom(role, { ...value, ...inner });
  if (role === undefined)
    return isAnswer(value) ? messageFrom("assistant", { ...value, content: value.text }) : undefined;
  const hasContent = CONTENT_FIELDS.some((field) => field in value);
  return hasContent ? messageFrom(role, value) : undefined;
}

/** The fields of a span event as a message's content: AWS's distribution moves events so. */
function fieldsOfEvent({ content, message, id, ...more }: PlainRecord): PlainRecord | undefined {
  const text = nonEmpty(content) ?? nonEmpty(message);
  if (text === undefined || more.type !== undefined) return undefined;
  return { ...more, content: text, ...(id === undefined ? {} : { tool_call_id: id }) };
}

const CONTENT_FIELDS = [
  "content",
  "parts",
  "contents",
  "tool_calls",
  "toolExecutionRequests",
  "function_call",
  "text",
] as const;

/** A text with the fields of a finished answer: of a step in the AI SDK and Mastra, of a text completion, of LangChain. */
function isAnswer(value: PlainRecord): boolean {
  return typeof value.text === "string" && ANSWER_FIELDS.some((field) => field in value);
}

const ANSWER_FIELDS = [
  "toolCalls",
  "files",
  "finishReason",
  "finish_reason",
  "generation_info",
  "generationInfo",
] as const;

/** The role that a message states, in one of the many words for it; of AutoGen's the source tells who speaks. */
function roleIn(value: PlainRecord): string | undefined {
  const role = nonEmpty(value.role) ?? nonEmpty(value.messageType);
  if (role !== undefined) return ROLES.get(role) ?? role;
  const type = nonEmpty(value.type);
  if (type === undefined || !ROLE_TYPES.has(type)) return undefined;
  const known = ROLES.get(type);
  if (known !== undefined || type === "system" || type === "tool") return known ?? type;
  return value.source === "user" ? "user" : "assistant";
}

const CALL = "_call";

/** The items of OpenAI's Responses API that are not messages. */
function responsesItem(value: PlainRecord): Message | undefined {
  const { type, role } = value;
  if (type === "function_call" || type === "custom_tool_call") return { role: "assistant", parts: toolCalls([value]) };
  // A call of the provider's own tool: `web_search_call`, `computer_call`, `mcp_call`.
  if (role === undefined && typeof type === "string" && type.endsWith(CALL))
    return {
      role: "assistant",
      parts: toolCalls([
        {
          arguments: value.action ?? value.queries ?? value.code,
          ...value,
          name: value.name ?? type.slice(0, -CALL.length),
        },
      ]),
    };
  if (type === "function_call_output" || (type === "reasoning" && role === undefined))
    return { role: type === "reasoning" ? "assistant" : "tool", parts: contentParts(value) };
  return undefined;
}

function messageFrom(role: string, value: PlainRecord): Message {
  const parts = partsOf(role, value);
  const source = nonEmpty(value.source);
  const name = nonEmpty(value.name) ?? nonEmpty(value.toolName) ?? (source === role ? undefined : source);
  const reason = finishReason(value);
  return {
    role,
    parts,
    ...(name === undefined ? {} : { name }),
    ...(reason === undefined ? {} : { finishReason: reason }),
  };
}

function partsOf(role: string, value: PlainRecord): MessagePart[] {
  const content = value.parts ?? value.content ?? value.contents ?? value.text;
  const callId = nonEmpty(value.tool_call_id) ?? nonEmpty(value.toolCallId) ?? nonEmpty(value.id);
  if (role === "tool" && callId !== undefined && !Array.isArray(value.parts) && !hasResults(content)) {
    return [{ type: "tool_call_response", id: callId, result: plainResult(content ?? null) }];
  }
  const thought = nonEmpty(value.reasoning_content) ?? nonEmpty(value.reasoning) ?? nonEmpty(value.thinking);
  const reasoning: MessagePart[] = thought === undefined ? [] : [{ type: "reasoning", text: thought }];
  const listed = value.tool_calls ?? value.toolCalls ?? value.toolExecutionRequests;
  const calls = toolCalls(listed ?? (isRecord(value.function_call) ? [value.function_call] : undefined));
  const said = content ?? value.refusal;
  const parts = typeof said === "string" ? textParts(said) : contentParts(said);
  // LangChain repeats Anthropic's calls beside the content, which already has them.
  return parts.some((part) => part.type === "tool_call")
    ? [...reasoning, ...parts]
    : [...reasoning, ...parts, ...calls];
}

/** Whether the content is made of results, each with the id of its call. */
function hasResults(content: unknown): boolean {
  return Array.isArray(content) && contentParts(content).some((part) => part.type === "tool_call_response");
}

function finishReason(value: PlainRecord): string | undefined {
  return (
    nonEmpty(value.finish_reason) ??
    nonEmpty(value.finishReason) ??
    nonEmpty(value.stop_reason) ??
    nonEmpty(value.stopReason)
  );
}
