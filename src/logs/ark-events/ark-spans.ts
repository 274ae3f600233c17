import { readReason } from "./ark-event.ts";
import type { ArkOperation, ArkPhase } from "./ark-event.ts";
import { numberOf } from "../../otel/any-value.ts";
import { endTimeOfRecord, timeOfRecord } from "../../otel/log-record.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { nanosecondsIn } from "../../lib/nanoseconds.ts";
import * as keys from "../../otel/semconv/ark.ts";
import type { AnyValue, KeyValue, Span } from "../../otel/span.ts";
import { derivationAttribute, derivedId } from "../../facts/derivation.ts";

const STATUS_ERROR = 2;

/** An operation of a query, which end of it this is, and what is said of it. */
export type ArkOperationEvent = {
  readonly operation: ArkOperation;
  readonly phase: ArkPhase;
  readonly at: ReadonlyMap<string, AnyValue>;
};

/** What a record says of an operation of an Ark query; `undefined` of any other record. */
export function readArkRecord({ eventName = "", attributes = [] }: LogRecord): ArkOperationEvent | undefined {
  if (!eventName.startsWith(keys.ARK_EVENT_PREFIX)) return undefined;
  const reason = readReason(eventName.slice(keys.ARK_EVENT_PREFIX.length));
  if (reason === undefined) return undefined;
  const at = new Map(attributes.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])));
  return at.has(keys.QUERY_ID) ? { ...reason, at } : undefined;
}

/** The id of the span that the record is about. */
export function arkSubject(record: LogRecord, told: ArkOperationEvent): string {
  const { operation, phase, at } = told;
  const query = textOf(at, keys.QUERY_ID);
  const name = textOf(at, keys.ARK_OPERATIONS[operation].name);
  if (operation === "QueryExecution") return derivedId("query", query);
  const call = at.get(keys.TOOL_CALL_ID)?.stringValue;
  if (operation === "ToolCall" && call !== undefined) return derivedId("tool", query, call);
  if (operation === "TeamTurn") return derivedId("turn", query, textOf(at, keys.TEAM), name);
  // Nothing else has an id: each end of it is a span of its own, of which the fold makes one.
  return derivedId(operation, query, name, timeOfRecord(record), phase === "Start" ? "start" : "end");
}

/**
 * The spans that the record tells of: its operation, and the query that this belongs to, which runs as far as this record
 * knows. A start runs until it is told to be over; an end began as much earlier as it took.
 */
export function arkSpans(record: LogRecord, told: ArkOperationEvent): readonly Span[] {
  const { operation, phase, at } = told;
  const time = endTimeOfRecord(record);
  const lasted = nanosecondsIn(numberOf(at.get(keys.DURATION_MILLIS) ?? {}) ?? 0);
  const isOver = phase !== "Start";
  const start = isOver && lasted > 0n && lasted < time ? time - lasted : time;
  const isQuery = operation === "QueryExecution";
  const parentSpanId = derivedId("query", textOf(at, keys.QUERY_ID));
  const { prefix, name } = keys.ARK_OPERATIONS[operation];
  const span: Span = {
    traceId: "",
    spanId: arkSubject(record, told),
    ...(isQuery ? {} : { parentSpanId }),
    name: `${prefix}${textOf(at, name)}`,
    startTimeUnixNano: String(start),
    // Of a start: as of when it is known to run, so that it wins over what other records guess of the query.
    endTimeUnixNano: String(time),
    attributes: [
      ...attributesOf(told),
      ...(isOver ? [] : [PENDING]),
      ...canceledType(told),
      derivationAttribute("event"),
    ],
    ...statusOf(told),
  };
  if (!isQuery) return [queryAround(told, parentSpanId, start), span];
  const target = phase === "Start" ? targetOf(told, span) : undefined;
  return target === undefined ? [span] : [span, target];
}

/** Whom it is asked of, as Ark's spans say it: the end of the query does not know it any more. */
function targetOf(told: ArkOperationEvent, { spanId, startTimeUnixNano = "0" }: Span): Span | undefined {
  const name = textOf(told.at, keys.TARGET_NAME);
  if (name === "") return undefined;
  return {
    traceId: "",
    spanId: derivedId("target", textOf(told.at, keys.QUERY_ID)),
    parentSpanId: spanId,
    name: `target.${name}`,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano,
    attributes: [...pick(told, [...OF_ANY, keys.TARGET_TYPE, keys.TARGET_NAME]), derivationAttribute("event")],
  };
}

const PENDING: KeyValue = { key: keys.PENDING, value: { boolValue: true } };

/** The query as an event of one of its operations knows it. */
function queryAround(told: ArkOperationEvent, spanId: string, start: bigint): Span {
  return {
    traceId: "",
    spanId,
    name: `query.${textOf(told.at, keys.QUERY_NAME)}`,
    startTimeUnixNano: String(start),
    attributes: [...pick(told, [...OF_ANY, ...OF_QUERY]), derivationAttribute("event")],
  };
}

const OF_ANY = [keys.SESSION_ID, keys.CONVERSATION_ID];
const OF_QUERY = [keys.QUERY_NAME, keys.QUERY_NAMESPACE, keys.QUERY_ID];
const USAGE = [keys.INPUT_TOKENS, keys.OUTPUT_TOKENS];

/** What each operation's span says; a key that belongs to another would make it another kind of span. */
const OF_OPERATION: Readonly<Record<ArkOperation, readonly string[]>> = {
  QueryExecution: [...OF_QUERY, keys.TARGET_TYPE, keys.TARGET_NAME, keys.QUERY_INPUT, ...USAGE],
  TeamExecution: [keys.TEAM, keys.TEAM_STRATEGY, ...USAGE],
  TeamTurn: [keys.TURN, keys.MEMBER_NAME, keys.MEMBER_TYPE],
  TeamMember: [keys.MEMBER_NAME, keys.MEMBER_TYPE],
  AgentExecution: [keys.AGENT, ...USAGE],
  LLMCall: [keys.MODEL, ...USAGE],
  ToolCall: [keys.TOOL, keys.TOOL_TYPE, keys.TOOL_CALL_ID, keys.TOOL_INPUT],
};

function attributesOf(told: ArkOperationEvent): readonly KeyValue[] {
  const { operation } = told;
  const isChain = operation === "TeamMember";
  const chain = isChain ? [{ key: keys.SPAN_KIND, value: { stringValue: "CHAIN" } }] : [];
  return [...pick(told, OF_ANY), ...pick(told, OF_OPERATION[operation]), ...chain];
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

/** `Complete` with an error is one. */
function statusOf({ phase, at }: ArkOperationEvent): Pick<Span, "status"> {
  const message = at.get(keys.ERROR)?.stringValue;
  if (phase === "Start" || (phase === "Complete" && message === undefined)) return {};
  return { status: { ...(message === undefined ? {} : { message }), code: STATUS_ERROR } };
}

function textOf(at: ReadonlyMap<string, AnyValue>, key: string): string {
  return at.get(key)?.stringValue ?? "";
}
