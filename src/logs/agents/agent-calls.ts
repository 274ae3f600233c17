import { countAt, valueAt } from "../../otel/record-fields.ts";
import type { AgentEvent, Failure, ModelCall, ModelEvent, Subject } from "./agent-event.ts";
import { firstText } from "../../facts/exception-text.ts";
import { AGENT_RECORD as KEYS, CANCELED_STATUS, REFUSED_DECISIONS } from "../../otel/semconv/logs.ts";
import type { AnyValue, KeyValue } from "../../otel/span.ts";

type Attributes = readonly KeyValue[];

/** A model call with the record's token counts; a dialect may correct them. */
export function modelCall(name: string, attributes: Attributes, failure: Failure | undefined): ModelEvent {
  return {
    is: "model",
    name,
    model: firstText(attributes, KEYS.model),
    tokens: tokensAt(attributes),
    cost: countAt(attributes, KEYS.cost),
    firstTokenMillis: countAt(attributes, KEYS.firstTokenMillis),
    finishReasons: valueAt(attributes, KEYS.finishReasons),
    input: undefined,
    output: valueAt(attributes, KEYS.answer),
    failure,
  };
}

function tokensAt(attributes: Attributes): ModelCall["tokens"] {
  const input = countAt(attributes, KEYS.input);
  const output = countAt(attributes, KEYS.output);
  if (input === undefined && output === undefined) return undefined;
  return {
    input: input ?? 0,
    output: output ?? 0,
    cached: countAt(attributes, KEYS.cached),
    written: countAt(attributes, KEYS.written),
    reasoning: countAt(attributes, KEYS.reasoning),
  };
}

export function toolCall(name: string, attributes: Attributes): AgentEvent {
  return {
    is: "tool",
    name,
    tool: firstText(attributes, KEYS.tool) ?? "",
    callId: firstText(attributes, KEYS.toolCallId),
    input: valueAt(attributes, KEYS.toolInput),
    output: valueAt(attributes, KEYS.toolOutput),
    failure: isRefused(attributes) ? undefined : failureOf(attributes),
  };
}

export function promptOf(name: string, agent: string, attributes: Attributes): AgentEvent {
  return { is: "prompt", name, agent, text: valueAt(attributes, KEYS.prompt) };
}

/** Whether the call was refused: then nothing ran, and nothing failed. */
export function isRefused(attributes: Attributes): boolean {
  return REFUSED_DECISIONS.has((firstText(attributes, KEYS.decision) ?? "").toLowerCase());
}

/** The failure, if the record reports one. */
export function failureOf(attributes: Attributes): Failure | undefined {
  const success = valueAt(attributes, KEYS.success);
  if (success === undefined ? firstText(attributes, KEYS.error) === undefined : !isFalse(success)) return undefined;
  return failureAt(attributes);
}

/** The failure of a call that is known to have failed. */
export function failureAt(attributes: Attributes): Failure {
  if (firstText(attributes, KEYS.status) === CANCELED_STATUS) return { type: "canceled", message: undefined };
  const type = firstText(attributes, KEYS.errorType) ?? firstText(attributes, KEYS.statusCode);
  return { type, message: firstText(attributes, KEYS.error) };
}

function isFalse(value: AnyValue): boolean {
  return value.boolValue === false || value.stringValue?.toLowerCase() === "false";
}

/** The span that the record describes, by the agent's own id. */
export function subjectAt(
  of: Subject["of"],
  attributes: Attributes,
  keys: readonly string[],
): { readonly subject?: Subject } {
  const id = firstText(attributes, keys);
  return id === undefined ? {} : { subject: { of, id } };
}
