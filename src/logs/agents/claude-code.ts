import { isRefused, failureAt, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentRecord } from "./agent-event.ts";
import { firstText } from "../../facts/error.ts";
import { AGENT_RECORD as KEYS, CLAUDE_CODE as EVENTS } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/**
 * A record of Claude Code, `event` being its name without the prefix. Spans are called as those that it sends when it
 * traces, and count tokens as those do: without what was read from the cache or written to it.
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
      return { event: modelCall("claude_code.llm_request", attributes, undefined), ...call };
    case EVENTS.requestFailed:
      return { event: modelCall("claude_code.llm_request", attributes, failureAt(attributes)), ...call };
    case EVENTS.answer:
      return call;
    case EVENTS.toolResult:
      return { event: toolCall("claude_code.tool", attributes), ...tool };
    case EVENTS.toolDecision:
      // A call that was let through tells its result itself.
      return isRefused(attributes) ? { event: toolCall("claude_code.tool", attributes), ...tool } : tool;
    default:
      return subjectAt("prompt", attributes, KEYS.promptId);
  }
}
