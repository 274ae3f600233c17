import { expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeFacts } from "../../src/facts/codec/encode.ts";

const attribute = (key: string, value: object) => [{ key, value }];

test.each([
  ["a cost in JSON", attribute("langfuse.observation.cost_details", { stringValue: '{"total":1e999}' })],
  ["a negative cost", attribute("gen_ai.usage.cost", { doubleValue: -1 })],
  ["an infinite cost", attribute("gen_ai.usage.cost", { doubleValue: "Infinity" })],
  ["no number", attribute("gen_ai.usage.cost", { doubleValue: "NaN" })],
  ["tokens in JSON", attribute("langfuse.observation.usage_details", { stringValue: '{"input":1e999,"output":-5}' })],
  ["tokens", attribute("gen_ai.usage.input_tokens", { doubleValue: "Infinity" })],
])("%s that cannot be counted damages neither its own span's facts nor its neighbour's", (_, attributes) => {
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", name: "chat", startTimeUnixNano: "1" };
  const spans = [
    { ...span, spanId: "b7ad6b7169203331", attributes },
    { ...span, spanId: "b7ad6b7169203332" },
  ];
  const body = new TextEncoder().encode(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const decoded = decodeTraces(body, "json");
  if (!decoded.ok) throw new Error(decoded.error.reason);
  const facts = decoded.value.groups.flatMap((group) => decodeFacts(encodeDelivery(group).facts) ?? []);
  expect(facts.map(({ spanId }) => spanId)).toEqual(["b7ad6b7169203331", "b7ad6b7169203332"]);
  for (const { cost, tokens } of facts) {
    expect(cost).toBeUndefined();
    for (const count of Object.values(tokens ?? {})) expect(count).toBeGreaterThanOrEqual(0);
  }
});
