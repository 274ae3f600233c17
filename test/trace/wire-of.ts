import type { SpanFacts } from "../../src/trace/facts.ts";
import type { KeyValue, ResourceSpans, Span } from "../../src/trace/span.ts";
import type { SessionStreamEvent } from "../../src/trace/stream-events.ts";
import type { Sent } from "./session-generator.ts";

const SESSION_KEYS = ["", "ark.session.id", "session.id", "gen_ai.conversation.id"];

/** The canonical spans that say what these encodings say; a resource for each run of one service. */
export function wireOf(sent: readonly Sent[]): ResourceSpans[] {
  const resourceSpans: { service: string | undefined; spans: Span[] }[] = [];
  for (const { traceId, facts } of sent) {
    const last = resourceSpans.at(-1);
    const span = spanOfFacts(traceId, facts);
    if (last && last.service === facts.service) last.spans.push(span);
    else resourceSpans.push({ service: facts.service, spans: [span] });
  }
  return resourceSpans.map(({ service, spans }) => ({
    resource: { attributes: service === undefined ? [] : [text("service.name", service)] },
    scopeSpans: [{ scope: { name: "generator" }, spans }],
  }));
}

export function spansEvent(
  second: number,
  resourceSpans: readonly ResourceSpans[],
): Extract<SessionStreamEvent, { type: "spans" }> {
  const spans = resourceSpans.reduce((all, { scopeSpans }) => all + (scopeSpans?.[0]?.spans?.length ?? 0), 0);
  const received = `${1_790_000_100 + second}000000000`;
  return { type: "spans", received, receipt: { encoding: "json", spans }, resourceSpans };
}

function spanOfFacts(traceId: string, facts: SpanFacts): Span {
  const { session, query, agent, tool, model, tokens, cost, asked } = facts;
  const attributes: KeyValue[] = [];
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined) attributes.push(text(key, value));
  };
  add(SESSION_KEYS[session?.rank ?? 0] ?? "", session?.value);
  add("query.name", query?.name);
  add("query.namespace", query?.namespace);
  add("agent.name", agent);
  add("tool.name", tool);
  add("gen_ai.request.model", model);
  add("input.value", asked);
  if (tokens) {
    attributes.push({ key: "gen_ai.usage.input_tokens", value: { intValue: String(tokens.input) } });
    attributes.push({ key: "gen_ai.usage.output_tokens", value: { intValue: String(tokens.output) } });
  }
  if (cost !== undefined) attributes.push({ key: "gen_ai.usage.cost", value: { doubleValue: cost } });
  return {
    traceId,
    spanId: facts.spanId,
    ...(facts.parentSpanId !== "" && { parentSpanId: facts.parentSpanId }),
    name: `${facts.kind}.${facts.name}`,
    ...(facts.otlpKind !== 0 && { kind: facts.otlpKind }),
    startTimeUnixNano: String(facts.start),
    ...(!facts.running && { endTimeUnixNano: String(facts.end) }),
    attributes,
    ...(facts.error && { status: { code: 2 } }),
  };
}

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } };
}
