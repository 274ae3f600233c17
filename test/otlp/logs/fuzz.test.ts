import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import { mutate } from "../mutate.ts";
import { newSeed, randomFrom } from "../random.ts";
import { textOf } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf } from "./log-requests.ts";

const CAPTURED = new URL("../../fixtures/logs/", import.meta.url);
const FILES = ["deno-protobuf-002.pb", "claude-code-json-002.json", "deno-json-002.json", "mastra-json-002.json"];

/** Any input gets an answer. Accepted records are canonical: decoding them again changes nothing. */
function check(bytes: Uint8Array, encoding: "json" | "protobuf"): "refused" | "decoded" {
  const result = decodeLogs(bytes, encoding);
  if (!result.ok) return "refused";
  for (const delivery of deliveriesOf(result)) {
    const text = textOf(delivery);
    expect(deliveriesOf(decodeJsonLogs(`{"resourceLogs":${text}}`)).map(textOf)).toEqual([text]);
  }
  return "decoded";
}

/** A failure names its seed and input. */
function repeatable(seed: number, round: number, bytes: Uint8Array, encoding: "json" | "protobuf") {
  try {
    return check(bytes, encoding);
  } catch (cause) {
    throw new Error(`SEED=${seed}, round ${round}: ${Buffer.from(bytes).toString("base64")}`, { cause });
  }
}

test.each(FILES)("a mutated export of a real producer: %s", (file) => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const bytes = new Uint8Array(readFileSync(new URL(file, CAPTURED)));
  const encoding = file.endsWith(".pb") ? "protobuf" : "json";
  const outcomes = { refused: 0, decoded: 0 };
  for (let round = 0; round < 400; round++) outcomes[repeatable(seed, round, mutate(bytes, random), encoding)] += 1;
  // If all mutations were refused at the first byte, the test would prove nothing.
  expect(outcomes.decoded).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
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
