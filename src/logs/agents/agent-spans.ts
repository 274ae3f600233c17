import type { AgentEvent, AgentRecord, Failure, ModelCall, ToolCall } from "./agent-event.ts";
import { endTimeOfRecord } from "../../otel/log-record.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { nanosecondsIn } from "../../lib/nanoseconds.ts";
import { countAt } from "../../otel/record-fields.ts";
import { SESSION_KEYS, USER_KEYS } from "../../otel/semconv/attributes.ts";
import { AGENT_RECORD, REDACTED } from "../../otel/semconv/logs.ts";
import * as wire from "../../otel/semconv/logs.ts";
import { STATUS_ERROR } from "../../otel/span.ts";
import type { AnyValue, KeyValue, Span } from "../../otel/span.ts";
import { derivationAttribute, derivedId, idOfRecord } from "../derived-id.ts";

const CLIENT = 3;

/** The id of the span that a coding agent's record describes: from the agent's own id, else from the record; "" if there is no span. */
export function agentSubject(record: LogRecord, { event, subject }: AgentRecord): string {
  if (subject !== undefined) return derivedId(subject.of, subject.id);
  return event === undefined ? "" : idOfRecord(record);
}

/**
 * The span derived from a coding agent's record, if any. Agents write a record at the end of an operation: the span ends at
 * the record's time, and starts earlier by its duration. No record has the time of a prompt's answer: a prompt is a moment.
 * A record of a traced agent names the span in which it was written: a span of the same operation may follow, and replaces
 * the derived one. The HTTP requests of such an agent are no spans of their own.
 */
export function agentSpan(record: LogRecord, agentRecord: AgentRecord): Span | undefined {
  const { event } = agentRecord;
  if (event === undefined || (event.is === "request" && record.traceId !== undefined)) return undefined;
  const { attributes = [] } = record;
  const end = endOf(record);
  const took = event.is === "prompt" ? 0 : (countAt(attributes, AGENT_RECORD.durationMillis) ?? 0);
  const lasted = nanosecondsIn(took);
  const failure = "failure" in event ? event.failure : undefined;
  const parentSpanId = parentOf(record, agentRecord);
  const derivation = event.is === "prompt" ? "prompt" : parentSpanId === undefined ? "by-time" : "call";
  return {
    traceId: "",
    spanId: agentSubject(record, agentRecord),
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: event.name,
    ...(event.is === "model" || event.is === "request" ? { kind: CLIENT } : {}),
    startTimeUnixNano: String(lasted < end ? end - lasted : end),
    endTimeUnixNano: String(end),
    attributes: [
      ...namesIn(attributes),
      ...attributesOf(event),
      ...idOf(agentRecord),
      ...errorType(failure),
      derivationAttribute(derivation),
    ],
    ...(failure === undefined ? {} : { status: statusOf(failure) }),
  };
}

/** The span in which the record was written, else its prompt. Prompts that share an id name the same parent as their calls, which is no span. */
function parentOf({ traceId, spanId }: LogRecord, { promptId }: AgentRecord): string | undefined {
  if (traceId !== undefined) return spanId;
  return promptId === undefined ? undefined : derivedId("prompt", promptId);
}

/** A day. Further from its record no operation ended. */
const MAX_DELAY = 86_400_000_000_000n;

/** The end of the operation in Unix nanoseconds: the record's time, unless the record states an earlier one. */
function endOf(record: LogRecord): bigint {
  const time = endTimeOfRecord(record);
  const stated = nanosecondsIn(countAt(record.attributes, AGENT_RECORD.endMillis) ?? 0);
  return stated > 0n && stated < time && time - stated < MAX_DELAY ? stated : time;
}

