import { expect, test } from "vitest";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import { linkDerivedSpans } from "../../src/session/correlate/derived-links.ts";
import { sessionDigest } from "../../src/session/digest/session-digest.ts";
import { MAX_STEPS, stepStrip } from "../../src/session/digest/step-strip.ts";
import { searchableIn } from "../../src/session/list/searchable.ts";
import { searchText } from "../../src/session/list/search-text.ts";
import type { PartFold } from "../../src/session/part-fold.ts";
import { LIST_PRICES } from "../../src/session/prices/prices.ts";
import { foldQueries } from "../../src/session/whole-session.ts";
import { rollUp } from "../../src/session/roll-up.ts";
import { SessionParts } from "../../src/session/session-parts.ts";
import { queriesOfParts, summariseParts } from "../../src/session/summarise.ts";
import { admitRecords } from "../../src/session/table/admit-records.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import { at, factsOf } from "../facts/facts-of.ts";
import { law, seedsFrom } from "../law.ts";
import { attributesOf } from "../durable/spans.ts";
import { ABOUT } from "./fold-of.ts";
import { Random } from "./seeded-random.ts";
import type { Sent } from "./session-generator.ts";
import { generateTrees } from "./tree-generator.ts";

/** So small that a tree fills a part. */
const MOST_ROWS = 4;

law(
  "a session in parts is the same as one that is folded whole and anew, after each delivery",
  seedsFrom(6100, 50),
  (seed) => {
    const random = new Random(seed);
    const sent = generateTrees(random);
    const table = new SpanTable();
    const parts = new SessionParts(table, linkDerivedSpans, MOST_ROWS);
    // A trace with log records is not divided.
    const hasRecords = random.chance(0.3);
    for (const [number, delivery] of random.cut(random.shuffle([...sent, ...sent.slice(0, 5)]), 12).entries()) {
      for (const [position, { traceId, facts }] of delivery.entries())
        if (table.compare(traceId, facts) !== "known") table.admit(traceId, facts, number + 1, position);
      const [first] = delivery;
      if (first !== undefined && hasRecords && random.chance(0.3)) logException(table, parts, first, number + 1);
      if (first !== undefined && hasRecords && random.chance(0.05)) logPrompt(table, parts, first, number + 1);
      if (random.chance(0.3) || table.size === 0) continue;
      const whole = [{ table, fold: foldQueries(table, LIST_PRICES) }];
      expect(saidBy(table, parts.folds(LIST_PRICES))).toEqual(saidBy(table, whole));
    }
  },
);

test("trees of one trace are parts, and a delivery folds only those that it changes anew", () => {
  const { table, parts, addTree } = manyTrees();
  for (let tree = 0; tree < 40; tree++) addTree(tree);
  const before = parts.folds(LIST_PRICES);
  expect(before).toHaveLength(40);
  addTree(40);
  const after = parts.folds(LIST_PRICES);
  expect(after).toHaveLength(41);
  expect(after.slice(0, 40)).toEqual(before);
  expect(after.filter((part, at) => part !== before[at])).toHaveLength(1);
  expect(parts.folds(LIST_PRICES)).toEqual(after);
  expect(after.reduce((rows, part) => rows + part.table.size, 0)).toBe(table.size);
});

test("a trace is one part while a parent is missing, and is divided again once it came", () => {
  const { parts, addTree, add } = manyTrees();
  for (let tree = 0; tree < 40; tree++) addTree(tree);
  add("00000000000000aa", "00000000000000ff");
  expect(parts.folds(LIST_PRICES)).toHaveLength(1);
  add("00000000000000ff", "");
  expect(parts.folds(LIST_PRICES)).toHaveLength(41);
});

law("the last steps of trees whose steps interleave are those of one fold", seedsFrom(6200, 40), (seed) => {
  const random = new Random(seed);
  const { table, parts, id } = manyTrees();
  for (let tree = 0; tree < 8; tree++) {
    const from = random.below(300);
    const spread = random.pick([30, 300, 3_000]);
    for (let place = 0; place < 60; place++) {
      const start = at(place === 0 ? from : from + random.below(spread));
      const does =
        place === 0 ? { kind: "agent" as const } : { kind: random.pick(["tool", "llm", "turn"] as const), model: "m" };
      const parentSpanId = place === 0 ? "" : id(tree, 0);
      table.admit("t", factsOf({ spanId: id(tree, place), parentSpanId, start, end: start + 1n, ...does }), 1, 0);
    }
  }
  const inParts = parts.folds(LIST_PRICES);
  expect(inParts.length).toBeGreaterThan(1);
  const strip = stepStrip([{ table, fold: foldQueries(table, LIST_PRICES) }]);
  expect([strip.length, stepStrip(inParts)]).toEqual([MAX_STEPS, strip]);
});

function logException(table: SpanTable, parts: SessionParts, { traceId, facts }: Sent, revision: number): void {
  const record = {
    traceId,
    spanId: facts.spanId,
    timeUnixNano: String(facts.start),
    severityNumber: 17,
    eventName: "exception",
    attributes: attributesOf({ "exception.type": "Timeout", "exception.message": `no answer ${revision}` }),
  };
  parts.annotate(traceId);
  admitRecords(table, traceId, [deriveRecordFacts(record, JSON.stringify(record), undefined, undefined)], revision);
}

/** A span is derived from it, which may belong to spans of any trace. */
function logPrompt(table: SpanTable, parts: SessionParts, { traceId, facts }: Sent, revision: number): void {
  const record = {
    traceId,
    timeUnixNano: String(facts.start),
    eventName: "claude_code.user_prompt",
    attributes: attributesOf({ prompt: "book a hotel", "session.id": "s-1", "event.name": "user_prompt" }),
  };
  const resource = { attributes: attributesOf({ "service.name": "claude-code" }) };
  parts.annotate(traceId);
  admitRecords(table, traceId, [deriveRecordFacts(record, JSON.stringify(record), resource, undefined)], revision, 900);
}

function saidBy(table: SpanTable, parts: readonly PartFold[]) {
  const rolled = rollUp(parts);
  const summary = summariseParts(table, ABOUT, parts, sessionDigest, rolled);
  return { summary, queries: queriesOfParts(parts), search: searchText(searchableIn(summary, parts, rolled)) };
}

/** One trace, to which trees of an agent and three tools are added. */
function manyTrees() {
  const table = new SpanTable();
  const parts = new SessionParts(table, linkDerivedSpans, MOST_ROWS);
  let revision = 0;
  const add = (spanId: string, parentSpanId: string): number =>
    table.admit("t", factsOf({ spanId, parentSpanId, kind: parentSpanId === "" ? "agent" : "tool" }), ++revision, 0);
  const id = (tree: number, place: number): string => (0x1000 + tree * 64 + place).toString(16).padStart(16, "0");
  const addTree = (tree: number): void => {
    for (let place = 3; place >= 0; place--) add(id(tree, place), place === 0 ? "" : id(tree, 0));
  };
  return { table, parts, add, addTree, id };
}
