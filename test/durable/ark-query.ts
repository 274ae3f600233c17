import type { Attributes, Sent } from "./spans.ts";
import { aSpan, at, spanId } from "./spans.ts";

export const ARK_QUERY = { name: "plan-trip", namespace: "travel" } as const;

const INHERITED: Attributes = {
  "query.name": ARK_QUERY.name,
  "query.namespace": ARK_QUERY.namespace,
  "ark.session.id": "trip-7",
  "conversation.id": "c-42",
};

/** The input of an Ark query to a team, and how far the query gets. */
export type ArkQuery = {
  readonly traceId: string;
  readonly input: string;
  /** Attributes of the query's own span besides. */
  readonly more?: Attributes;
};

/** A query whose planner called two tools. The second has no result: the executor was stopped. */
export function stoppedArkQuery({ traceId, input, more = {} }: ArkQuery): Sent[] {
  const chain: [string, string, Attributes][] = [
    ["ark-controller", `query.${ARK_QUERY.name}.dispatch`, {}],
    ["ark-controller", "a2a.send", {}],
    ["ark-completions", "executor.completions", {}],
    ["ark-completions", `query.${ARK_QUERY.name}`, { "input.value": input, ...more }],
    ["ark-completions", "target.planners", { "target.type": "team", "target.name": "planners", "query.input": input }],
    ["ark-completions", "team.travel/planners", { "team.name": "travel/planners", "team.strategy": "sequential" }],
    ["ark-completions", "turn.0", { "turn.number": 0, "turn.member.name": "planner" }],
    ["ark-completions", "agent.travel/planner", { "agent.name": "travel/planner" }],
  ];
  const above = chain.map(([service, name, attributes], n) => ({
    service,
    span: aSpan(
      traceId,
      n + 1,
      { name, startTimeUnixNano: at(n), endTimeUnixNano: "0", ...(n === 0 ? {} : { parentSpanId: spanId(n) }) },
      { ...INHERITED, ...attributes },
    ),
  }));
  const call = (id: number, name: string, seconds: readonly [number, number?], attributes: Attributes): Sent => ({
    service: "ark-completions",
    span: aSpan(
      traceId,
      id,
      {
        name,
        parentSpanId: spanId(chain.length),
        startTimeUnixNano: at(seconds[0]),
        endTimeUnixNano: seconds[1] === undefined ? "0" : at(seconds[1]),
      },
      { ...INHERITED, ...attributes },
    ),
  });
  return [
    call(20, "llm.gpt-4o", [10, 11], firstAnswer(input)),
    call(21, "tool.find-flights", [11, 12], {
      "tool.name": "find-flights",
      "tool.id": "call-1",
      "tool.input": '{"to":"Lisbon"}',
      "tool.output": '["TP 571"]',
    }),
    call(22, "tool.book-hotel", [11], {
      "tool.name": "book-hotel",
      "tool.id": "call-2",
      "tool.input": '{"nights":3}',
    }),
    ...above.toReversed(),
  ];
}

function firstAnswer(input: string): Attributes {
  const inputKey = "llm.input_messages.";
  const outputKey = "llm.output_messages.0.message.";
  return {
    "llm.model.name": "gpt-4o",
    [`${inputKey}0.message.role`]: "system",
    [`${inputKey}0.message.content`]: "You plan trips.",
    [`${inputKey}1.message.role`]: "user",
    [`${inputKey}1.message.content`]: input,
    [`${outputKey}role`]: "assistant",
    [`${outputKey}content`]: "Let me look.",
    [`${outputKey}tool_calls.0.id`]: "call-1",
    [`${outputKey}tool_calls.0.function.name`]: "find-flights",
    [`${outputKey}tool_calls.0.function.arguments`]: '{"to":"Lisbon"}',
    [`${outputKey}tool_calls.1.id`]: "call-2",
    [`${outputKey}tool_calls.1.function.name`]: "book-hotel",
    [`${outputKey}tool_calls.1.function.arguments`]: '{"nights":3}',
  };
}
