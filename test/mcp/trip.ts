import { aSpan, at, spanId, traceIdOf } from "../durable/spans.ts";
import type { Attributes } from "../durable/spans.ts";
import * as world from "../durable/world.ts";

/** A session in which a guide books a ferry. */
export const TRACE = traceIdOf("a trip");
export const TRIP = { "session.id": "trip-7" };
export const ORIGIN = "http://localhost:8787";

export const said = (role: string, content: string): string =>
  JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
export const chat = (id: number, asked: string, answered: string, more: Attributes = {}) =>
  aSpan(
    TRACE,
    id,
    { parentSpanId: spanId(1) },
    {
      ...TRIP,
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.usage.input_tokens": 120,
      "gen_ai.usage.output_tokens": 18,
      "gen_ai.input.messages": said("user", asked),
      "gen_ai.output.messages": said("assistant", answered),
      ...more,
    },
  );
export const agent = (given = {}) =>
  aSpan(
    TRACE,
    1,
    { name: "invoke_agent guide", endTimeUnixNano: at(9), ...given },
    { ...TRIP, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "guide" },
  );
export const failedTool = (id: number, message = "the ferry is full", traceId = TRACE) =>
  aSpan(
    traceId,
    id,
    {
      parentSpanId: spanId(1),
      status: { code: 2, message },
      events: [
        {
          name: "exception",
          timeUnixNano: at(1),
          attributes: [
            { key: "exception.type", value: { stringValue: "FerryError" } },
            { key: "exception.message", value: { stringValue: message } },
            { key: "exception.stacktrace", value: { stringValue: `FerryError: ${message}\n  at book (ferry.ts:7)` } },
          ],
        },
      ],
    },
    {
      ...TRIP,
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "book",
      "gen_ai.tool.call.arguments": '{"seat":"12A"}',
    },
  );

export const deliver = async (...sent: Parameters<typeof world.deliver>[0]): Promise<void> => {
  await world.deliver(sent);
  await world.rest([TRACE, "trip-7"]);
};
