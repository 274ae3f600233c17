import { readReason } from "./ark-event.ts";
import type { ArkOperation, ArkPhase } from "./ark-event.ts";
import { numberOf } from "../../otel/any-value.ts";
import { endTimeOfRecord, timeOfRecord } from "../../otel/log-record.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { nanosecondsIn } from "../../lib/nanoseconds.ts";
import * as keys from "../../otel/semconv/ark.ts";
import { STATUS_ERROR } from "../../otel/span.ts";
import type { AnyValue, KeyValue, Span } from "../../otel/span.ts";
import { derivationAttribute, derivedId } from "../derived-id.ts";

/** One event of a query's operation: the operation, the phase, and the attributes by key. */
export type ArkOperationEvent = {
  readonly operation: ArkOperation;
  readonly phase: ArkPhase;
  readonly at: ReadonlyMap<string, AnyValue>;
};

/** The operation of an Ark query that a record reports; `undefined` for any other record. */
export function readArkRecord({ eventName = "", attributes = [] }: LogRecord): ArkOperationEvent | undefined {
  if (!eventName.startsWith(keys.ARK_EVENT_PREFIX)) return undefined;
  const reason = readReason(eventName.slice(keys.ARK_EVENT_PREFIX.length));
  if (reason === undefined) return undefined;
  const at = new Map(attributes.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])));
  return at.has(keys.QUERY_ID) ? { ...reason, at } : undefined;
}

/** The id of the span that the record describes. */
export function arkSubject(record: LogRecord, event: ArkOperationEvent): string {
  const { operation, phase, at } = event;
  const query = textOf(at, keys.QUERY_ID);
  const name = textOf(at, keys.ARK_OPERATIONS[operation].name);
  if (operation === "QueryExecution") return derivedId("query", query);
  const call = at.get(keys.TOOL_CALL_ID)?.stringValue;
  if (operation === "ToolCall" && call !== undefined) return derivedId("tool", query, call);
  if (operation === "TeamTurn") return derivedId("turn", query, textOf(at, keys.TEAM), name);
  // No other operation has an id: each end becomes a span of its own, and the fold joins them.
  return derivedId(operation, query, name, timeOfRecord(record), phase === "Start" ? "start" : "end");
}

/**
 * The spans derived from the record: its operation and the query around it, which still runs as far as this record shows.
 * A start event gives a running span. An end event gives a span that starts earlier by its duration.
 */
export function arkSpans(record: LogRecord, event: ArkOperationEvent): readonly Span[] {
  const { operation, phase, at } = event;
  const time = endTimeOfRecord(record);
  const lasted = nanosecondsIn(numberOf(at.get(keys.DURATION_MILLIS) ?? {}) ?? 0);
  const isOver = phase !== "Start";
  const start = isOver && lasted > 0n && lasted < time ? time - lasted : time;
  const isQuery = operation === "QueryExecution";
  const parentSpanId = derivedId("query", textOf(at, keys.QUERY_ID));
  const { prefix, name } = keys.ARK_OPERATIONS[operation];
  const span: Span = {
    traceId: "",
    spanId: arkSubject(record, event),
    ...(isQuery ? {} : { parentSpanId }),
    name: `${prefix}${textOf(at, name)}`,
    startTimeUnixNano: String(start),
    // For a start this is the time of the report: it then supersedes the versions of the query from other records.
    endTimeUnixNano: String(time),
    attributes: [
      ...attributesOf(event),
      ...(isOver ? [] : [PENDING]),
      ...canceledType(event),
      derivationAttribute("event"),
    ],
    ...statusOf(event),
  };
  if (!isQuery) return [queryAround(event, parentSpanId, start), span];
  const target = phase === "Start" ? targetOf(event, span) : undefined;
  return target === undefined ? [span] : [span, target];
}

/** The target of the query, in the form of Ark's spans. The event that ends the query does not name it. */
function targetOf(event: ArkOperationEvent, { spanId, startTimeUnixNano = "0" }: Span): Span | undefined {
  const name = textOf(event.at, keys.TARGET_NAME);
  if (name === "") return undefined;
  return {
    traceId: "",
    spanId: derivedId("target", textOf(event.at, keys.QUERY_ID)),
    parentSpanId: spanId,
    name: `target.${name}`,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano,
    attributes: [...pick(event, [...OF_ANY, keys.TARGET_TYPE, keys.TARGET_NAME]), derivationAttribute("event")],
  };
}

const PENDING: KeyValue = { key: keys.PENDING, value: { boolValue: true } };

/** The query, as an event of one of its operations describes it. */
function queryAround(event: ArkOperationEvent, spanId: string, start: bigint): Span {
  return {
    traceId: "",
    spanId,
    name: `query.${textOf(event.at, keys.QUERY_NAME)}`,
    startTimeUnixNano: String(start),
    attributes: [...pick(event, [...OF_ANY, ...OF_QUERY]), derivationAttribute("event")],
  };
}

const OF_ANY = [keys.SESSION_ID, keys.CONVERSATION_ID];
const OF_QUERY = [keys.QUERY_NAME, keys.QUERY_NAMESPACE, keys.QUERY_ID];
const USAGE = [keys.INPUT_TOKENS, keys.OUTPUT_TOKENS];

/** The keys of each operation's span. Another operation's key would change its kind. */
const OF_OPERATION: Readonly<Record<ArkOperation, readonly string[]>> = {
  QueryExecution: [...OF_QUERY, keys.TARGET_TYPE, keys.TARGET_NAME, keys.QUERY_INPUT, ...USAGE],
  TeamExecution: [keys.TEAM, keys.TEAM_STRATEGY, ...USAGE],
  TeamTurn: [keys.TURN, keys.MEMBER_NAME, keys.MEMBER_TYPE],
  TeamMember: [keys.MEMBER_NAME, keys.MEMBER_TYPE],
  AgentExecution: [keys.AGENT, ...USAGE],
  LLMCall: [keys.MODEL, ...USAGE],
  ToolCall: [keys.TOOL, keys.TOOL_TYPE, keys.TOOL_CALL_ID, keys.TOOL_INPUT],
};

function attributesOf(event: ArkOperationEvent): readonly KeyValue[] {
  const { operation } = event;
  const isChain = operation === "TeamMember";
  const chain = isChain ? [{ key: keys.SPAN_KIND, value: { stringValue: "CHAIN" } }] : [];
  return [...pick(event, OF_ANY), ...pick(event, OF_OPERATION[operation]), ...chain];
}

function pick({ at }: ArkOperationEvent, wanted: readonly string[]): readonly KeyValue[] {
  return wanted.flatMap((key) => {
    const value = at.get(key);
    return value === undefined ? [] : [{ key, value }];
  });
}

function canceledType({ phase }: ArkOperationEvent): readonly KeyValue[] {
  return phase === "Canceled" ? [{ key: keys.ERROR_TYPE, value: { stringValue: "canceled" } }] : [];
}

/** A `Complete` event with an error is an error too. */
function statusOf({ phase, at }: ArkOperationEvent): Pick<Span, "status"> {
  const message = at.get(keys.ERROR)?.stringValue;
  if (phase === "Start" || (phase === "Complete" && message === undefined)) return {};
  return { status: { ...(message === undefined ? {} : { message }), code: STATUS_ERROR } };
}

function textOf(at: ReadonlyMap<string, AnyValue>, key: string): string {
  return at.get(key)?.stringValue ?? "";
}
