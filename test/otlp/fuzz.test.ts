import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { newSeed, pick, randomFrom } from "./random.ts";
import { decodeJson, deliveriesOf, textOf } from "./requests.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const PROTOBUF = ["otel-js-proto-001.pb", "deno-protobuf-001.pb", "logfire-001.pb", "otel-js-proto-oddnumbers-001.pb"];
const JSONS = [
  "otel-js-json-001.json",
  "otel-cf-workers-001.json",
  "otel-js-json-oddstrings-001.json",
  "genkit-001.json",
];
const INTERESTING = [0x00, 0x01, 0x07, 0x0a, 0x12, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x7b, 0x7f, 0x80, 0xc3, 0xed, 0xff];

type Random = () => number;

/** One to eight bytes changed, put in, taken out or copied from elsewhere. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let mutated = bytes;
  for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes--) {
    const at = Math.floor(random() * mutated.length);
    const byte = random() < 0.5 ? pick(random, INTERESTING) : Math.floor(random() * 256);
    const length = Math.floor(random() * 20);
    const form = Math.floor(random() * 4);
    if (form === 0) mutated = mutated.with(at, byte);
    else if (form === 1) mutated = splice(mutated, at, 0, new Uint8Array([byte]));
    else if (form === 2) mutated = splice(mutated, at, length, new Uint8Array());
    else {
      const from = Math.floor(random() * mutated.length);
      mutated = splice(mutated, at, length, mutated.subarray(from, from + length));
    }
    if (mutated.length === 0) return mutated;
  }
  return mutated;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes.subarray(0, at), ...insert, ...bytes.subarray(at + remove)]);
}

/** Whatever comes in: an answer, and what is kept is canonical, so that reading it again changes nothing. */
function check(bytes: Uint8Array, encoding: "json" | "protobuf"): "refused" | "kept" | "rejected" {
  const result = decodeTraces(bytes, encoding);
  if (!result.ok) return "refused";
  for (const delivery of deliveriesOf(result)) {
    const text = textOf(delivery);
    expect(deliveriesOf(decodeJson(`{"resourceSpans":${text}}`)).map(textOf)).toEqual([text]);
  }
  return result.value.rejected.count > 0 ? "rejected" : "kept";
}

/** A failure says how to see it again. */
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
    const outcomes = { refused: 0, kept: 0, rejected: 0 };
    for (let round = 0; round < 400; round++) {
      const mutated = mutate(bytes, random);
      outcomes[repeatable(seed, round, mutated, encoding)] += 1;
    }
    // Mutations that are all refused at the first byte would prove nothing.
    expect(outcomes.kept + outcomes.rejected).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});

test("random bytes are never more than refused", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 2_000; round++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    repeatable(seed, round, bytes, "protobuf");
    repeatable(seed, round, bytes, "json");
  }
});
