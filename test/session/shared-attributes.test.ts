import { expect, test } from "vitest";
import type { KeyValue, Span } from "../../src/otel/span.ts";
import { SharedAttributes } from "../../src/session/view/shared-attributes.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";

const VALUES = [
  { stringValue: "chat" },
  { stringValue: "443" },
  { intValue: "443" },
  { stringValue: "" },
  { boolValue: true },
  { doubleValue: 443 },
  { arrayValue: { values: [{ stringValue: "chat" }] } },
  { stringValue: "chat", offloaded: { hash: "00", bytes: 9_000 } },
  { stringValue: "x".repeat(70) },
  {},
];

law("a span says the same with shared attributes", seedsFrom(300, 200), (seed) => {
  const random = new Random(seed);
  const attributes = new SharedAttributes();
  for (let count = 0; count < 30; count++) {
    const text = JSON.stringify(spanOf(random));
    const span = JSON.parse(text) as Span;
    attributes.share(span);
    expect(JSON.stringify(span)).toBe(text);
  }
});

test("equal attributes of two spans are one, others are not", () => {
  const attributes = new SharedAttributes();
  const read = (...all: KeyValue[]): readonly KeyValue[] => {
    const span = JSON.parse(JSON.stringify({ traceId: "1", spanId: "2", attributes: all })) as Span;
    attributes.share(span);
    return span.attributes ?? [];
  };
  const session = { key: "session.id", value: { stringValue: "s-1" } };
  const model = (name: string) => ({ key: "gen_ai.request.model", value: { stringValue: name } });
  const first = read(session, model("small"), { key: "server.port", value: { intValue: "443" } });
  const second = read(session, model("large"), { key: "server.port", value: { stringValue: "443" } });
  const third = read(session, model("small"), { key: "server.port", value: { intValue: "443" } });
  expect(first.map((attribute, at) => attribute === second[at])).toEqual([true, false, false]);
  expect(first.map((attribute, at) => attribute === third[at])).toEqual([true, true, true]);
});

function spanOf(random: Random): Span {
  const attributes = Array.from({ length: random.below(6) }, () => ({
    key: random.pick(["a", "b"]),
    ...(random.chance(0.95) && {
      value: random.chance(0.5) ? random.pick(VALUES) : { stringValue: String(random.below(40)) },
    }),
  }));
  const status = random.pick([{ code: 1 }, { code: 2 }, { message: "timed out", code: 2 }, {}]);
  return {
    traceId: random.pick(["1", "2"]),
    spanId: "3",
    ...(random.chance(0.9) && { attributes }),
    ...(random.chance(0.8) && { status }),
  };
}
