import { describe, expect, test } from "vitest";
import { annotationOf } from "../../../src/logs/annotation.ts";
import { readRecord } from "../../../src/logs/read-record.ts";
import { eventOfRecord } from "../../../src/logs/record-event.ts";
import type { LogRecord } from "../../../src/otel/log-record.ts";
import { attributesOf, spanOf } from "../span-of.ts";
import { seen, span } from "./seen.ts";
import type { Fields } from "./seen.ts";

const { traceId, spanId } = spanOf("x");

/** A record of the span's contents, as AWS's distribution of OpenTelemetry writes it. */
function exchange(name: string, body: Fields): LogRecord {
  const [entry] = span("", { body }).attributes ?? [];
  return {
    traceId,
    spanId,
    severityNumber: 9,
    body: entry?.value ?? {},
    attributes: attributesOf({ "event.name": name, "session.id": "s-1" }),
  };
}

const shown = (record: LogRecord, name: string, attributes: Fields) =>
  seen(span(name, attributes, [eventOfRecord(readRecord(record))]));

describe("AWS's distribution moves contents from spans to records", () => {
  test("of Strands, whose span events it keeps as messages", () => {
    const call = exchange("strands.telemetry.tracer", {
      input: {
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: { content: '[{"text":"Rain in Porto?"}]' } },
        ],
      },
      output: {
        messages: [
          {
            role: "assistant",
            content: {
              message: '[{"toolUse":{"toolUseId":"t1","name":"weather","input":{"city":"Porto"}}}]',
              finish_reason: "tool_use",
            },
          },
        ],
      },
    });
    expect(shown(call, "chat", { "gen_ai.operation.name": "chat" })).toMatchObject({
      input: ["system: Be brief", "user: Rain in Porto?"],
      output: ['assistant: weather({"city":"Porto"})'],
    });
    expect(annotationOf(readRecord(call))).toEqual({ spanId, prompt: "Rain in Porto?" });
  });

  test("of a tool, whose arguments and result are no prompt", () => {
    const call = exchange("strands.telemetry.tracer", {
      input: { messages: [{ role: "tool", content: { content: '{"city":"Porto"}', role: "tool", id: "t1" } }] },
      output: { messages: [{ role: "assistant", content: { message: '[{"text":"14 degrees"}]', id: "t1" } }] },
    });
    const tool = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather" };
    expect(shown(call, "execute_tool weather", tool)).toMatchObject({
      input: '{"city":"Porto"}',
      output: "14 degrees",
    });
    expect(annotationOf(readRecord(call))).toBeUndefined();
  });

  test("of OpenInference and OpenLLMetry, as texts", () => {
    const call = exchange("openinference.instrumentation.langchain", {
      input: { messages: [{ role: "user", content: "Rain in Porto?" }] },
      output: { messages: [{ role: "assistant", content: "14 degrees" }] },
    });
    expect(shown(call, "ChatBedrock", { "openinference.span.kind": "LLM" })).toMatchObject({
      input: ["user: Rain in Porto?"],
      output: ["assistant: 14 degrees"],
    });
  });
});
