import type { ArkEvent } from "../../src/ark/events/posted-event.ts";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import type { Attributes } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

export const TRACE = traceIdOf("trace");
export const UID = "6f0c3a52-5b0e-4f0e-9d53-000000000001";

type Page = { items: ArkEvent[]; total: number; hasMore: boolean; nextCursor?: number };

export async function page(path: string): Promise<Page> {
  return await (await world.request(path)).json();
}

const INHERITED = { "query.name": "q", "query.namespace": "ns", "ark.session.id": "s", "conversation.id": "c" };

/** A span of an Ark query; `parent` 0 for none. */
export function part(
  id: number,
  parent: number,
  name: string,
  seconds: readonly [number, number?],
  attributes: Attributes = {},
  error = "",
) {
  return aSpan(
    TRACE,
    id,
    {
      name,
      startTimeUnixNano: at(seconds[0]),
      endTimeUnixNano: seconds[1] === undefined ? "0" : at(seconds[1]),
      ...(parent === 0 ? {} : { parentSpanId: spanId(parent) }),
      ...(error === "" ? {} : { status: { code: 2, message: error } }),
    },
    { ...INHERITED, ...attributes },
  );
}

/** The query's own span, which is exported last. */
export const query = () => part(1, 0, "query.q", [0, 20], { "input.value": "Plan a trip" });
const inner = () => [
  part(4, 3, "tool.find", [6, 7.5], { "tool.name": "find", "tool.id": "c1" }, "no such row"),
  part(3, 2, "agent.ns/a", [2, 9], { "agent.name": "ns/a" }),
  part(2, 1, "team.ns/t", [1, 12], { "team.name": "ns/t", "team.strategy": "sequential" }),
];

export async function deliverQuery(): Promise<void> {
  // As exporters do: children first.
  await world.deliver(inner());
  await world.deliver([query()]);
  await world.rest([TRACE, "s"]);
}

/** The events of the spans of `deliverQuery`. */
export const REASONS = [
  "QueryExecutionStart",
  "TeamExecutionStart",
  "AgentExecutionStart",
  "ToolCallStart",
  "ToolCallError",
  "AgentExecutionComplete",
  "TeamExecutionComplete",
  "QueryExecutionComplete",
];

export const reasons = (items: readonly ArkEvent[]) => items.map(({ reason }) => reason);
export function anEvent(reason: string, second: number, data: Record<string, string> = {}): ArkEvent {
  return {
    timestamp: new Date(Number(BigInt(at(second)) / 1_000_000n)).toISOString(),
    eventType: "Normal",
    reason,
    message: `${reason} of q`,
    data: { queryId: UID, queryName: "q", queryNamespace: "ns", sessionId: "s", ...data },
  };
}

export async function post(event: unknown): Promise<[number, unknown]> {
  world.pass(1);
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const response = await world.request("/ark/events", {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "r" },
    body,
  });
  return [response.status, await response.json()];
}

/** The owner of the events of session s. */
export const OWNER = traceIdForSession("s");
