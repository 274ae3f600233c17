import { countAt } from "../record-fields.ts";
import { failureAt, failureOf, isRefused, modelCall, promptOf, subjectAt, toolCall } from "./agent-calls.ts";
import type { AgentRecord } from "./agent-event.ts";
import { firstText } from "../../facts/error.ts";
import { AGENT_RECORD as KEYS, CODEX as EVENTS } from "../../otel/semconv/logs.ts";
import type { KeyValue } from "../../otel/span.ts";

/** HTTP's, from here on a request has failed. */
const FIRST_ERROR_STATUS = 400;

/**
 * A record of Codex, `event` being its name without the prefix. It names no prompt. A model's call is told by two: the
 * request, which knows how it went on the wire, and the end of its stream, which knows the tokens and is the call.
 */
export function readCodex(event: string, attributes: readonly KeyValue[]): AgentRecord {
  const tool = subjectAt("tool", attributes, KEYS.toolCallId);
  switch (event) {
    case EVENTS.prompt:
      return { event: promptOf("codex.turn", EVENTS.agent, attributes) };
    case EVENTS.request: {
      const status = countAt(attributes, KEYS.statusCode);
      const failed = failureOf(attributes) !== undefined || (status ?? 0) >= FIRST_ERROR_STATUS;
      // No stream follows a request that failed.
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

/** The last event of a stream comes twice: as it was read, and with the tokens. */
function streamEvent(attributes: readonly KeyValue[]): AgentRecord {
  const failure = failureOf(attributes);
  const kind = firstText(attributes, [EVENTS.streamKind]);
  const isAnswer = kind === EVENTS.completed && countAt(attributes, KEYS.input) !== undefined;
  if (failure === undefined && !isAnswer) return {};
  return { event: modelCall("codex.response", attributes, failure) };
}
