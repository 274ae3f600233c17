import { numberOf, textOf } from "../../otel/any-value.ts";
import { cut, oneLine } from "../../lib/one-line.ts";
import { deriveFacts } from "../../facts/facts.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { DISPATCH_SUFFIX, SESSION_KEYS } from "../../otel/semconv/attributes.ts";
import * as keys from "../../otel/semconv/ark.ts";
import { TOOL_CALL_ID_KEYS } from "../../otel/semconv/content.ts";
import { TOOL_INPUT_KEYS } from "../../otel/semconv/shown.ts";
import type { AnyValue, Resource, Scope, Span } from "../../otel/span.ts";
import type { ArkOperation, ArkPhase } from "../../logs/ark-events/ark-event.ts";
import type { ArkEvent } from "./posted-event.ts";
import { ARK_INPUT_UNITS } from "../../logs/ark-events/ark-event.ts";
import { nanosecondsText } from "../../lib/nanoseconds.ts";

/** The events of a span's operation, as an Ark installation would have posted them. */
export type DerivedEvents = { readonly start?: ArkEvent; readonly end?: ArkEvent };

export type SpanInScope = { readonly span: Span; readonly resource?: Resource; readonly scope?: Scope };

/** Length of a tool's parameters, UTF-16 units: as much as a preview of a large value holds. */
const PARAMETER_UNITS = 512;

/**
 * The events of one span, if it is an operation that a query can have; they depend on this span only. `session`: the id of the
 * session that shows it, for spans that name none.
 */
export function derivedEvents({ span, resource, scope }: SpanInScope, session: string): DerivedEvents {
  const facts = deriveFacts(span, JSON.stringify(span), resource, scope);
  const operation = operationOf(facts);
  if (operation === undefined) return {};
  const at = valuesOf(span);
  const data = { ...queryOf(span, facts, at, session), ...dataOf(operation, facts, at) };
  const subject = subjectOf(operation, facts, data);
  const start = eventOf({ operation, phase: "Start", subject, time: facts.start, data });
  if (facts.running) return { start };
  const phase: ArkPhase = facts.error ? (facts.canceled === true ? "Canceled" : "Error") : "Complete";
  const ended = { ...data, ...endOf(facts) };
  return { start, end: eventOf({ operation, phase, subject, time: facts.end, data: ended }) };
}

/** The `queryId` of a query whose UID no event says: `<namespace>/<name>`, or the trace's id without a name. */
export function queryIdOf(traceId: string, query: SpanFacts["query"]): string {
  return query === undefined ? traceId : `${query.namespace}/${query.name}`;
}

const OPERATIONS: Readonly<Partial<Record<SpanFacts["kind"], ArkOperation>>> = {
  team: "TeamExecution",
  turn: "TeamTurn",
  agent: "AgentExecution",
  llm: "LLMCall",
  tool: "ToolCall",
};

/** The controller's `query.<name>.dispatch` is not the query: it only sends it to the executor. */
function operationOf({ kind, name, parentSpanId, query }: SpanFacts): ArkOperation | undefined {
  if (kind === "query") return name.endsWith(DISPATCH_SUFFIX) ? undefined : "QueryExecution";
  return OPERATIONS[kind] ?? (parentSpanId === "" && query === undefined ? "QueryExecution" : undefined);
}

type Values = ReadonlyMap<string, AnyValue>;
type Data = Readonly<Record<string, string>>;

function valuesOf({ attributes = [] }: Span): Values {
  return new Map(attributes.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])));
}

function textAt(at: Values, wanted: readonly string[]): string | undefined {
  for (const key of wanted) {
    const value = at.get(key);
    const text = value === undefined ? undefined : (textOf(value) ?? numberOf(value)?.toString());
    if (text !== undefined) return text;
  }
  return undefined;
}

function queryOf(
  span: Span,
  { query, session: named, name }: SpanFacts,
  at: Values,
  session: string,
): ArkEvent["data"] {
  return {
    queryId: textAt(at, [keys.QUERY_ID]) ?? queryIdOf(span.traceId, query),
    queryName: query?.name ?? name,
    queryNamespace: query?.namespace ?? "",
    sessionId: named?.value ?? session,
    ...texts({ conversationId: textAt(at, SESSION_KEYS.conversation) }),
  };
}

