import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("hostile-child.ts", import.meta.url));

/** MB of objects. With the young ones (12) and the body itself (16) less than 100; the Workers runtime's pointers are half as long as Node's. */
const OLD_SPACE = 72;

async function outcomesOf(...signal: readonly "logs"[]): Promise<string[]> {
  const bounds = [`--max-old-space-size=${OLD_SPACE}`, "--max-semi-space-size=4"];
  const { stdout } = await promisify(execFile)(process.execPath, [...bounds, CHILD, ...signal]);
  const outcomes = stdout.trimEnd().split("\n");
  return outcomes.map((line) => (line.length > 150 ? `${line.slice(0, 150)}…` : line));
}

test(
  "whatever a body of the largest size holds, decoding and delivering it stays under 100 MB",
  { timeout: 120_000 },
  async () => {
    expect(await outcomesOf()).toMatchInlineSnapshot(`
      [
        "an array of empty values: kept 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.arrayValue.values[99999]: more than 100000 a…",
        "a kvlist of empty entries: kept 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.kvlistValue.values[99999]: more than 100000…",
        "arrays up to the limit of values, in many spans: kept 84",
        "empty attributes: 413 too large: more than 25165824 characters of JSON in all spans",
        "empty events: 413 too large: more than 25165824 characters of JSON in all spans",
        "empty resources: kept 0",
        "a name of control characters, six of JSON each: kept 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0]: more than 4194304 characters without its …",
        "a value of control characters: kept 1",
        "bytes: kept 1",
        "names of wide characters: kept 17962",
        "values of a hundred levels: 413 too large: more than 25165824 characters of JSON in all spans",
        "unknown objects: kept 0",
        "unknown lists in lists: kept 0",
        "objects that each have a key of their own: kept 0",
        "one object with many keys: kept 0",
        "numbers that lose digits: kept 1",
        "spans of wide characters: kept 9000, rejected 1: resourceSpans[0].scopeSpans[0].spans[9000].traceId: missing",
      ]
    `);
  },
);

test("so does a body of log records", { timeout: 120_000 }, async () => {
  expect(await outcomesOf("logs")).toMatchInlineSnapshot(`
    [
      "a body of control characters: kept 1",
      "a body of empty values: kept 0, rejected 1: resourceLogs[0].scopeLogs[0].logRecords[0].body.arrayValue.values[99999]: more than 100000 attribute value…",
      "bodies of many values: kept 84",
      "attributes that are empty: kept 8108",
      "a session's name each: kept 10917",
      "texts of wide characters: kept 16687",
      "a heartbeat of bytes that are no span: kept 0, rejected 1: resourceLogs[0].scopeLogs[0].logRecords[0]: body: malformed protobuf at byte 0: number of m…",
      "heartbeats of empty attributes: 413 too large: more than 25165824 characters of JSON in all log records",
      "heartbeats of a hundred thousand values: kept 84",
    ]
  `);
});
