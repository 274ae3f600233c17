import { countAt } from "../../otel/record-fields.ts";
import { failureAt, failureOf, isRefused, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentRecord } from "./agent-event.ts";
import { firstText } from "../../facts/exception-text.ts";
import { AGENT_RECORD as KEYS, CODEX as EVENTS } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/** From this HTTP status on a request has failed. */
const FIRST_ERROR_STATUS = 400;

/**
 * Reads a record of Codex; `event` is its name without the prefix. Records name no prompt. Two records report a model call:
 * the HTTP request, with its status, and the end of its stream, with the tokens. The latter becomes the model call.
 */
export function readCodex(event: string, attributes: readonly KeyValue[]): AgentRecord {
  const tool = subjectAt("tool", attributes, KEYS.toolCallId);
  switch (event) {
    case EVENTS.prompt:
      return { event: promptOf("codex.turn", EVENTS.agent, attributes) };
    case EVENTS.request: {
      const status = countAt(attributes, KEYS.statusCode);
      const failed = failureOf(attributes) !== undefined || (status ?? 0) >= FIRST_ERROR_STATUS;
      // No stream follows a failed request.
      if (failed) return { event: modelCall("codex.response", attributes, failureAt(attributes)) };
      return {
        event: { is: "request", name: "codex.api_request", endpoint: firstText(attributes, KEYS.endpoint), status },
      };
    }
    case EVENTS.stream:
      return streamEvent(attributes);
    case EVENTS.toolResult:
      return { event: toolCall("codex.tool", attributes), ...tool };
    case EVENTS.toolDecision:
      return isRefused(attributes) ? { event: toolCall("codex.tool", attributes), ...tool } : tool;
    default:
      return {};
  }
}

/** Codex logs the last event of a stream twice: once as read, once with the tokens. */
function streamEvent(attributes: readonly KeyValue[]): AgentRecord {
  const failure = failureOf(attributes);
  const kind = firstText(attributes, [EVENTS.streamKind]);
  const isAnswer = kind === EVENTS.completed && countAt(attributes, KEYS.input) !== undefined;
  if (failure === undefined && !isAnswer) return {};
  return { event: modelCall("codex.response", attributes, failure) };
}
