import type { KeyValue, ResourceSpans, Span } from "../../src/otel/span.ts";
import { Random } from "../session/seeded-random.ts";

const WORDS =
  "the a of to in and for with that is was not on by as from which when this request response model agent tool search result user session order refund invoice policy customer account weather flight hotel booking summary draft review check confirm update missing because after before between several available current previous next each total amount date status shipped delayed cancelled approved question answer follow evidence source page section table column value error retry limit budget plan step goal context history message reply please could would should we they it has been will can may".split(
    " ",
  );

const MODELS = ["gpt-5.2-mini", "claude-sonnet-5", "gemini-3-flash"];
const TOOLS = ["web_search", "fetch_page", "lookup_order", "send_email", "run_query"];
const AGENTS = ["researcher", "planner", "support", "reviewer"];

/** 2026-11-02T09:00:00Z */
const START = 1_793_610_000_000_000_000n;

/** Spans of agent runs under the GenAI convention: an agent, its model calls, each with an HTTP call, and tool calls. About 900 bytes of JSON each. */
export type Wanted = {
  readonly spans: number;
  /** Spans are dealt over so many traces. */
  readonly traces: number;
  /** Stands as `session.id` on every span, as SDKs write it. */
  readonly session?: string;
  readonly seed: number;
};

export function realisticRequest({ spans, traces, session, seed }: Wanted): {
  readonly resourceSpans: ResourceSpans[];
} {
  const random = new Random(seed);
  const all: Span[] = [];
  const each = Math.ceil(spans / traces);
  while (all.length < spans) all.push(...trace(random, Math.min(each, spans - all.length), session));
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [
            text("service.name", "travel-desk"),
            text("service.version", "2.14.0"),
            text("service.instance.id", random.hex(32)),
            text("telemetry.sdk.language", "python"),
            text("telemetry.sdk.name", "opentelemetry"),
            text("telemetry.sdk.version", "1.39.0"),
            text("deployment.environment.name", "production"),
            text("host.name", "worker-7f9c"),
          ],
        },
        scopeSpans: [{ scope: { name: "agents.runtime", version: "0.9.3" }, spans: all }],
      },
    ],
  };
}

function trace(random: Random, count: number, session: string | undefined): Span[] {
  const traceId = random.hex(32);
  const spans: Span[] = [];
  let clock = START + BigInt(random.below(1_000_000_000));
  let agent = "";
  let model = "";
  for (let at = 0; at < count; at++) {
    const spanId = random.hex(16);
    const step = at % 10;
    const kind = step === 0 ? "agent" : step % 3 === 1 ? "chat" : step % 3 === 2 ? "http" : "tool";
    if (kind === "agent") agent = spanId;
    if (kind === "chat") model = spanId;
    const parent = kind === "agent" ? (spans[0]?.spanId ?? "") : kind === "http" ? model : agent;
    const start = clock;
    clock += BigInt(1_000_000 + random.below(900_000_000));
    const attributes = attributesOf(random, kind);
    if (session !== undefined) attributes.push(text("session.id", session));
    spans.push({
      traceId,
      spanId,
      ...(parent === "" ? {} : { parentSpanId: parent }),
      flags: 257,
      name: nameOf(random, kind),
      kind: kind === "http" ? 3 : 1,
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(clock),
      attributes,
      status: random.chance(0.03) ? { message: "the upstream timed out", code: 2 } : { code: 1 },
    });
  }
  return spans;
}

function nameOf(random: Random, kind: string): string {
  if (kind === "agent") return `invoke_agent ${random.pick(AGENTS)}`;
  if (kind === "chat") return `chat ${random.pick(MODELS)}`;
  return kind === "tool" ? `execute_tool ${random.pick(TOOLS)}` : "POST";
}

function attributesOf(random: Random, kind: string): KeyValue[] {
  if (kind === "agent")
    return [
      text("gen_ai.operation.name", "invoke_agent"),
      text("gen_ai.agent.name", random.pick(AGENTS)),
      text("gen_ai.agent.id", random.hex(24)),
      text("gen_ai.provider.name", "openai"),
      text("gen_ai.request.model", random.pick(MODELS)),
      text("gen_ai.input.messages", messages(random, "user", 14)),
      text("gen_ai.output.messages", messages(random, "assistant", 14)),
      whole("gen_ai.usage.input_tokens", 400 + random.below(4_000)),
      whole("gen_ai.usage.output_tokens", 50 + random.below(900)),
    ];
  if (kind === "chat")
    return [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.provider.name", "openai"),
      text("gen_ai.request.model", random.pick(MODELS)),
      text("gen_ai.response.model", random.pick(MODELS)),
      text("gen_ai.response.id", `resp_${random.hex(24)}`),
      { key: "gen_ai.request.temperature", value: { doubleValue: 0.2 } },
      text("gen_ai.input.messages", messages(random, "user", 8)),
      text("gen_ai.output.messages", messages(random, "assistant", 6)),
      whole("gen_ai.usage.input_tokens", 400 + random.below(4_000)),
      whole("gen_ai.usage.output_tokens", 50 + random.below(900)),
      { key: "gen_ai.response.finish_reasons", value: { arrayValue: { values: [{ stringValue: "stop" }] } } },
    ];
  if (kind === "tool")
    return [
      text("gen_ai.operation.name", "execute_tool"),
      text("gen_ai.tool.name", random.pick(TOOLS)),
      text("gen_ai.tool.call.id", `call_${random.hex(24)}`),
      text("gen_ai.tool.call.arguments", JSON.stringify({ query: prose(random, 6), limit: random.below(20) })),
      text("gen_ai.tool.call.result", prose(random, 12)),
    ];
  return [
    text("http.request.method", "POST"),
    text("url.full", `https://api.openai.com/v1/responses?trace=${random.hex(16)}`),
    text("server.address", "api.openai.com"),
    whole("server.port", 443),
    whole("http.response.status_code", 200),
    whole("http.response.body.size", 900 + random.below(9_000)),
  ];
}

function messages(random: Random, role: string, words: number): string {
  return JSON.stringify([{ role, parts: [{ type: "text", content: prose(random, words) }] }]);
}

export function prose(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(" ");
}

function text(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}

function whole(key: string, value: number): KeyValue {
  return { key, value: { intValue: String(value) } };
}
