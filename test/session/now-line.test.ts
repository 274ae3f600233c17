import { describe, expect, test } from "vitest";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { nowLine } from "../../src/session/now-line.ts";
import type { AgentStep, NowLine } from "../../src/session/now-line.ts";
import type { SessionTree, ViewSpan } from "../../src/session/tree/tree.ts";
import { at } from "../facts/facts-of.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import { treeOf } from "./tree-of.ts";
import { viewOf, viewSpan } from "./view-span.ts";

/** A span from one second to another; without an end it runs. */
const span = (
  id: number,
  parent: number | "",
  name: string,
  times: readonly [number, number?],
  more: Partial<SpanFacts> = {},
) =>
  viewSpan(id, parent, {
    name,
    start: at(times[0]),
    ...(times[1] === undefined ? { running: true, end: 0n } : { end: at(times[1]) }),
    ...more,
  });

const agent = (name: string): Partial<SpanFacts> => ({ kind: "agent", agent: name });
const tool = (name: string): Partial<SpanFacts> => ({ kind: "tool", tool: name });
const model: Partial<SpanFacts> = { kind: "llm", model: "gpt-5.2" };

/** `engineer ▸ run_sql since 12, 1 more · before: gpt-5.2`. */
function print(spans: readonly ViewSpan[], waitingId?: number): string {
  const tree = treeOf(spans);
  const waiting = tree.rows.find(({ spanId }) => waitingId !== undefined && Number(spanId) === waitingId);
  const { now, others, before } = nowLine(tree, waiting);
  const words = ({ step, agent: of }: AgentStep): string =>
    [...(of === undefined ? [] : [of.name, "▸"]), step.name || "(not received)"].join(" ");
  const since = now === undefined ? "" : ` since ${Number(now.step.start - at(0)) / 1e9}`;
  return [
    now === undefined ? "nothing" : `${words(now)}${since}`,
    ...(others === 0 ? [] : [`${others} more`]),
    ...(before === undefined ? [] : [`before: ${words(before)}`]),
  ].join(" · ");
}

describe("what a session does now, and what it did last", () => {
  const begun = [
    span(1, "", "query", [0], { kind: "query" }),
    span(2, 1, "engineer", [0], agent("engineer")),
    span(3, 2, "chat", [1, 3], model),
  ];

  test("the innermost running step of its agent, and the step that ended last", () => {
    expect(print([...begun, span(4, 2, "run_sql", [4], tool("run_sql"))])).toBe(
      "engineer ▸ run_sql since 4 · before: engineer ▸ chat",
    );
  });

  test("of steps that run beside each other the newest, and how many more there are", () => {
    const others = [
      span(4, 1, "reviewer", [2], agent("reviewer")),
      span(5, 4, "chat", [5], model),
      span(6, 2, "run_sql", [4], tool("run_sql")),
    ];
    expect(print([...begun, ...others])).toBe("reviewer ▸ chat since 5 · 1 more · before: engineer ▸ chat");
  });

  test("what lies within a running step is not named in its place", () => {
    const inner = [span(4, 2, "run_sql", [4], tool("run_sql")), span(5, 4, "POST", [5], { kind: "http" })];
    expect(print([...begun, ...inner])).toBe("engineer ▸ run_sql since 4 · before: engineer ▸ chat");
  });

  test("a session without steps names what runs", () => {
    expect(print([span(1, "", "GET /", [0], { kind: "http" }), span(2, 1, "SELECT", [1], { kind: "db" })])).toBe(
      "SELECT since 1",
    );
  });

  test("an agent that only waits for its next step is what runs", () => {
    expect(print(begun)).toBe("engineer since 0 · before: engineer ▸ chat");
  });

  test("a parent that others name and that is awaited runs, too", () => {
    const path = { ancestors: [{ spanId: "0000000000000009", name: "planner" }] };
    expect(print([span(3, 9, "chat", [1, 3], { ...model, ...path })])).toBe("planner since 1 · before: chat");
    // Its root may only group the trace.
    expect(print([span(3, 9, "chat", [1, 3], model)])).toBe("(not received) since 1 · before: chat");
  });

  test("a session that waits for a person is at the step that asks", () => {
    const asking = [span(4, 2, "ask_user", [4, 4.5], tool("ask_user")), span(5, 2, "run_sql", [6], tool("run_sql"))];
    expect(print([...begun, ...asking], 4)).toBe("engineer ▸ ask_user since 4 · 1 more · before: engineer ▸ ask_user");
  });

  test("a finished session has its last step, whatever ends after it", () => {
    const ended = [
      span(1, "", "query", [0, 9], { kind: "query" }),
      span(2, 1, "engineer", [0, 8], agent("engineer")),
      span(3, 2, "chat", [1, 3], model),
      span(4, 2, "run_sql", [3, 7], tool("run_sql")),
      span(5, 1, "flush", [8, 9], { kind: "http" }),
    ];
    expect(print(ended)).toBe("nothing · before: engineer ▸ run_sql");
    expect(print([])).toBe("nothing");
  });
});

