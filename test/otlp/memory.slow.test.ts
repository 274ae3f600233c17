import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("adversarial-child.ts", import.meta.url));

/** MB of old objects. With young objects (12 MB) and the body (16 MB) less than 100 MB; pointers in the Workers runtime are half as long as Node's. */
const OLD_SPACE = 72;

async function outcomesOf(...signal: readonly "logs"[]): Promise<string[]> {
  const bounds = [`--max-old-space-size=${OLD_SPACE}`, "--max-semi-space-size=4"];
  const { stdout } = await promisify(execFile)(process.execPath, [...bounds, CHILD, ...signal]);
  const outcomes = stdout.trimEnd().split("\n");
  return outcomes.map((line) => (line.length > 154 ? `${line.slice(0, 154)}…` : line));
}

test("decoding and encoding any body of the largest size stays under 100 MB", async () => {
  expect(await outcomesOf()).toMatchInlineSnapshot(`
      [
        "an array of empty values: accepted 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.arrayValue.values[99999]: more than 100000 a…",
        "a kvlist of empty entries: accepted 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.kvlistValue.values[99999]: more than 100000…",
        "arrays up to the limit of values, in many spans: accepted 84",
        "empty attributes: 413 too large: more than 25165824 characters of JSON in all spans",
        "empty events: 413 too large: more than 25165824 characters of JSON in all spans",
        "empty resources: accepted 0",
        "a name of control characters, six of JSON each: accepted 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0]: more than 4194304 characters without its …",
        "a value of control characters: accepted 1",
        "bytes: accepted 1",
        "names of wide characters: accepted 17962",
        "values of a hundred levels: 413 too large: more than 25165824 characters of JSON in all spans",
        "unknown objects: accepted 0",
        "unknown lists in lists: accepted 0",
        "objects that each have a key of their own: accepted 0",
        "one object with many keys: accepted 0",
        "numbers that lose digits: accepted 1",
        "spans of wide characters: accepted 9000, rejected 1: resourceSpans[0].scopeSpans[0].spans[9000].traceId: missing",
      ]
    `);
});

test("decoding and encoding any body of log records stays under 100 MB", async () => {
  expect(await outcomesOf("logs")).toMatchInlineSnapshot(`
    [
      "a body of control characters: accepted 1",
      "a body of empty values: accepted 0, rejected 1: resourceLogs[0].scopeLogs[0].logRecords[0].body.arrayValue.values[99999]: more than 100000 attribute value…",
      "bodies of many values: accepted 84",
      "attributes that are empty: accepted 8108",
      "a session's name each: accepted 10917",
      "texts of wide characters: accepted 16687",
      "a heartbeat of bytes that are no span: accepted 0, rejected 1: resourceLogs[0].scopeLogs[0].logRecords[0]: body: malformed protobuf at byte 0: number of m…",
      "heartbeats of empty attributes: 413 too large: more than 25165824 characters of JSON in all log records",
      "heartbeats of a hundred thousand values: accepted 84",
    ]
  `);
});
