import { describe, expect, test } from "vitest";

import { PRODUCERS, SPAN_KINDS } from "../../src/facts/facts.ts";
import { FACTS_VERSION } from "../../src/facts/codec/layout.ts";
import { decodeFacts, encodeFacts } from "../../src/facts/codec/encode.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { DERIVATIONS } from "../../src/facts/derivation.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "../session/seeded-random.ts";

const HOSTILE = [
  "",
  "__proto__",
  "constructor",
  "\ud800",
  "a\udc00b",
  "\u0000",
  "</script>",
  "\u202e",
  "日本 🚀",
  "x".repeat(300),
];
const MAX_UINT64 = 2n ** 64n - 1n;
const TIMES = [0n, 1n, 1_795_261_714_504_000_000n, 1_795_261_714_504_000_001n, 2n ** 53n, 2n ** 63n, MAX_UINT64];

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.below(16).toString(16)).join("");
}

function someFacts(random: Random, ids: readonly string[]): SpanFacts {
  const maybe = <T>(value: T): T | undefined => (random.below(2) === 0 ? undefined : value);
  const name = (): string => random.pick(HOSTILE);
  const running = random.below(4) === 0;
  const facts: Record<string, unknown> = {
    spanId: random.pick(ids),
    parentSpanId: random.pick([...ids, "", "ffffffffffffffff"]),
    name: name(),
    kind: random.pick(SPAN_KINDS),
    otlpKind: random.pick([0, 1, 2, 5, 77, -1, 2 ** 31 - 1]),
    start: random.pick(TIMES),
    end: running ? 0n : random.pick(TIMES),
    running,
    error: random.below(2) === 0,
    size: random.below(100_000),
    hash: hex(random, 16),
  };
  const optional = {
    session: maybe({ rank: 1 + random.below(3), value: name() }),
    query: maybe({ name: name(), namespace: name() }),
    claims: maybe([`21${hex(random, 32)}${name()}`, `30${hex(random, 32)}${name()}`]),
    callHash: maybe(1 + random.below(0xffff_ffff)),
    agent: maybe(name()),
    team: maybe(name()),
    model: maybe(name()),
    tool: maybe(name()),
    route: maybe(name()),
    service: maybe(random.pick(["desk", "desk", name()])),
    tokens: maybe({
      input: random.below(9e15),
      output: 0,
      cached: random.pick([0, 0, 9]),
      written: random.pick([0, 0, 8]),
      written1h: random.pick([0, 0, 7]),
      reasoning: random.pick([0, 0, 3]),
    }),
    cost: maybe(random.pick([0, 0.000_012, 1e-9, 1234.5])),
    prompt: maybe(name()),
    promptGuessed: maybe(true),
    user: maybe(name()),
    target: maybe(name()),
    failure: maybe(name()),
    canceled: maybe(true),
    exception: maybe(true),
    ancestors: maybe([
      { spanId: "00000000000000aa", name: name(), start: maybe(random.pick(TIMES.slice(1))) },
      { spanId: random.pick(ids), name: "", start: undefined },
    ]),
    inputRequest: maybe({
      state: random.pick(["open", "closed", "resumed"]),
      since: random.pick(TIMES),
      task: random.pick(["", "task-1"]),
      question: name(),
      ...(random.below(2) === 0 ? {} : { tool: name() }),
    }),
    derivation: maybe(random.pick(DERIVATIONS)),
    producer: maybe(random.pick(PRODUCERS)),
    asOf: running ? maybe(random.pick(TIMES.slice(1))) : undefined,
  };
  return { ...facts, ...optional } as unknown as SpanFacts;
}

describe("encoded facts", () => {
  law("decoding returns the encoded facts", seedsFrom(1, 60), (seed) => {
    const random = new Random(seed);
    const ids = Array.from({ length: 8 }, () => hex(random, 16));
    const facts = Array.from({ length: random.below(25) }, () => someFacts(random, ids));
    expect(decodeFacts(encodeFacts(facts))).toStrictEqual(facts);
  });

  test("facts of another version are not decoded", () => {
    const encoded = encodeFacts([someFacts(new Random(1), ["0000000000000001"])]);
    expect(decodeFacts(encoded.replace(`[${FACTS_VERSION},`, `[${FACTS_VERSION + 1},`))).toBeUndefined();
    expect(decodeFacts("")).toBeUndefined();
  });

  test("invalid text of this version throws instead of giving an empty session", () => {
    expect(() => decodeFacts(`[${FACTS_VERSION},"0",[],[1]]`)).toThrow(TypeError);
    const encoded = encodeFacts([someFacts(new Random(1), ["0000000000000001"])]);
    const [version, base, ids, hashes, texts, cells] = JSON.parse(encoded) as [
      number,
      string,
      string[],
      string[],
      string[],
      number[],
    ];
    const altered = {
      "an id too many": [version, base, [...ids, ...ids], hashes, texts, cells],
      "a hash too few": [version, base, ids, hashes.slice(1), texts, cells],
      "a text too few": [version, base, ids, hashes, texts.slice(0, 1), cells],
      "a cell too few": [version, base, ids, hashes, texts, cells.slice(0, -1)],
      "a cell too many": [version, base, ids, hashes, texts, [...cells, 0]],
      "a text for a number": [version, base, ids, hashes, texts, cells.map(String)],
    };
    for (const [what, facts] of Object.entries(altered)) {
      expect(() => decodeFacts(JSON.stringify(facts)), what).toThrow(TypeError);
    }
    expect(() => decodeFacts(`[${FACTS_VERSION},"0"`)).toThrow(SyntaxError);
  });
});