function dataOf(operation: ArkOperation, facts: SpanFacts, at: Values): Data {
  switch (operation) {
    case "QueryExecution":
      return queryData(facts, at);
    case "TeamExecution":
      return texts({
        teamName: facts.team ?? facts.name,
        strategy: textAt(at, [keys.TEAM_STRATEGY]),
        memberCount: textAt(at, [keys.TEAM_MEMBERS]),
      });
    case "TeamTurn":
    case "TeamMember":
      return texts({
        turn: textAt(at, [keys.TURN]),
        memberName: textAt(at, [keys.MEMBER_NAME]),
        memberType: textAt(at, [keys.MEMBER_TYPE]),
      });
    case "AgentExecution":
      return texts({ agent: facts.agent ?? facts.name });
    case "LLMCall":
      return texts({ model: facts.model ?? facts.name, modelType: textAt(at, [keys.MODEL_TYPE]) });
    case "ToolCall":
      return texts({
        toolName: facts.tool,
        toolType: textAt(at, [keys.TOOL_TYPE]),
        toolId: textAt(at, TOOL_CALL_ID_KEYS),
        parameters: cutAt(at, TOOL_INPUT_KEYS, PARAMETER_UNITS),
      });
  }
}

function queryData({ target }: SpanFacts, at: Values): Data {
  const [, type = "", name] = /^([^/]*)\/(.*)$/s.exec(target ?? "") ?? [];
  const field = keys.TARGET_FIELDS.find((known) => known === type);
  return texts({
    targetType: type === "" ? undefined : type,
    ...(field === undefined ? {} : { [field]: name }),
    input: cutAt(at, keys.QUERY_INPUT_KEYS, ARK_INPUT_UNITS),
  });
}

function cutAt(at: Values, wanted: readonly string[], units: number): string | undefined {
  const text = textAt(at, wanted);
  return text === undefined ? undefined : cut(text, units);
}

function endOf({ start, end, tokens, error, failure }: SpanFacts): Data {
  const lasted = end > start ? Number(end - start) / 1e6 : 0;
  const used = tokens === undefined ? {} : usage(tokens.input, tokens.output);
  return texts({ durationMs: lasted.toFixed(2), ...used, error: error ? (failure ?? "failed") : undefined });
}

function usage(input: number, output: number): Data {
  return { promptTokens: `${input}`, completionTokens: `${output}`, totalTokens: `${input + output}` };
}

/** Drops unknown fields. */
function texts(given: Readonly<Record<string, string | undefined>>): Data {
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function subjectOf(operation: ArkOperation, { name }: SpanFacts, data: Data): string {
  const { queryName, teamName, agent, model, toolName, turn } = data;
  switch (operation) {
    case "QueryExecution":
      return `Query ${queryName ?? name}`;
    case "TeamExecution":
      return `Team ${teamName ?? name}`;
    case "TeamTurn":
    case "TeamMember":
      return `Turn ${turn ?? name}`;
    case "AgentExecution":
      return `Agent ${agent ?? name}`;
    case "LLMCall":
      return `Model call ${model ?? name}`;
    case "ToolCall":
      return `Tool call ${toolName ?? name}`;
  }
}

const VERBS: Readonly<Record<ArkPhase, string>> = {
  Start: "started",
  Complete: "completed",
  Error: "failed",
  Canceled: "was canceled",
};
const MESSAGE_UNITS = 1_024;

type EventParts = {
  readonly operation: ArkOperation;
  readonly phase: ArkPhase;
  readonly subject: string;
  readonly time: bigint;
  readonly data: ArkEvent["data"];
};

function eventOf({ operation, phase, subject, time, data }: EventParts): ArkEvent {
  const why = data["error"] === undefined ? "" : `: ${data["error"]}`;
  return {
    timestamp: nanosecondsText(time),
    eventType: phase === "Error" ? "Warning" : "Normal",
    reason: `${operation}${phase}`,
    message: oneLine(`${subject} ${VERBS[phase]}${why}`, MESSAGE_UNITS),
    data,
  };
}
