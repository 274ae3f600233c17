import { describe, expect } from "vitest";

import { readContent } from "../../src/facts/span-content.ts";
import { deriveFacts } from "../../src/facts/facts.ts";
import { decodeFacts, encodeFacts } from "../../src/facts/codec/encode.ts";
import { previewLine } from "../../src/facts/preview.ts";
import * as keys from "../../src/otel/semconv/attributes.ts";
import * as said from "../../src/otel/semconv/content.ts";
import type { AnyValue, KeyValue, Span } from "../../src/otel/span.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { spanOf } from "../facts/span-of.ts";

const SEEDS = seedsFrom(1, 40);

/** Every key that the vocabulary spells, and some that no producer should. */
const KEYS: readonly string[] = [
  ...new Set([
    ...[...Object.values(keys), ...Object.values(said)].flatMap(strings).filter((text) => /^[a-z]/.test(text)),
    ...[0, 1, 7, 9_999, 10_000, -1].flatMap((at) => [
      `llm.input_messages.${at}.message.role`,
      `llm.input_messages.${at}.message.content`,
      `llm.output_messages.${at}.message.tool_calls.${at}.tool_call.function.name`,
      `gen_ai.prompt.${at}.content`,
      `gen_ai.completion.${at}.__proto__.role`,
    ]),
    "__proto__",
    "constructor",
    "toString",
    "",
  ]),
];

const WORDS = [
  "LLM",
  "chat",
  "tool",
  "ERROR",
  "stop",
  "42",
  "-1",
  "1e999",
  "\ud800",
  "\u0000\u001b[2J",
  "x".repeat(700),
  "[",
  '{"a":',
  "null",
  '"quoted"',
  '[{"role":"user","content":"hello"}]',
  '{"messages":[{"role":"assistant","tool_calls":[{"function":{}}]}]}',
  '{"role":"user","content":{"parts":1}}',
  '{"message":{"message":{"message":null}}}',
  '[{"role":"tool","tool_call_id":"1","content":[null,1,[],{"type":7}]}]',
  '{"choices":[{"message":null}],"output":[{"type":"reasoning","summary":[1]}]}',
  '{"usage":{"inputTokens":"many"},"total":"free","input":-5}',
];

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Map) return [...value.keys()].filter((key) => typeof key === "string");
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

function someValue(random: Random, depth = 0): AnyValue {
  switch (random.below(depth > 3 ? 6 : 8)) {
    case 0:
      return { intValue: random.pick(["0", "42", "-9223372036854775808", "9223372036854775807"]) };
    case 1:
      return { doubleValue: random.pick([0, -0, 0.5, 1e300, "NaN", "Infinity"] as const) };
    case 2:
      return random.pick([{}, { boolValue: true }, { bytesValue: "AAE=" }]);
    case 3:
      return { stringValue: random.pick(WORDS), offloaded: { hash: "00", bytes: 9_000 } };
    case 6:
      return { arrayValue: { values: Array.from({ length: random.below(4) }, () => someValue(random, depth + 1)) } };
    case 7:
      return {
        kvlistValue: {
          values: Array.from({ length: random.below(4) }, () => ({
            key: random.pick(["role", "content", "parts", "__proto__", "messages", "type"]),
            value: someValue(random, depth + 1),
          })),
        },
      };
    default:
      return { stringValue: random.pick(WORDS) };
  }
}

function someSpan(random: Random): Span {
  const attributes = new Map<string, KeyValue>();
  for (let count = random.below(25); count > 0; count--) {
    const key = random.pick(KEYS);
    attributes.set(key, { key, value: someValue(random) });
  }
  const events = Array.from({ length: random.below(3) }, () => ({
    name: random.pick(["exception", ...said.INPUT_EVENTS.keys(), said.OUTPUT_EVENT, said.DETAILS_EVENT, "tool.output"]),
    attributes: [...attributes.values()].slice(0, 3),
  }));
  return spanOf(
    random.pick(["query.q", "tool.t", "agent.a", "a", ""]),
    {},
    { attributes: [...attributes.values()], events },
  );
}

describe("reading any span whatever", () => {
  law("ends without a fault, in facts that travel", SEEDS, (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 50; round++) {
      const span = someSpan(random);
      const facts = deriveFacts(span, JSON.stringify(span), { attributes: span.attributes ?? [] }, undefined);
      expect(decodeFacts(encodeFacts([facts]))).toStrictEqual([facts]);
      const { claimed } = readContent(span);
      const present = new Set(span.attributes?.map(({ key }) => key));
      expect([...claimed].filter((key) => !present.has(key))).toEqual([]);
      const line = previewLine(span, facts);
      expect(line.length <= 160 && line.isWellFormed(), JSON.stringify(line)).toBe(true);
    }
  });

  law("does not depend on the order of the attributes", SEEDS, (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 50; round++) {
      const span = someSpan(random);
      const other = { ...span, attributes: span.attributes?.toReversed() ?? [] };
      const text = JSON.stringify(span);
      expect(deriveFacts(other, text, undefined, undefined)).toStrictEqual(
        deriveFacts(span, text, undefined, undefined),
      );
    }
  });
});
