import { countAt, valueAt } from "../../otel/record-fields.ts";
import { failureAt, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentEvent, AgentRecord } from "./agent-event.ts";
import { firstText } from "../../facts/exception-text.ts";
import { AGENT_RECORD as KEYS, GEMINI_CLI as EVENTS } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/** Reads a record of Gemini CLI; `event` is its name without the prefix. Calls have no ids of their own. */
export function readGeminiCli(event: string, attributes: readonly KeyValue[]): AgentRecord {
  const promptId = firstText(attributes, KEYS.promptId);
  const belongs = promptId === undefined ? {} : { promptId };
  switch (event) {
    case EVENTS.prompt: {
      const prompt = promptOf("gemini_cli.user_prompt", EVENTS.agent, attributes);
      return { event: prompt, ...subjectAt("prompt", attributes, KEYS.promptId) };
    }
    case EVENTS.response:
      return { event: answer(attributes), ...belongs };
    case EVENTS.requestFailed:
      return { event: modelCall("gemini_cli.llm_call", attributes, failureAt(attributes)), ...belongs };
    case EVENTS.toolCall:
      return { event: toolCall("gemini_cli.tool_call", attributes), ...belongs };
    default:
      return subjectAt("prompt", attributes, KEYS.promptId);
  }
}

/** Gemini counts thoughts apart from the output, and tool results apart from the input; the other agents include them. */
function answer(attributes: readonly KeyValue[]): AgentEvent {
  const call = modelCall("gemini_cli.llm_call", attributes, undefined);
  const { tokens } = call;
  if (tokens === undefined) return call;
  const input = tokens.input + (countAt(attributes, KEYS.toolTokens) ?? 0);
  const output = tokens.output + (tokens.reasoning ?? 0);
  return { ...call, input: valueAt(attributes, KEYS.requestText), tokens: { ...tokens, input, output } };
}