/** The agent's own id of the operation: a traced span of it has the same. The id of a tool's call is among the call's attributes. */
function idOf({ event, subject, promptId }: AgentRecord): readonly KeyValue[] {
  if (event?.is === "prompt" && promptId !== undefined) return [word(wire.PROMPT_ID, promptId)];
  if (subject === undefined || subject.of !== event?.is) return [];
  if (subject.of === "model") return [word(wire.MODEL_CALL_ID, subject.id)];
  return subject.of === "prompt" ? [word(wire.PROMPT_ID, subject.id)] : [];
}

const NAMES: ReadonlySet<string> = new Set([
  ...SESSION_KEYS.chosen,
  ...SESSION_KEYS.framework,
  ...SESSION_KEYS.conversation,
  ...SESSION_KEYS.conversationIfUuid,
  ...USER_KEYS,
]);

/** The attributes that name the session and the user. */
function namesIn(attributes: readonly KeyValue[]): readonly KeyValue[] {
  return attributes.filter(({ key }) => NAMES.has(key));
}

function attributesOf(event: AgentEvent): readonly KeyValue[] {
  switch (event.is) {
    case "prompt": {
      const { agent, text } = event;
      const isReadable = text !== undefined && !REDACTED.has(text.stringValue ?? "");
      return [
        word(wire.OPERATION, "invoke_agent"),
        word(wire.AGENT, agent),
        ...(isReadable ? [{ key: wire.INPUT, value: text }] : []),
      ];
    }
    case "model":
      return modelAttributes(event);
    case "tool":
      return toolAttributes(event);
    case "request": {
      const { endpoint, status } = event;
      return [
        word(wire.HTTP_METHOD, "POST"),
        ...(endpoint === undefined ? [] : [word(wire.URL_PATH, endpoint)]),
        ...count(wire.HTTP_STATUS, status),
      ];
    }
  }
}

function modelAttributes(call: ModelCall): readonly KeyValue[] {
  const { model, tokens, cost, firstTokenMillis, finishReasons, input, output } = call;
  return [
    word(wire.OPERATION, "chat"),
    ...(model === undefined ? [] : [word(wire.MODEL, model)]),
    ...count(wire.INPUT_TOKENS, tokens?.input),
    ...count(wire.OUTPUT_TOKENS, tokens?.output),
    ...count(wire.CACHED_TOKENS, tokens?.cached),
    ...count(wire.WRITTEN_TOKENS, tokens?.written),
    ...count(wire.REASONING_TOKENS, tokens?.reasoning),
    ...(cost === undefined ? [] : [{ key: wire.COST, value: { doubleValue: cost } }]),
    ...(firstTokenMillis === undefined
      ? []
      : [{ key: wire.FIRST_TOKEN, value: { doubleValue: firstTokenMillis / 1_000 } }]),
    ...given(wire.FINISH_REASONS, finishReasons),
    ...given(wire.INPUT, input),
    ...given(wire.OUTPUT, output),
  ];
}

function toolAttributes({ tool, callId, input, output }: ToolCall): readonly KeyValue[] {
  return [
    word(wire.OPERATION, "execute_tool"),
    ...(tool === "" ? [] : [word(wire.TOOL, tool)]),
    ...(callId === undefined ? [] : [word(wire.TOOL_CALL_ID, callId)]),
    ...given(wire.TOOL_INPUT, input),
    ...given(wire.TOOL_OUTPUT, output),
  ];
}

function errorType(failure: Failure | undefined): readonly KeyValue[] {
  return failure?.type === undefined ? [] : [word(wire.ERROR_TYPE, failure.type)];
}

function statusOf({ type, message }: Failure): { readonly message?: string; readonly code: number } {
  const text = message ?? type;
  return { ...(text === undefined ? {} : { message: text }), code: STATUS_ERROR };
}

function word(key: string, text: string): KeyValue {
  return { key, value: { stringValue: text } };
}

function count(key: string, number: number | undefined): readonly KeyValue[] {
  return number === undefined ? [] : [{ key, value: { intValue: String(Math.round(number)) } }];
}

function given(key: string, value: AnyValue | undefined): readonly KeyValue[] {
  return value === undefined ? [] : [{ key, value }];
}
