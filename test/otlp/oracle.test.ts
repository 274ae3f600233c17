import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { libraryDecode, libraryEncode } from "./oracle.ts";
import { newSeed, randomFrom } from "./random.ts";
import { randomRequest } from "./random-request.ts";
import { decodeJson, deliveriesOf, textOf } from "./requests.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const PROTOBUF = readdirSync(CORPUS).filter((file) => file.includes(".pb"));

function texts(result: ReturnType<typeof decodeTraces>): string[] {
  return deliveriesOf(result).map((delivery) => `${delivery.facts}\n${textOf(delivery)}`);
}

describe("our decoder and a library decode alike", () => {
  test.each(PROTOBUF)("%s", (file) => {
    const stored = readFileSync(new URL(file, CORPUS));
    const bytes = file.endsWith(".gz") ? gunzipSync(stored) : stored;
    expect(texts(decodeTraces(bytes, "protobuf"))).toEqual(texts(decodeJson(libraryDecode(bytes))));
  });
});

test("a request decodes to the same text from JSON and from protobuf", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 400; round++) {
    const request = randomRequest(random);
    const fromJson = texts(decodeJson(request));
    const fromProtobuf = texts(decodeTraces(libraryEncode(request), "protobuf"));
    expect(fromProtobuf, `SEED=${seed}, round ${round}: ${JSON.stringify(request)}`).toEqual(fromJson);
  }
});

test("an exported request is the same after it is posted again", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 200; round++) {
    const once = deliveriesOf(decodeJson(randomRequest(random))).map(textOf);
    const again = once.flatMap((text) => deliveriesOf(decodeJson(`{"resourceSpans":${text}}`)).map(textOf));
    expect(again, `SEED=${seed}, round ${round}`).toEqual(once);
  }
});
