import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import { libraryDecode, libraryEncode } from "../oracle.ts";
import { newSeed, randomFrom } from "../random.ts";
import { randomLogsRequest } from "../random-request.ts";
import { textOf } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf, LOGS, outcomeOf } from "./log-requests.ts";

const CAPTURED = new URL("../../fixtures/logs/", import.meta.url);

function texts(result: ReturnType<typeof decodeLogs>): string[] {
  return [outcomeOf(result), ...deliveriesOf(result).map((delivery) => `${delivery.facts}\n${textOf(delivery)}`)];
}

test("our decoder and a library decode a captured request alike", () => {
  const bytes = readFileSync(new URL("deno-protobuf-002.pb", CAPTURED));
  const read = texts(decodeLogs(bytes, "protobuf"));
  expect(read[0]).toBe("accepted 2");
  expect(read).toEqual(texts(decodeJsonLogs(libraryDecode(bytes, LOGS))));
});

test.each(["claude-code-json-002.json", "codex-json-003.json", "deno-json-002.json", "mastra-json-002.json"])(
  "%s is the same text as protobuf",
  (file) => {
    const request: unknown = JSON.parse(readFileSync(new URL(file, CAPTURED), "utf8"));
    expect(texts(decodeLogs(libraryEncode(request, LOGS), "protobuf"))).toEqual(texts(decodeJsonLogs(request)));
  },
);

test("a request decodes to the same text from JSON and from protobuf", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 400; round++) {
    const request = randomLogsRequest(random);
    const fromProtobuf = texts(decodeLogs(libraryEncode(request, LOGS), "protobuf"));
    expect(fromProtobuf, `SEED=${seed}, round ${round}: ${JSON.stringify(request)}`).toEqual(
      texts(decodeJsonLogs(request)),
    );
  }
});

test("an exported request is the same after it is posted again", () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  for (let round = 0; round < 200; round++) {
    const once = deliveriesOf(decodeJsonLogs(randomLogsRequest(random)));
    const again = once.map((delivery) => deliveriesOf(decodeJsonLogs(`{"resourceLogs":${textOf(delivery)}}`)));
    const contentOf = (deliveries: typeof once) =>
      deliveries.map((delivery) => [delivery.traceId, textOf(delivery), delivery.facts]);
    expect(again.map(contentOf), `SEED=${seed}, round ${round}`).toEqual(contentOf(once).map((one) => [one]));
  }
});
