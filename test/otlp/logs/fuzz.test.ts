import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import { mutate } from "../mutate.ts";
import { newSeed, randomFrom } from "../random.ts";
import { textOf } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf } from "./log-requests.ts";

const CAPTURED = new URL("../../fixtures/logs/", import.meta.url);
const FILES = ["deno-protobuf-002.pb", "claude-code-json-002.json", "deno-json-002.json", "mastra-json-002.json"];

/** Whatever comes in: an answer, and what is kept is canonical, so that reading it again changes nothing. */
function check(bytes: Uint8Array, encoding: "json" | "protobuf"): "refused" | "taken" {
  const result = decodeLogs(bytes, encoding);
  if (!result.ok) return "refused";
  for (const delivery of deliveriesOf(result)) {
    const text = textOf(delivery);
    expect(deliveriesOf(decodeJsonLogs(`{"resourceLogs":${text}}`)).map(textOf)).toEqual([text]);
  }
  return "taken";
}

/** A failure says how to see it again. */
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
  const outcomes = { refused: 0, taken: 0 };
  for (let round = 0; round < 400; round++) outcomes[repeatable(seed, round, mutate(bytes, random), encoding)] += 1;
  // Mutations that are all refused at the first byte would prove nothing.
  expect(outcomes.taken).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
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
