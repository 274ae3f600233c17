import type { InputRequest, SpanFacts } from "../../src/facts/facts.ts";
import type { KeyValue, ResourceSpans, Span, SpanEvent } from "../../src/otel/span.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import type { Sent } from "./session-generator.ts";

const SESSION_KEYS = ["", "ark.session.id", "session.id", "gen_ai.conversation.id"];

/** The canonical spans that say what these versions say; a resource for each run of one service. */
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
  const { session, query, agent, tool, model, tokens, cost, prompt: asked } = facts;
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
  if (facts.ancestors) {
    // Laminar's form: UUIDs, and the span itself at the end.
    const path = [...facts.ancestors, { spanId: facts.spanId, name: facts.name }];
    attributes.push(
      texts(
        "lmnr.span.ids_path",
        path.map(({ spanId }) => `00000000-0000-0000-${spanId.slice(0, 4)}-${spanId.slice(4)}`),
      ),
    );
    attributes.push(
      texts(
        "lmnr.span.path",
        path.map(({ name }) => name),
      ),
    );
  }
  return {
    traceId,
    ...identityOf(facts, attributes),
    name: `${facts.kind}.${facts.name}`,
    ...(facts.otlpKind !== 0 && { kind: facts.otlpKind }),
    startTimeUnixNano: String(facts.start),
    attributes,
    ...(facts.inputRequest && { events: [eventOf(facts.inputRequest)] }),
    ...(facts.error && { status: { code: 2 } }),
  };
}

/** A state, which outlives its span. */
function eventOf({ state, since, task, question }: InputRequest): SpanEvent {
  const attributes = [
    text("a2a.task.state", state === "open" ? "input-required" : "working"),
    text("message", question),
  ];
  if (task !== "") attributes.push(text("a2a.task.id", task));
  return { timeUnixNano: String(since), name: "status", attributes };
}

/** Whose encoding it is and that it runs, in one of the dialects; which one is a matter of how new the report is. */
function identityOf(
  facts: SpanFacts,
  attributes: KeyValue[],
): Pick<Span, "spanId" | "parentSpanId" | "endTimeUnixNano"> {
  const { spanId, running, start, asOf = 0n } = facts;
  const parent = facts.parentSpanId === "" ? {} : { parentSpanId: facts.parentSpanId };
  if (!running) return { spanId, ...parent, endTimeUnixNano: String(facts.end) };
  if (asOf === 0n) return { spanId, ...parent };
  if (asOf === start) {
    attributes.push(text("logfire.span_type", "pending_span"));
    attributes.push(text("logfire.pending_parent_id", facts.parentSpanId || "0000000000000000"));
    const copy = (BigInt(`0x${spanId}`) ^ 0xffff_ffffn).toString(16).padStart(16, "0");
    return { spanId: copy, parentSpanId: spanId, endTimeUnixNano: String(start) };
  }
  if (asOf < 1000n) attributes.push({ key: "_dd.partial_version", value: { doubleValue: Number(asOf) } });
  else attributes.push({ key: "acme.span.pending", value: { boolValue: true } });
  return { spanId, ...parent, endTimeUnixNano: String(asOf) };
}

function texts(key: string, values: readonly string[]): KeyValue {
  return { key, value: { arrayValue: { values: values.map((stringValue) => ({ stringValue })) } } };
}

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } };
}