law("is some open row, and counts each open row at most once", seedsFrom(6_000, 100), (seed) => {
  const tree = treeOf(generateSession(new Random(seed)).map(({ traceId, facts }) => viewOf(traceId, facts)));
  const { now, others, before } = nowLine(tree);
  const open = tree.rows.filter((row) => row.running || (row.awaited && row.span === undefined));
  expect(now === undefined).toBe(open.length === 0);
  expect(others).toBeLessThan(Math.max(1, open.length));
  expect(now === undefined || open.includes(now.step)).toBe(true);
  expect(before?.step.running ?? false).toBe(false);
});

law(
  "of a root that grows far beyond a piece, it is the open row without an open one below",
  seedsFrom(6_200, 20),
  (seed) => {
    const random = new Random(seed);
    const isOpen = random.pick([0.002, 0.02, 0.5]);
    const spans = Array.from({ length: 600 + random.below(900) }, (_, at) => {
      const parent = random.chance(0.6) ? 1 + random.below(Math.min(at, 3)) : Math.max(1, at - random.below(4));
      const does = random.pick([model, tool("search"), agent("planner"), { kind: "http" } as const]);
      return span(at + 1, at === 0 ? "" : parent, `step ${at}`, random.chance(isOpen) ? [at] : [at, at + 1], does);
    });
    const { rows } = treeOf(spans);
    const open = rows.filter(({ running }) => running);
    const work = open.filter(({ span: view }) => view?.facts.kind !== "http");
    const among = work.length > 0 ? work : open;
    const outer = new Set<unknown>();
    for (const { parent } of among)
      for (let above = parent; above !== undefined; above = above.parent) outer.add(above);
    const inner = among.filter((row) => !outer.has(row));
    const { now, others } = nowLine(treeOf(spans));
    expect([now?.step.name, others]).toEqual([
      inner.toSorted((a, b) => Number(a.start - b.start)).at(-1)?.name,
      Math.max(0, inner.length - 1),
    ]);
  },
);

law("of a root that grows beyond a piece, it is that of a tree that is built anew", seedsFrom(6_400, 30), (seed) => {
  const random = new Random(seed);
  const spans = Array.from({ length: 600 + random.below(900) }, (_, at) => {
    const parent = random.chance(0.6) ? 1 + random.below(Math.min(at, 3)) : Math.max(1, at - random.below(4));
    const does = random.pick([model, tool("search"), agent("planner"), { kind: "http" } as const]);
    return (end?: number) =>
      span(at + 1, at === 0 ? "" : parent, `step ${at}`, end === undefined ? [at] : [at, end], does);
  });
  // The root's span comes first or last.
  const order = random.chance(0.5) ? [...spans.slice(1), ...spans.slice(0, 1)] : spans;
  const sent: ViewSpan[] = [];
  const said = ({ now, others, before }: NowLine) => [now?.step.key, others, before?.step.key];
  let tree: SessionTree | undefined;
  // In the last batches spans that ran end, and none is new.
  for (const batch of [...random.cut(order, 300), [], [], [], []]) {
    for (const make of batch) sent.push(make(random.chance(0.1) ? undefined : random.below(2_000)));
    for (let count = random.below(4); count > 0; count--) sent.push(random.pick(order)(2_000 + random.below(50)));
    tree = treeOf(sent, true, tree);
    expect(said(nowLine(tree))).toEqual(said(nowLine(treeOf(sent.map((view) => ({ ...view }))))));
    const ended = tree.rows.filter(({ span: view, running }) => view !== undefined && !running);
    const steps = ended.filter(({ span: view }) => ["llm", "tool"].includes(view?.facts.kind ?? ""));
    const last = (steps.length > 0 ? steps : ended).toSorted((a, b) => Number(a.end - b.end)).at(-1);
    expect(nowLine(tree).before?.step.key).toBe(last?.key);
  }
});

test("a chain of 50,000 running spans is walked once", () => {
  const spans = Array.from({ length: 50_000 }, (_, n) => span(n + 1, n === 0 ? "" : n, `step ${n}`, [0], agent("a")));
  expect(nowLine(treeOf(spans)).now?.step.name).toBe("step 49999");
});
