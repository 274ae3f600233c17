import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ResourceLogs } from "../../../src/otel/log-record.ts";
import { encodeLogs } from "../../../src/otlp/protobuf/encode.ts";
import { libraryEncode } from "../oracle.ts";
import { newSeed, randomFrom } from "../random.ts";
import { randomLogsRequest } from "../random-request.ts";
import { textOf } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf, LOGS } from "./log-requests.ts";

const CAPTURED = new URL("../../fixtures/logs/", import.meta.url);
const FILES = ["claude-code-json-002.json", "codex-json-003.json", "deno-json-002.json"];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** What the log stores of a request. */
function stored(request: unknown): ResourceLogs[][] {
  return deliveriesOf(decodeJsonLogs(request)).map((delivery) => JSON.parse(textOf(delivery)) as ResourceLogs[]);
}

describe("our encoder and a library write the same bytes of log records", () => {
  test.each(FILES)("%s", (file) => {
    const groups = stored(JSON.parse(readFileSync(new URL(file, CAPTURED), "utf8")));
    expect(groups.length).toBeGreaterThan(0);
    for (const resourceLogs of groups)
      expect(hex(encodeLogs(resourceLogs))).toBe(hex(libraryEncode({ resourceLogs }, LOGS)));
  });

  test("any request that the specification allows", () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    for (let round = 0; round < 400; round++) {
      for (const resourceLogs of stored(randomLogsRequest(random))) {
        const text = `SEED=${seed}, round ${round}: ${JSON.stringify(resourceLogs)}`;
        expect(hex(encodeLogs(resourceLogs)), text).toBe(hex(libraryEncode({ resourceLogs }, LOGS)));
      }
    }
  });
});
