/** The steps of an agent's work. Names are Ark's; keys are those that readers of the GenAI convention look for. */
import { SpanKind } from "@opentelemetry/api";
import * as key from "../../../../src/otel/semconv/written.ts";
import { instructionsJson, messagesJson, textOf } from "./messages.ts";
import type { Message } from "./messages.ts";
import { defined, ModelSpan, StepSpan } from "./step-span.ts";
import { inSpan } from "./with-span.ts";

export type QueryOptions = {
  readonly input?: unknown;
  readonly namespace?: string;
  readonly conversation?: string;
  readonly target?: { readonly type: "agent" | "team" | "model" | "tool"; readonly name: string };
};

/** A user's turn, from the question to the answer: what a session lists. */
export function query<T>(name: string, options: QueryOptions, fn: (span: StepSpan) => T): T {
  const { input, namespace, conversation, target } = options;
  const attributes = {
    [key.QUERY_NAME]: name,
    [key.QUERY_NAMESPACE]: namespace,
    [key.CONVERSATION_ID]: conversation,
    [key.TARGET_TYPE]: target?.type,
    [key.TARGET_NAME]: target?.name,
    [key.INPUT]: shown(input),
  };
  return step(`query.${name}`, attributes, key.OUTPUT, fn);
}

export type TeamOptions = {
  readonly input?: unknown;
  readonly strategy?: string;
  readonly members?: number;
  readonly maxTurns?: number;
};

/** Several agents that work on one task. */
export function team<T>(name: string, options: TeamOptions, fn: (span: StepSpan) => T): T {
  const attributes = {
    [key.OPERATION]: key.OPERATIONS.team,
    [key.TEAM]: name,
    [key.TEAM_STRATEGY]: options.strategy,
    [key.TEAM_MEMBERS]: options.members,
    [key.TEAM_MAX_TURNS]: options.maxTurns,
    [key.INPUT]: shown(options.input),
  };
  return step(`team.${name}`, attributes, key.OUTPUT, fn);
}

export type TurnOptions = { readonly member?: string; readonly memberType?: string };

/** One member's turn in a team; the first is 0. */
export function turn<T>(number: number, options: TurnOptions, fn: (span: StepSpan) => T): T {
  const attributes = {
    [key.TURN]: number,
    [key.MEMBER_NAME]: options.member,
    [key.MEMBER_TYPE]: options.memberType,
  };
  return step(`turn.${number}`, attributes, key.TURN_OUTPUT, fn);
}

export type AgentOptions = { readonly input?: unknown };

/** One run of an agent. */
export function agent<T>(name: string, options: AgentOptions, fn: (span: StepSpan) => T): T {
  const attributes = {
    [key.OPERATION]: key.OPERATIONS.agent,
    [key.AGENT]: name,
    [key.INPUT]: shown(options.input),
  };
  return step(`agent.${name}`, attributes, key.OUTPUT, fn);
}

export type ModelOptions = {
  readonly provider?: string;
  /** System instructions. */
  readonly system?: string;
  /** A user's text, or all messages of the request. */
  readonly input?: string | readonly Message[];
};

/** One call of a model. */
export function llm<T>(model: string, options: ModelOptions, fn: (span: ModelSpan) => T): T {
  const { provider, system, input } = options;
  const attributes = defined({
    [key.OPERATION]: key.OPERATIONS.llm,
    [key.MODEL]: model,
    [key.PROVIDER]: provider,
    [key.SYSTEM]: system === undefined ? undefined : instructionsJson(system),
    [key.INPUT_MESSAGES]: input === undefined ? undefined : messagesJson(input, "user"),
  });
  return inSpan({ name: `llm.${model}`, attributes, kind: SpanKind.CLIENT }, (span) => new ModelSpan(span), fn);
}

export type ToolOptions = {
  /** The id that the model gave the call. */
  readonly id?: string;
  readonly input?: unknown;
  /** Such as `mcp` or `http`. */
  readonly type?: string;
};

/** One call of a tool. */
export function tool<T>(name: string, options: ToolOptions, fn: (span: StepSpan) => T): T {
  const attributes = {
    [key.OPERATION]: key.OPERATIONS.tool,
    [key.TOOL]: name,
    [key.TOOL_CALL_ID]: options.id,
    [key.TOOL_TYPE]: options.type,
    [key.TOOL_INPUT]: shown(options.input),
  };
  return step(`tool.${name}`, attributes, key.TOOL_OUTPUT, fn);
}

function step<T>(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  outputKey: string,
  fn: (span: StepSpan) => T,
): T {
  const options = { name, attributes: defined(attributes), kind: SpanKind.INTERNAL };
  return inSpan(options, (span) => new StepSpan(span, outputKey), fn);
}

const shown = (value: unknown) => (value === undefined ? undefined : textOf(value));
