import { expect, test } from "vitest";
import { searchPattern } from "../../../src/session/search/pattern.ts";
import { TextSearch } from "../../../src/session/search/text-search.ts";
import type { ViewSpan } from "../../../src/session/tree/tree.ts";
import type { ViewRecord } from "../../../src/session/view/log-view.ts";
import { treeOf } from "../tree-of.ts";
import { viewSpan } from "../view-span.ts";

const named = (id: number, parent: number | "", name: string, result = ""): ViewSpan => {
  const view = viewSpan(id, parent, { name });
  return {
    ...view,
    span: { ...view.span, name, attributes: [{ key: "output.value", value: { stringValue: result } }] },
  };
};

const record = (key: string, subject: string, traceId: string, body: string): ViewRecord => ({
  key,
  traceId,
  record: { body: { stringValue: body } },
  time: 0n,
  subject,
  said: undefined,
  received: "0",
});

const find = (search: TextSearch, spans: readonly ViewSpan[], logs: readonly ViewRecord[] = []): string[] => {
  const { rows, byKey } = treeOf(spans);
  const keys = [...search.keys({ rows, logs })].filter((key) => key !== undefined);
  return keys.map((key) => byKey.get(key)?.name ?? key);
};

const searchOf = (text: string): TextSearch => {
  const pattern = searchPattern(text);
  if (pattern === undefined) throw new RangeError("nothing to search");
  return new TextSearch(pattern);
};

test("spans by their texts, and log records with the spans that they belong to", () => {
  const spans = [named(1, "", "agent"), named(2, 1, "run_sql", "The pool is exhausted"), named(3, 1, "search", "ok")];
  const { traceId = "", spanId = "" } = treeOf(spans).rows[2] ?? {};
  const logs = [
    record("t:1", spanId, traceId, "pool of 5"),
    record("t:2", "", traceId, "POOL"),
    record("t:3", "", "", "-"),
  ];
  expect(find(searchOf("Pool"), spans, logs)).toEqual(["run_sql", "t:1", "search", "t:2"]);
  expect(find(searchOf("nothing"), spans, logs)).toEqual([]);
});

test("a growing session: what was searched stays found, what is new is searched", () => {
  const spans = [named(1, "", "agent"), named(2, 1, "pool.acquire")];
  const search = searchOf("pool");
  expect(find(search, spans)).toEqual(["pool.acquire"]);
  expect(find(search, [...spans, named(3, 1, "pool.release")])).toEqual(["pool.acquire", "pool.release"]);
});

test("10,000 spans can be searched in parts", () => {
  const spans = Array.from({ length: 10_000 }, (_, index) => named(index + 1, "", `step ${index % 10}`));
  const parts = searchOf("step 7").keys({ rows: treeOf(spans).rows, logs: [] });
  let hits = 0;
  for (let at = 0; at < 5_000; at++) if (parts.next().value !== undefined) hits++;
  expect(hits).toBe(500);
  for (const key of parts) if (key !== undefined) hits++;
  expect(hits).toBe(1_000);
});
