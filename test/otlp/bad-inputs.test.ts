import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readBody } from "../../src/otlp/body.ts";
import { reading } from "./reading.ts";
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
  /** What the specification asks for, and what receivers are known to answer without harm. */
  readonly spec: readonly number[];
  readonly tolerated: readonly number[];
  /** What is done here. */
  readonly outcome: string;
};

const FOLDER = new URL("../fixtures/bad/", import.meta.url);
const CASES: readonly Case[] = JSON.parse(readFileSync(new URL("index.json", FOLDER), "utf8"));

/** Without a single good neighbour lost: the specification lets a receiver refuse the whole, which would lose them. */
const KEPT_THOUGH_THE_COLLECTOR_REFUSES = CASES.filter(
  ({ spec, outcome }) => outcome.startsWith("kept") && !spec.includes(200),
);

async function receive({ file, contentType, contentEncoding }: Case): Promise<string> {
  const encoding = encodingOf(contentType);
  if (encoding === undefined) return "415";
  const stored = readFileSync(new URL(file, FOLDER));
  const sent = new Uint8Array(file.endsWith(".packed") ? gunzipSync(stored) : stored);
  const limit = encoding === "json" ? MAX_JSON_BODY : MAX_PROTOBUF_BODY;
  const body = await readBody(new Blob([sent]).stream(), contentEncoding, reading(limit));
  return outcomeOf(body.ok ? decodeTraces(body.value, encoding) : body);
}

describe("bad input", () => {
  test.each(CASES)("$id: $outcome", async (row) => {
    const outcome = await receive(row);
    expect(outcome).toBe(row.outcome);
    const status = outcome.startsWith("kept") ? 200 : Number(outcome.slice(0, 3));
    expect([...row.spec, ...row.tolerated]).toContain(status);
  });

  test("one bad span never costs its neighbours", () => {
    const costs = KEPT_THOUGH_THE_COLLECTOR_REFUSES.map(({ id, outcome }) => `${id}: ${outcome.slice(0, 18)}`);
    expect(costs).not.toHaveLength(0);
    for (const cost of costs) expect(cost).toMatch(/kept 2, rejected 1$|kept 3$|kept 1, rejected 1$/);
  });
});
