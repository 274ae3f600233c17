import { describe, expect } from "vitest";
import { decodeRecordFacts, encodeRecordFacts } from "../../src/logs/record-facts-codec.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { readRecord } from "../../src/logs/read-record.ts";
import { spansInLogs, subjectOf } from "../../src/logs/derived-spans.ts";
import * as live from "../../src/otel/semconv/running.ts";
import * as records from "../../src/otel/semconv/logs.ts";
import * as keys from "../../src/otel/semconv/attributes.ts";
import type { AnyValue } from "../../src/otel/span.ts";
import { wholeView } from "./whole-view.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

const KEYS = [...new Set([keys, live, records].flatMap((module) => strings(Object.values(module))))].concat(
  "__proto__",
  "",
);

const NAMES = [
  ...["claude_code.", "codex.", "gemini_cli."].flatMap((prefix) =>
    [
      "user_prompt",
      "api_request",
      "api_response",
      "api_error",
      "sse_event",
      "tool_result",
      "tool_decision",
      "tool_call",
      "__proto__",
    ].map((event) => `${prefix}${event}`),
  ),
  ...["QueryExecutionStart", "ToolCallError", "TeamTurnComplete", "constructor"].map((reason) => `ark.${reason}`),
  "exception",
  "gen_ai.user.message",
  "gen_ai.choice",
  "gen_ai.client.inference.operation.details",
  "elicitation",
  "",
];

const TEXTS = [
  "",
  "42",
  "-1",
  "1e999",
  "true",
  "response.completed",
  "\ud800",
  "x".repeat(9_000),
  "{",
  '{"reason":1}',
  "[[[",
  "null",
  '[{"role":"user"}]',
];

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Set) return [...value].flatMap(strings);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

function someValue(random: Random, depth = 0): AnyValue {
  switch (random.below(depth > 3 ? 6 : 8)) {
    case 0:
      return { intValue: random.pick(["0", "-9223372036854775808", "9223372036854775807"]) };
    case 1:
      return { doubleValue: random.pick([0, -0.5, 1e308, "NaN", "Infinity", "-Infinity"] as const) };
    case 2:
      return random.pick([{}, { boolValue: true }, { bytesValue: "AAE=" }]);
    case 3:
      return { stringValue: random.pick(TEXTS), offloaded: { hash: "00", bytes: 9_000 } };
    case 6:
      return { arrayValue: { values: Array.from({ length: random.below(4) }, () => someValue(random, depth + 1)) } };
    case 7:
      return {
        kvlistValue: {
          values: Array.from({ length: random.below(4) }, () => ({
            key: random.pick(KEYS),
            value: someValue(random, depth + 1),
          })),
        },
      };
    default:
      return { stringValue: random.pick(TEXTS) };
  }
}

function someRecord(random: Random): LogRecord {
  const attributes = Array.from({ length: random.below(30) }, () => ({
    key: random.pick(KEYS),
    value: someValue(random),
  }));
  const name = random.pick(NAMES);
  const named = { key: "event.name", value: { stringValue: name } };
  return {
    ...random.pick([
      {},
      { timeUnixNano: "1" },
      { timeUnixNano: "18446744073709551615" },
      { observedTimeUnixNano: "1790000000000000000" },
    ]),
    ...random.pick([{}, { severityNumber: 17 }, { severityNumber: -1 }]),
    ...random.pick([{}, { body: someValue(random) }, { body: { stringValue: name } }]),
    attributes: random.below(2) === 0 ? attributes : [named, ...attributes],
    ...random.pick([{}, {}, { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b7" }]),
    ...random.pick([{}, { eventName: name }]),
  };
}

describe("reading any log record whatever", () => {
  law("ends without a fault, in facts that travel", seedsFrom(1, 40), (seed) => {
    const random = new Random(seed);
    const view = wholeView("s");
    let derived = 0;
    for (let round = 0; round < 100; round++) {
      const record = someRecord(random);
      const resource = { attributes: record.attributes ?? [] };
      const facts = deriveRecordFacts(record, JSON.stringify(record), resource, undefined);
      expect(decodeRecordFacts(encodeRecordFacts([facts, facts]))).toStrictEqual([facts, facts]);
      const resourceLogs = [{ resource, scopeLogs: [{ logRecords: [record] }] }];
      const spans = spansInLogs(resourceLogs).flatMap(({ scopeSpans = [] }) =>
        scopeSpans.flatMap(({ spans: all = [] }) => all),
      );
      expect(spans).toHaveLength(facts.spans.length);
      for (const { spanId } of facts.spans) expect(spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
      expect(subjectOf(readRecord(record))).toMatch(/^([0-9a-f]{16})?$/);
      derived += facts.spans.length;
      const receipt = { encoding: "json", spans: 0, records: 1 } as const;
      view.apply({ type: "logs", received: "1", receipt, traceId: "0af7651916cd43dd8448eb211c80319c", resourceLogs });
    }
    expect(derived).toBeGreaterThan(0);
    expect(view.summary()?.spans).toBeGreaterThan(0);
    expect(view.tree().rows.length).toBeGreaterThan(0);
  });
});
