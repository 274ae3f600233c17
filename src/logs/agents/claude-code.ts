import { isRefused, failureAt, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentRecord, ModelEvent } from "./agent-event.ts";
import { firstText } from "../../facts/exception-text.ts";
import { AGENT_RECORD as KEYS, CLAUDE_CODE as EVENTS } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/**
 * Reads a record of Claude Code; `event` is its name without the prefix. Derived spans have the names of the spans that it
 * sends when it traces.
 */
export function readClaudeCode(event: string, attributes: readonly KeyValue[]): AgentRecord {
  const promptId = firstText(attributes, KEYS.promptId);
  const belongs = promptId === undefined ? {} : { promptId };
  const call = { ...subjectAt("model", attributes, KEYS.requestId), ...belongs };
  const tool = { ...subjectAt("tool", attributes, KEYS.toolCallId), ...belongs };
  switch (event) {
    case EVENTS.prompt: {
      const prompt = promptOf("claude_code.interaction", EVENTS.agent, attributes);
      return { event: prompt, ...subjectAt("prompt", attributes, KEYS.promptId) };
    }
    case EVENTS.request:
      return { event: withCache(modelCall("claude_code.llm_request", attributes, undefined)), ...call };
    case EVENTS.requestFailed:
      return { event: modelCall("claude_code.llm_request", attributes, failureAt(attributes)), ...call };
    case EVENTS.answer:
      return call;
    case EVENTS.toolResult:
      return { event: toolCall("claude_code.tool", attributes), ...tool };
    case EVENTS.toolDecision:
      // An allowed call reports its result in another record.
      return isRefused(attributes) ? { event: toolCall("claude_code.tool", attributes), ...tool } : tool;
    default:
      return subjectAt("prompt", attributes, KEYS.promptId);
  }
}

/** Claude Code counts tokens read from a cache and written to one apart from the input; the other agents include them. */
function withCache(call: ModelEvent): ModelEvent {
  const { tokens } = call;
  if (tokens === undefined) return call;
  return { ...call, tokens: { ...tokens, input: tokens.input + (tokens.cached ?? 0) + (tokens.written ?? 0) } };
}
