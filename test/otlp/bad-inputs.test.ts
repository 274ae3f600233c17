import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readBody } from "../../src/otlp/body.ts";
import { readOptions } from "./read-options.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { MAX_JSON_BODY, MAX_PROTOBUF_BODY } from "../../src/otlp/limits.ts";
import { encodingOf } from "../../src/otlp/media-type.ts";
import { outcomeOf } from "./requests.ts";

type Case = {
  readonly id: string;
  readonly file: string;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly what: string;
  /** The statuses that the specification requires, and those that known receivers answer without harm. */
  readonly spec: readonly number[];
  readonly tolerated: readonly number[];
  /** Our outcome. */
  readonly outcome: string;
};

const FOLDER = new URL("../fixtures/bad/", import.meta.url);
const CASES: readonly Case[] = JSON.parse(readFileSync(new URL("index.json", FOLDER), "utf8"));

/** The specification lets a receiver refuse the whole request: that would lose the good spans in it. */
const ACCEPTED_THOUGH_THE_COLLECTOR_REFUSES = CASES.filter(
  ({ spec, outcome }) => outcome.startsWith("accepted") && !spec.includes(200),
);

async function receive({ file, contentType, contentEncoding }: Case): Promise<string> {
  const encoding = encodingOf(contentType);
  if (encoding === undefined) return "415";
  const stored = readFileSync(new URL(file, FOLDER));
  const sent = new Uint8Array(file.endsWith(".packed") ? gunzipSync(stored) : stored);
  const limit = encoding === "json" ? MAX_JSON_BODY : MAX_PROTOBUF_BODY;
  const body = await readBody(new Blob([sent]).stream(), contentEncoding, readOptions(limit));
  return outcomeOf(body.ok ? decodeTraces(body.value, encoding) : body);
}

describe("bad input", () => {
  test.each(CASES)("$id: $outcome", async (row) => {
    const outcome = await receive(row);
    expect(outcome).toBe(row.outcome);
    const status = outcome.startsWith("accepted") ? 200 : Number(outcome.slice(0, 3));
    expect([...row.spec, ...row.tolerated]).toContain(status);
  });

  test("a bad span never causes the loss of its neighbours", () => {
    const costs = ACCEPTED_THOUGH_THE_COLLECTOR_REFUSES.map(({ id, outcome }) => `${id}: ${outcome.slice(0, 22)}`);
    expect(costs).not.toHaveLength(0);
    for (const cost of costs) expect(cost).toMatch(/accepted 2, rejected 1$|accepted 3$|accepted 1, rejected 1$/);
  });
});
