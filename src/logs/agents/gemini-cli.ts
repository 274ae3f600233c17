import { countAt, valueAt } from "../../otel/record-fields.ts";
import { failureAt, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentEvent, AgentRecord, ModelCall } from "./agent-event.ts";
import { firstText } from "../../facts/exception-text.ts";
import { SESSION_KEYS } from "../../otel/semconv/attributes.ts";
import { AGENT_RECORD as KEYS, GEMINI_CLI, GEMINI_EVENTS as EVENTS, QWEN_CODE } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/** Where Gemini CLI and its forks differ: the agent's name, and the names of derived spans. */
type Fork = { readonly agent: string; readonly prompt: string; readonly model: string; readonly tool: string };

/** Reads a record of Gemini CLI; `event` is its name without the prefix. Calls have no ids of their own. */
export function readGeminiCli(event: string, attributes: readonly KeyValue[]): AgentRecord {
  return readFork(event, attributes, {
    agent: GEMINI_CLI.agent,
    prompt: "gemini_cli.user_prompt",
    model: "gemini_cli.llm_call",
    tool: "gemini_cli.tool_call",
  });
}

/** Reads a record of Qwen Code. Derived spans have the names of the spans that it sends when it traces. */
export function readQwenCode(event: string, attributes: readonly KeyValue[]): AgentRecord {
  return readFork(event, attributes, {
    agent: QWEN_CODE.agent,
    prompt: "qwen-code.interaction",
    model: "qwen-code.llm_request",
    tool: "qwen-code.tool",
  });
}

function readFork(event: string, attributes: readonly KeyValue[], fork: Fork): AgentRecord {
  const promptId = firstText(attributes, KEYS.promptId);
  const belongs = promptId === undefined ? {} : { promptId };
  const isShared = promptId !== undefined && isOfProcess(promptId, attributes);
  const prompt = isShared ? {} : subjectAt("prompt", attributes, KEYS.promptId);
  switch (event) {
    case EVENTS.prompt:
      return { event: promptOf(fork.prompt, fork.agent, attributes), ...(isShared ? belongs : prompt) };
    case EVENTS.response:
      return { event: answer(fork.model, attributes), ...subjectAt("model", attributes, KEYS.requestId), ...belongs };
    case EVENTS.requestFailed: {
      const failed = modelCall(fork.model, attributes, failureAt(attributes));
      return { event: failed, ...subjectAt("model", attributes, KEYS.requestId), ...belongs };
    }
    case EVENTS.toolCall:
      return { event: toolCall(fork.tool, attributes), ...subjectAt("tool", attributes, KEYS.toolCallId), ...belongs };
    default:
      return prompt;
  }
}

/**
 * Whether the id tells the prompts of one process apart, not those of a session, which another process may resume: it is the
 * session's id, or counts from 0 after it.
 */
function isOfProcess(promptId: string, attributes: readonly KeyValue[]): boolean {
  const session = firstText(attributes, SESSION_KEYS.framework);
  return session !== undefined && promptId.startsWith(session);
}

function answer(name: string, attributes: readonly KeyValue[]): AgentEvent {
  const call = modelCall(name, attributes, undefined);
  const { tokens } = call;
  if (tokens === undefined) return call;
  return { ...call, input: valueAt(attributes, KEYS.requestText), tokens: withThoughts(tokens, attributes) };
}

/**
 * Gemini's API counts thoughts apart from the output, and tool results apart from the input; other agents and APIs include
 * them. The total tells: Qwen Code calls APIs of both sorts.
 */
function withThoughts(tokens: NonNullable<ModelCall["tokens"]>, attributes: readonly KeyValue[]): ModelCall["tokens"] {
  const total = countAt(attributes, KEYS.total);
  if (total !== undefined && total > 0 && total <= tokens.input + tokens.output) return tokens;
  const input = tokens.input + (countAt(attributes, KEYS.toolTokens) ?? 0);
  return { ...tokens, input, output: tokens.output + (tokens.reasoning ?? 0) };
}
