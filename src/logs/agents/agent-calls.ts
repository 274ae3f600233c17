import { countAt, valueAt } from "../record-fields.ts";
import type { AgentEvent, Failure, ModelCall, ModelEvent, Subject } from "./agent-event.ts";
import { firstText } from "../../facts/error.ts";
import { AGENT_RECORD as KEYS, REFUSED_DECISIONS } from "../../otel/semconv/logs.ts";
import type { AnyValue, KeyValue } from "../../otel/span.ts";

type Attributes = readonly KeyValue[];

/** A call of a model, as the record counts its tokens; a dialect may count them anew. */
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

/** Somebody did not let the call through: nothing ran, and nothing failed. */
export function isRefused(attributes: Attributes): boolean {
  return REFUSED_DECISIONS.has((firstText(attributes, KEYS.decision) ?? "").toLowerCase());
}

/** Why it failed, if it says that it did. */
export function failureOf(attributes: Attributes): Failure | undefined {
  const success = valueAt(attributes, KEYS.success);
  if (success === undefined ? firstText(attributes, KEYS.error) === undefined : !isFalse(success)) return undefined;
  return failureAt(attributes);
}

/** Why it failed, where that it did is known. */
export function failureAt(attributes: Attributes): Failure {
  const type = firstText(attributes, KEYS.errorType) ?? firstText(attributes, KEYS.statusCode);
  return { type, message: firstText(attributes, KEYS.error) };
}

function isFalse(value: AnyValue): boolean {
  return value.boolValue === false || value.stringValue?.toLowerCase() === "false";
}

/** The span that the record is about, by the agent's own id for it. */
export function subjectAt(
  of: Subject["of"],
  attributes: Attributes,
  keys: readonly string[],
): { readonly subject?: Subject } {
  const id = firstText(attributes, keys);
  return id === undefined ? {} : { subject: { of, id } };
}
