import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import { aSpan, at, attributesOf } from "../durable/spans.ts";
import type { Attributes, Sent } from "../durable/spans.ts";
import { arkEvent } from "../logs/ark-events.ts";
import type { Random } from "./seeded-random.ts";

/** A span, or a log record with the trace id of its owner. */
export type Item = Sent | { readonly owner: string; readonly record: LogRecord };

const OWNER = traceIdForSession("s-1");
const OPERATIONS = [
  "QueryExecution",
  "TeamExecution",
  "TeamTurn",
  "TeamMember",
  "AgentExecution",
  "LLMCall",
  "ToolCall",
];
const PHASES = ["Start", "Start", "Complete", "Complete", "Error", "Canceled"];
const STREAM_END = "streaming response from {model} took {duration}s";
const NAMES = ["query.plan", "query.plan.dispatch", "agent.a", "llm.m", STREAM_END, "tool.x", "team.t", "step"];
const AGENTS = [
  "codex.user_prompt",
  "codex.sse_event",
  "claude_code.user_prompt",
  "claude_code.tool_result",
  "claude_code.api_request",
  "gemini_cli.user_prompt",
  "gemini_cli.api_response",
  "qwen-code.tool_call",
];

/**
 * Duplicates: a session whose queries Ark's events name and spans trace, and in which coding agents log prompts and
 * calls. All of it happens in the same few seconds under the same few names, so that much of it may be the same thing.
 */
export function generateItems(random: Random): Item[] {
  const traces = Array.from({ length: 1 + random.below(3) }, (_, n) => String(n + 1).repeat(32));
  return [
    ...times(random.below(25), () => ({ owner: OWNER, record: recordOfArkEvent(eventOf(random)).record })),
    ...traces.flatMap((traceId) => times(random.below(10), (n) => spansOf(random, traceId, n + 1)).flat()),
    ...times(random.below(12), () => agentRecord(random, traces)),
  ];
}

const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

function eventOf(random: Random): ArkEvent {
  const data = {
    queryId: random.pick(["q-1", "q-2", "q-3"]),
    queryName: random.pick(["plan", "plan", "write"]),
    agent: random.pick(["a", "b"]),
    teamName: "t",
    model: "m",
    toolName: random.pick(["x", "y"]),
    durationMs: String(random.pick([0, 500, 2_000, 9_000])),
    ...(random.chance(0.3) ? { toolId: random.pick(["c-1", "c-2"]) } : {}),
    ...(random.chance(0.3) ? { error: "boom" } : {}),
    ...(random.chance(0.3) ? { input: random.pick(["Rain?", "Sun?"]) } : {}),
    ...(random.chance(0.3) ? { promptTokens: String(random.below(9)) } : {}),
  };
  return arkEvent(`${random.pick(OPERATIONS)}${random.pick(PHASES)}`, random.below(6), data);
}

/** All versions of one span: some are running, and some of those end. */
function spansOf(random: Random, traceId: string, number: number): Sent[] {
  const start = random.below(6);
  const name = random.pick(NAMES);
  const query = { "query.name": random.pick(["plan", "plan", "write"]), "query.namespace": "default" };
  const given = {
    name,
    kind: random.below(3),
    startTimeUnixNano: at(start),
    endTimeUnixNano: at(start + random.below(3)),
    ...(random.chance(0.6) ? { parentSpanId: (1 + random.below(11)).toString(16).padStart(16, "0") } : {}),
  };
  const said: Attributes = {
    ...(random.chance(0.8) ? query : {}),
    ...(name === "agent.a" ? { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "default/a" } : {}),
    ...(name === "llm.m" || name === STREAM_END
      ? { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m" }
      : {}),
    ...(name === "llm.m" && random.chance(0.3) ? { request_id: random.pick(["r-1", "r-2"]) } : {}),
    ...(name === "tool.x"
      ? { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": random.pick(["x", "Bash"]) }
      : {}),
    ...(name === "tool.x" && random.chance(0.3) ? { tool_use_id: random.pick(["u-1", "u-2"]) } : {}),
    ...(name === "team.t" ? { "team.name": "t" } : {}),
    ...(random.chance(0.5) ? { "gen_ai.usage.input_tokens": random.below(9) } : {}),
  };
  const ended = { service: "executor", span: aSpan(traceId, number, given, said) };
  if (random.chance(0.75)) return [ended];
  const pending: Attributes = { ...said, "acme.span.pending": { boolValue: true } };
  const running = { service: "executor", span: aSpan(traceId, number, given, pending) };
  return random.chance(0.7) ? [running, ended] : [running];
}

function agentRecord(random: Random, traces: readonly string[]): Item {
  const traceId = random.chance(0.3) ? random.pick(traces) : undefined;
  const attributes = attributesOf({
    "event.name": random.pick(AGENTS),
    "session.id": "s-1",
    "event.kind": "response.completed",
    "prompt.id": random.pick(["p-1", "p-2"]),
    prompt: random.pick(["first", "second"]),
    input_token_count: random.below(5),
    duration_ms: random.pick([0, 1_000, 3_000]),
    tool_name: "Bash",
    tool_use_id: random.pick(["u-1", "u-2"]),
    ...(random.chance(0.7) ? { request_id: random.pick(["r-1", "r-2"]) } : {}),
    ...(random.chance(0.5) ? { cost_usd: random.pick(["0.01", "0.02"]) } : {}),
    model: "m",
    success: random.pick(["true", "false"]),
    ...(random.chance(0.2) ? { "exception.type": "Timeout", "exception.message": random.pick(["late", "later"]) } : {}),
  });
  const spanId = (1 + random.below(12)).toString(16).padStart(16, "0");
  const record = {
    timeUnixNano: at(random.below(6)),
    attributes,
    ...(traceId === undefined ? {} : { traceId, spanId }),
  };
  return { owner: traceId ?? OWNER, record };
}
