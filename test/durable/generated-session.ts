import type { Span } from "../../src/otel/span.ts";
import type { Random } from "../session/seeded-random.ts";
import { generateRecords, homesOf } from "./generated-records.ts";
import type { SentRecord } from "./log-records.ts";
import type { Attributes, Sent } from "./spans.ts";
import { aSpan, at, attributesOf, SESSION_KEYS } from "./spans.ts";

/** A session as its exporters send it: all versions of all spans, log records, and the ids of the objects that may hold them. */
export type Generated = {
  readonly sent: readonly (Sent | SentRecord)[];
  readonly traceIds: readonly string[];
  /** Trace ids, session names in spans and records, and the owners of records without a trace. */
  readonly ids: readonly string[];
};

type Shape = {
  readonly traces: number;
  readonly spansOfATrace: number;
  /** Probability that a span names its trace's session. */
  readonly naming: number;
};

const USUAL: Shape = { traces: 3, spansOfATrace: 10, naming: 0.3 };

/**
 * Several traces, roots last: orphans whose parent never comes, spans sent while they run, in every dialect, and again when
 * they ended, and corrected, questions and their ends, two spans under one id, and names of every rank: of sessions, of the trace itself, of another trace.
 */
export function generateSession(random: Random, shape: Shape = USUAL): Generated {
  const traceIds = Array.from({ length: 1 + random.below(shape.traces) }, () => random.hex(32));
  const run = random.hex(6);
  const names = [`${run}-a`, `${run}-b`, `${run} ü/c`, ...traceIds];
  const spans = traceIds.flatMap((traceId) => generateTrace(random, traceId, names, shape));
  const traces = traceIds.map((traceId) => ({
    traceId,
    spanIds: spans.filter(({ span }) => span.traceId === traceId).map(({ span }) => span.spanId),
  }));
  const records = generateRecords(random, { traces, names });
  const ids = [...new Set([...traceIds, ...names, ...homesOf(names)])];
  return { sent: mixed(random, spans, records), traceIds, ids };
}

/** Both in their own order, records anywhere between spans. */
function mixed(random: Random, spans: readonly Sent[], records: readonly SentRecord[]): (Sent | SentRecord)[] {
  const sent: (Sent | SentRecord)[] = [...spans];
  let place = 0;
  for (const record of records) {
    place += random.below(sent.length - place + 1);
    sent.splice(place, 0, record);
  }
  return sent;
}

/** The log records among the sent items. */
export function sentRecords(sent: Generated["sent"]): SentRecord[] {
  return sent.filter((item) => "record" in item);
}

/** The spans among the sent items. */
export function sentSpans(sent: Generated["sent"]): Sent[] {
  return sent.filter((item) => "span" in item);
}

function generateTrace(random: Random, traceId: string, names: readonly string[], shape: Shape): Sent[] {
  const count = 1 + random.below(shape.spansOfATrace);
  const ids = Array.from({ length: count }, () => random.hex(16));
  const isArk = random.chance(0.5);
  const sent: Sent[] = [];
  for (let n = count - 1; n >= 0; n--) {
    const service = random.pick(["controller", "executor"]);
    const start = random.below(50);
    const span = aSpan(
      traceId,
      ids[n] ?? "",
      {
        name: n === 0 && isArk ? "query.plan" : random.pick(["agent.planner", "llm.call", "tool.search", "step"]),
        kind: random.below(6),
        ...parentOf(random, ids, n),
        startTimeUnixNano: at(start),
        endTimeUnixNano: at(start + random.below(10)),
        ...(random.chance(0.15) ? { status: { message: "it broke", code: 2 } } : {}),
      },
      attributesFor(random, isArk, names, shape),
    );
    for (const encoding of encodingsOf(random, span)) sent.push({ service, span: encoding });
    // A collector on the way may change the resource.
    if (random.chance(0.05)) sent.push({ service: "gateway", span });
    if (random.chance(0.1)) sent.push({ service, span: { ...span, kind: ((span.kind ?? 0) + 1) % 6 } });
  }
  return sent.map(({ service, span }) => ({ service, span: canonical(span) }));
}

