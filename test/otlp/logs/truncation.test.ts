import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import { libraryEncode } from "../oracle.ts";
import { requestWith } from "../wire.ts";
import { LOGS, outcomeOf, record } from "./log-requests.ts";

const CAPTURED = new URL("../../fixtures/logs/", import.meta.url);

const EVERYTHING = record({
  observedTimeUnixNano: "1795262400000000001",
  severityNumber: 17,
  severityText: "ERROR",
  body: { kvlistValue: { values: [{ key: "a", value: { arrayValue: { values: [{ intValue: "-5" }, {}] } } }] } },
  attributes: [
    { key: "text", value: { stringValue: "naïve" } },
    { key: "bytes", value: { bytesValue: "AAEC" } },
  ],
  droppedAttributesCount: 3,
  flags: 257,
  spanId: "00f067aa0ba902b7",
  eventName: "exception",
});

test("a captured request cut off at any byte is malformed", () => {
  const bytes = readFileSync(new URL("deno-protobuf-002.pb", CAPTURED));
  for (let length = 1; length < bytes.length; length++) {
    expect(outcomeOf(decodeLogs(bytes.subarray(0, length), "protobuf")), `cut at ${length}`).toMatch(
      /^400 malformed protobuf at byte \d+: resourceLogs\[0\]: (cut|length)/,
    );
  }
});

test("a record cut off at any byte in a complete request is malformed, unless the cut is between two fields", () => {
  // Two bytes of length at each of the three levels of a request of this size.
  const bytes = libraryEncode({ resourceLogs: [{ scopeLogs: [{ logRecords: [EVERYTHING] }] }] }, LOGS).subarray(9);
  expect(outcomeOf(decodeLogs(requestWith([...bytes]), "protobuf"))).toBe("accepted 1");
  let between = 0;
  for (let length = 0; length < bytes.length; length++) {
    const outcome = outcomeOf(decodeLogs(requestWith([...bytes.subarray(0, length)]), "protobuf"));
    if (/^accepted (1|0, rejected 1: .*neither a traceId)/.test(outcome)) between += 1;
    else
      expect(outcome, `cut at ${length}`).toMatch(
        /^400 malformed protobuf at byte \d+: resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]/,
      );
  }
  // One cut before each of its fields, two attributes included.
  expect(between).toBe(12);
});

test("a JSON body cut off at any byte is malformed", () => {
  const bytes = readFileSync(new URL("deno-json-002.json", CAPTURED));
  for (let length = 0; length < bytes.length; length++) {
    expect(outcomeOf(decodeLogs(bytes.subarray(0, length), "json")), `cut at ${length}`).toMatch(
      /^400 malformed JSON: unexpected (end|"\\\\") at position \d+$/,
    );
  }
});
