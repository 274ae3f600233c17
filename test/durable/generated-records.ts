import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import type { Random } from "../session/seeded-random.ts";
import { aRecord } from "./log-records.ts";
import type { SentRecord } from "./log-records.ts";
import { aSpan, at, attributesOf, SESSION_KEYS } from "./spans.ts";
import type { Attributes } from "./spans.ts";

const RECORDS = 24;

/** Of one session: traces with some of their spans, and possible session names. */
export type Around = {
  readonly traces: readonly { readonly traceId: string; readonly spanIds: readonly string[] }[];
  readonly names: readonly string[];
};

/**
 * Log records of a session's traces and of its names, some of them more than once or from elsewhere: plain ones,
 * exceptions, messages, heartbeats of spans that run, questions, and those that coding agents write instead of spans.
 */
export function generateRecords(random: Random, around: Around): SentRecord[] {
  const sent: SentRecord[] = [];
  for (let count = random.below(RECORDS); count > 0; count--) {
    const record = random.chance(0.6) ? inTrace(random, around) : ofSession(random, around.names);
    const service = random.pick(["controller", "executor"]);
    sent.push({ service, record });
    if (random.chance(0.15)) sent.push({ service, record });
    if (random.chance(0.05)) sent.push({ service: "gateway", record });
  }
  return sent;
}

/** The owners of records that name a session and no trace. */
export function homesOf(names: readonly string[]): string[] {
  return names.map(traceIdForSession);
}

function inTrace(random: Random, { traces, names }: Around): LogRecord {
  const { traceId, spanIds } = random.pick(traces);
  const spanId = random.chance(0.8) ? random.pick(spanIds) : random.pick(["00000000000000aa", "00000000000000cc"]);
  const naming: Attributes = random.chance(0.2)
    ? { [SESSION_KEYS[random.pick([1, 2, 3] as const)]]: random.pick(names) }
    : {};
  const ids = { traceId, ...(random.chance(0.9) ? { spanId } : {}) };
  const seconds = random.below(50);
  switch (random.below(5)) {
    case 0:
      return aRecord(
        "it broke",
        seconds,
        { ...ids, severityNumber: random.pick([9, 17]) },
        {
          "exception.type": random.pick(["Timeout", "CanceledError"]),
          "exception.message": random.pick(["too late", "not found"]),
          ...naming,
        },
      );
    case 1:
      return aRecord(`What is ${random.below(20)}?`, seconds, { ...ids, eventName: "gen_ai.user.message" }, naming);
    case 2:
      return heartbeat(random, traceId, spanId, seconds);
    case 3:
      return aRecord(
        "asked",
        seconds,
        { ...ids, eventName: random.pick(["elicitation", "a2a.task"]) },
        {
          "a2a.task.state": random.pick(["input-required", "working"]),
          ...(random.chance(0.5) ? { "a2a.task.id": random.pick(["task-1", "task-2"]) } : {}),
        },
      );
    default:
      return aRecord(`plain ${random.below(9)}`, seconds, ids, naming);
  }
}

/** G-Research's partial spans: a record whose body is a span that has not ended. */
function heartbeat(random: Random, traceId: string, spanId: string, seconds: number): LogRecord {
  const { endTimeUnixNano: _, ...span } = aSpan(traceId, spanId, {
    name: `partial ${random.below(3)}`,
    startTimeUnixNano: at(seconds),
  });
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const attributes = attributesOf({
    "partial.event": random.pick(["heartbeat", "stop"]),
    "partial.frequency": "5000ms",
  });
  return {
    timeUnixNano: at(seconds),
    body: { stringValue: body },
    attributes,
    ...(random.chance(0.5) ? { traceId } : {}),
    spanId,
  };
}

function ofSession(random: Random, names: readonly string[]): LogRecord {
  const named = { [SESSION_KEYS[random.pick([1, 2, 3] as const)]]: random.pick(names) };
  const seconds = random.below(50);
  const prompt = { "prompt.id": random.pick(["p-1", "p-2"]) };
  const event = random.pick(["user_prompt", "api_request", "tool_result", "tool_decision", "plain"]);
  const agent = random.pick(["claude_code", "codex"]);
  return aRecord(
    `${agent}.${event}`,
    seconds,
    {},
    {
      ...named,
      "event.name": agent === "codex" ? `codex.${event}` : event,
      ...(agent === "codex" ? {} : prompt),
      prompt: `What is ${random.below(20)}?`,
      model: random.pick(["small", "large"]),
      input_tokens: random.below(100),
      output_tokens: random.below(100),
      duration_ms: random.below(3_000),
      ...(random.chance(0.5) ? { request_id: `req-${random.below(3)}` } : {}),
      tool_name: "Bash",
      tool_use_id: `tool-${random.below(3)}`,
      success: random.pick(["true", "false"]),
    },
  );
}
