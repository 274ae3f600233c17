import { isOfRecords } from "../facts/derivation.ts";
import { shownContent } from "../content/shown-content.ts";
import type { ShownContent } from "../content/shown-content.ts";
import { deriveFacts } from "../facts/facts.ts";
import type { SpanFacts, SpanKind } from "../facts/facts.ts";
import { readModelRequest } from "../facts/model-request.ts";
import type { ModelRequest } from "../facts/model-request.ts";
import type { SpanContent } from "../facts/span-content.ts";
import type { Tokens } from "../facts/usage.ts";
import { annotationOf } from "../logs/annotation.ts";
import { contentEvents } from "../logs/record-event.ts";
import { readRecord } from "../logs/read-record.ts";
import { timeOfRecord } from "../otel/log-record.ts";
import type { LogRecord } from "../otel/log-record.ts";
import { DERIVATION_KEYS } from "../otel/semconv/attributes.ts";
import type { KeyValue, Resource, Scope, Span, SpanEvent, SpanLink } from "../otel/span.ts";
import type { LocatedSpan } from "./contract/span-lookup.ts";
import type { Prices } from "./prices/prices.ts";
import { dollars } from "./table/usage-rows.ts";
import { readStep } from "./transcript/step-content.ts";
import { stepTitle } from "./transcript/step-title.ts";

/** One span as programs receive it: what it was, what went in and came out, and all that it says besides. */
export type SpanDetail = ModelRequest & {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly otlpKind: number;
  /** If several spans have this id: the OTLP kinds of all, the earliest span first. */
  readonly otlpKinds?: readonly number[];
  readonly replacedBy?: { readonly traceId: string; readonly spanId: string };
  /** Derived from log records. */
  readonly derived?: true;
  readonly name: string;
  readonly kind: SpanKind;
  readonly title: string;
  readonly status: "ok" | "error" | "running";
  readonly statusMessage?: string;
  /** Unix nanoseconds, decimal. */
  readonly start: string;
  readonly end?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly toolCallId?: string;
  readonly tokens?: Tokens;
  /** US dollars. */
  readonly cost?: number;
  /** The cost is the price list's. */
  readonly estimated?: true;
  readonly timeToFirstTokenMs?: number;
  readonly finishReasons?: readonly string[];
  readonly error?: { readonly type?: string; readonly message?: string; readonly stack?: string };
  readonly input?: ShownContent;
  readonly output?: ShownContent;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly attributes: readonly KeyValue[];
  readonly resource: Resource;
  readonly scope: Scope;
  /** The log records of the span, by time. */
  readonly logs: readonly LogRecord[];
  /** Further log records of the span. */
  readonly omittedLogs?: number;
};

/** `stored`: large values are previews. `whole`: they are put back. */
export type Restored<Value> = { readonly stored: Value; readonly whole: Value };

export type SpanSource = {
  readonly traceId: string;
  readonly span: Restored<Span>;
  readonly resource: Resource | undefined;
  readonly scope: Scope | undefined;
  /** Log records that belong to the span, in any order. */
  readonly records: readonly Restored<LogRecord>[];
  readonly omittedRecords: number;
  readonly located: LocatedSpan;
  readonly prices: Prices;
  /** UTF-8 bytes of the input, and of the output; without it both are whole. */
  readonly max: number | undefined;
};

/** The same for any order in which the records arrived. */
export function spanDetail(source: SpanSource): SpanDetail {
  const { traceId, span, resource, scope, located, max, omittedRecords } = source;
  const facts = deriveFacts(span.stored, "", resource, scope);
  const records = source.records.toSorted(byTime);
  const isError = facts.error || records.some(({ stored }) => annotationOf(readRecord(stored))?.error === true);
  const wholeRecords = records.map(({ whole }) => whole);
  const ofRecords = contentEvents(wholeRecords);
  const content = readStep(span.whole, ofRecords, isError ? "failed" : "passed");
  const events = [...(span.whole.events ?? []), ...ofRecords];
  const { attributes = [], links = [] } = span.stored;
  return {
    traceId,
    ...identityOf(facts, located),
    name: facts.name,
    kind: facts.kind,
    title: stepTitle({ span: span.whole, facts: { ...facts, error: isError }, content }),
    status: facts.running ? "running" : isError ? "error" : "ok",
    ...known("statusMessage", content.statusMessage),
    start: facts.start.toString(),
    ...(facts.running ? {} : { end: facts.end.toString() }),
    ...calledBy(facts, content, located),
    ...usageOf(facts, content, source.prices),
    ...readModelRequest({ ...span.whole, events }),
    ...(isError ? { error: errorOf(content) } : {}),
    ...(content.input === undefined ? {} : { input: shownContent(content.input, max) }),
    ...(content.output === undefined ? {} : { output: shownContent(content.output, max) }),
    events: span.stored.events ?? [],
    links,
    attributes: attributes.filter(({ key }) => key !== DERIVATION_KEYS[0]),
    resource: resource ?? {},
    scope: scope ?? {},
    logs: records.map(({ stored }) => stored),
    ...(omittedRecords === 0 ? {} : { omittedLogs: omittedRecords }),
  };
}

/** At equal times by their text. */
function byTime({ stored: a }: Restored<LogRecord>, { stored: b }: Restored<LogRecord>): number {
  const [timeA, timeB] = [BigInt(timeOfRecord(a) || 0), BigInt(timeOfRecord(b) || 0)];
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function known<Field extends string, Value>(field: Field, value: Value | undefined) {
  return (value === undefined ? {} : { [field]: value }) as { readonly [Name in Field]?: Value };
}

function identityOf(facts: SpanFacts, { otlpKinds, parentSpanId, replacedBy }: LocatedSpan) {
  const parent = facts.parentSpanId === "" ? parentSpanId : facts.parentSpanId;
  return {
    spanId: facts.spanId,
    ...known("parentSpanId", parent),
    otlpKind: facts.otlpKind,
    ...(otlpKinds.length > 1 ? { otlpKinds } : {}),
    ...known("replacedBy", replacedBy),
    ...(isOfRecords(facts.derivation) ? { derived: true as const } : {}),
  };
}

function calledBy(facts: SpanFacts, content: SpanContent, located: LocatedSpan) {
  const { tool, model, provider } = content;
  return {
    ...known("model", model),
    ...known("provider", provider),
    ...known("agent", facts.agent ?? content.agent ?? located.agent),
    ...known("tool", tool?.name),
    ...known("toolCallId", tool?.callId),
  };
}

function usageOf(facts: SpanFacts, content: SpanContent, prices: Prices) {
  const { tokens, cost, timeToFirstTokenMillis, finishReasons } = content;
  return {
    ...known("tokens", tokens),
    ...(cost === undefined ? estimateOf(facts, tokens, prices) : { cost }),
    ...known("timeToFirstTokenMs", timeToFirstTokenMillis),
    ...known("finishReasons", finishReasons),
  };
}

function estimateOf({ model, start }: SpanFacts, tokens: Tokens | undefined, prices: Prices) {
  if (model === undefined || tokens === undefined || tokens.input + tokens.output === 0) return {};
  const cost = dollars(prices.estimate(model, tokens, Number(start / 1_000_000_000n)));
  return cost === undefined ? {} : { cost, estimated: true as const };
}

function errorOf({ exception }: SpanContent): NonNullable<SpanDetail["error"]> {
  return {
    ...known("type", exception?.type),
    ...known("message", exception?.message),
    ...known("stack", exception?.stacktrace),
  };
}