function parentOf(random: Random, ids: readonly string[], n: number): Partial<Span> {
  if (random.chance(0.1)) return { parentSpanId: random.pick(["00000000000000aa", "00000000000000bb"]) };
  if (n === 0 || random.chance(0.05)) return {};
  return { parentSpanId: ids[random.below(n)] ?? "" };
}

function attributesFor(random: Random, isArk: boolean, names: readonly string[], shape: Shape): Attributes {
  const rank = random.pick([1, 2, 3] as const);
  return {
    ...(random.chance(shape.naming) ? { [SESSION_KEYS[rank]]: random.pick(names) } : {}),
    ...(isArk && random.chance(0.7)
      ? { "query.name": random.pick(["plan", "write"]), "query.namespace": "default" }
      : {}),
    ...(random.chance(0.4)
      ? { "gen_ai.request.model": random.pick(["small", "large"]), "gen_ai.usage.input_tokens": random.below(1000) }
      : {}),
    ...(random.chance(0.1)
      ? {
          "a2a.task.state": random.pick(["input-required", "working"]),
          ...(random.chance(0.5) ? { "a2a.task.id": random.pick(["task-1", "task-2"]) } : {}),
        }
      : {}),
    ...(random.chance(0.3) ? { "input.value": `What is ${random.below(100)}?` } : {}),
  };
}

/** While it runs, once or more often, when it ended, and corrected afterwards; sometimes the end is lost. */
function encodingsOf(random: Random, span: Span): Span[] {
  const isLost = random.chance(0.1);
  const isForgetful = random.chance(0.2);
  const ended = isForgetful ? withoutName(span) : span;
  const reports = isLost || random.chance(0.3) ? 1 + random.below(2) : 0;
  return [
    ...Array.from({ length: reports }, () => reportOf(random, span)),
    ...(isLost ? [] : [ended]),
    ...(!isLost && random.chance(0.15) ? [{ ...ended, name: `${span.name}, corrected` }] : []),
  ];
}

/** Some name their session when they begin, and not when they end. */
function withoutName(span: Span): Span {
  const { attributes, ...rest } = span;
  const others = attributes?.filter(({ key }) => !Object.values<string>(SESSION_KEYS).includes(key)) ?? [];
  return others.length === 0 ? rest : { ...rest, attributes: others };
}

/** A running span in one of the dialects: OTLP's own, GlassFlow's, Datadog's or Logfire's. */
function reportOf(random: Random, { endTimeUnixNano: _, status: __, attributes = [], ...span }: Span): Span {
  const written = at(random.below(60));
  const withAttributes = (more: Attributes) => [...attributes, ...attributesOf(more)];
  switch (random.below(4)) {
    case 0:
      return {
        ...span,
        endTimeUnixNano: written,
        attributes: withAttributes({ "acme.span.pending": { boolValue: true } }),
      };
    case 1:
      return {
        ...span,
        endTimeUnixNano: written,
        attributes: withAttributes({ "_dd.partial_version": random.below(3) }),
      };
    case 2: {
      const parent = span.parentSpanId ?? "0000000000000000";
      const copy = { "logfire.span_type": "pending_span", "logfire.pending_parent_id": parent };
      const ids = { spanId: random.hex(16), parentSpanId: span.spanId };
      return { ...span, ...ids, endTimeUnixNano: span.startTimeUnixNano ?? "0", attributes: withAttributes(copy) };
    }
    default:
      return attributes.length === 0 ? span : { ...span, attributes };
  }
}

/** Fields that hold their default are absent, as the receiver makes them. */
function canonical(span: Span): Span {
  const { kind, ...rest } = span;
  return kind === 0 ? rest : span;
}
