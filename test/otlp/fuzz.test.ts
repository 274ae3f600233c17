import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { mutate } from "./mutate.ts";
import { newSeed, randomFrom } from "./random.ts";
import { decodeJson, deliveriesOf, textOf } from "./requests.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const PROTOBUF = ["otel-js-proto-001.pb", "deno-protobuf-001.pb", "logfire-001.pb", "otel-js-proto-oddnumbers-001.pb"];
const JSONS = [
  "otel-js-json-001.json",
  "otel-cf-workers-001.json",
  "otel-js-json-oddstrings-001.json",
  "genkit-001.json",
];
/** Any input gets an answer. Accepted spans are canonical: decoding them again changes nothing. */
function check(bytes: Uint8Array, encoding: "json" | "protobuf"): "refused" | "accepted" | "rejected" {
  const result = decodeTraces(bytes, encoding);
  if (!result.ok) return "refused";
  for (const delivery of deliveriesOf(result)) {
    const text = textOf(delivery);
    expect(deliveriesOf(decodeJson(`{"resourceSpans":${text}}`)).map(textOf)).toEqual([text]);
  }
  return result.value.rejected.count > 0 ? "rejected" : "accepted";
}

/** A failure names its seed and input. */
function repeatable(seed: number, round: number, bytes: Uint8Array, encoding: "json" | "protobuf") {
  try {
    return check(bytes, encoding);
  } catch (cause) {
    throw new Error(`SEED=${seed}, round ${round}: ${Buffer.from(bytes).toString("base64")}`, { cause });
  }
}

describe("mutated exports of real producers", () => {
  test.each([...PROTOBUF, ...JSONS])("%s", (file) => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const bytes = new Uint8Array(readFileSync(new URL(file, CORPUS)));
    const encoding = file.endsWith(".pb") ? "protobuf" : "json";
    const outcomes = { refused: 0, accepted: 0, rejected: 0 };
    for (let round = 0; round < 400; round++) {
      const mutated = mutate(bytes, random);
      outcomes[repeatable(seed, round, mutated, encoding)] += 1;
    }
    // If all mutations were refused at the first byte, the test would prove nothing.
    expect(outcomes.accepted + outcomes.rejected).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});

test("random bytes are refused without an exception", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 2_000; round++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    repeatable(seed, round, bytes, "protobuf");
    repeatable(seed, round, bytes, "json");
  }
});
