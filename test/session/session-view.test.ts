import { describe, expect, test } from "vitest";
import { deriveFacts } from "../../src/facts/facts.ts";
import { decodeFacts, encodeFacts } from "../../src/facts/codec/encode.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import { foldQueries, queriesOf, summarise } from "../../src/session/whole-session.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import { SpanTable } from "../../src/session/table/span-table.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { at, factsOf, id, TRACE } from "../facts/facts-of.ts";
import { axisOf, printTree, timesIn } from "./print-tree.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import type { Sent } from "./session-generator.ts";
import { spansEvent, wireOf } from "./wire-of.ts";

const OTHER_TRACE = "ffffffffffffffffffffffffffffffff";

const span = (n: number, parent: number | "", more: Partial<SpanFacts> = {}, traceId = TRACE): Sent => ({
  traceId,
  facts: factsOf({ spanId: id(n), parentSpanId: parent === "" ? "" : id(parent), name: `s${n}`, ...more }),
});

function viewOf(...events: readonly SessionStreamEvent[]): SessionView {
  const view = wholeView("s-1", readPrices);
  for (const event of events) view.apply(event);
  return view;
}

const arrive = (second: number, ...sent: Sent[]) => spansEvent(second, wireOf(sent));

/** What the object would fold of the same log: facts derived by the Worker, carried as text. */
function foldOfLog(log: readonly (readonly ResourceSpans[])[]) {
  const table = new SpanTable();
  log.forEach((resourceSpans, revision) => {
    const spans = resourceSpans.flatMap(({ resource, scopeSpans }) =>
      (scopeSpans ?? []).flatMap(({ scope, spans: all }) => (all ?? []).map((one) => ({ one, resource, scope }))),
    );
    const derived = spans.map(({ one, resource, scope }) => deriveFacts(one, JSON.stringify(one), resource, scope));
    decodeFacts(encodeFacts(derived))?.forEach((facts, position) =>
      table.admit(spans[position]?.one.traceId ?? "", facts, revision + 1, position),
    );
  });
  const about = { id: "s-1", lastArrival: spansEvent(0, []).received, watchers: 0, prices: LIST_PRICES };
  return { summary: summarise(table, about), queries: queriesOf(table, foldQueries(table, LIST_PRICES)) };
}

const shownBy = (view: SessionView) => ({
  summary: view.summary(),
  queries: view.queries(),
  tree: printTree(view.tree()),
});

describe("a viewer is a fold too", () => {
  law(
    "a viewer and the object fold the same, for any deliveries, resumptions and repetitions",
    seedsFrom(5000, 60),
    (seed) => {
      const random = new Random(seed);
      const sent = generateSession(random);
      const log = random.cut(sent, 12).map(wireOf);
      const view = viewOf(...log.map((resourceSpans) => spansEvent(0, resourceSpans)));
      expect({ summary: view.summary(), queries: view.queries() }).toEqual(foldOfLog(log));
      expect(axisOf(view.tree())).toEqual(timesIn(view.summary()));

      const other = random
        .cut(random.shuffle([...sent, ...sent.slice(0, 5)]), 7)
        .map((delivery) => spansEvent(0, wireOf(delivery)));
      expect(shownBy(viewOf(...other))).toEqual(shownBy(view));

      const begun = [...other.slice(0, 2), { type: "reset" } as const, ...other];
      expect(shownBy(viewOf(...begun))).toEqual(shownBy(view));

      const traceId = sent[0]?.traceId ?? "";
      const left = sent.filter((one) => one.traceId !== traceId);
      const gone = viewOf(...other, { type: "gone", traceId });
      expect(shownBy(gone)).toEqual(shownBy(viewOf(arrive(0, ...left))));
      for (const event of other) gone.apply(event);
      expect(shownBy(gone)).toEqual(shownBy(view));
    },
  );
});

describe("a viewer", () => {
  test("children first, then the parent that adopts them, then the end of what ran", () => {
    const view = viewOf(arrive(1, span(3, 2, { start: at(2) })));
    expect(printTree(view.tree())).toEqual(["(2) 2–3 +1 [placeholder]", "  internal.s3 2–3"]);
    view.apply(arrive(2, span(2, "", { start: at(1), running: true })));
    expect(printTree(view.tree())).toEqual(["internal.s2 1–3 running +1", "  internal.s3 2–3"]);
    view.apply(arrive(3, span(2, "", { start: at(1), end: at(9) })));
    expect(printTree(view.tree())).toEqual(["internal.s2 1–9 +1", "  internal.s3 2–3"]);
  });

  test("a superseded version changes nothing, and a span keeps its object", () => {
    const view = viewOf(arrive(1, span(1, "", { end: at(2) })));
    const [before] = view.spans();
    view.apply(arrive(2, span(1, "", { running: true }), span(1, "", { end: at(2) })));
    expect([...view.spans()]).toEqual([before]);
    expect([...view.spans()][0]).toBe(before);
  });

  test("the tree is built anew only when spans came or went", () => {
    const view = viewOf(arrive(1, span(1, "")));
    const tree = view.tree();
    view.apply({ type: "bookmark", resourceVersion: "a.1", now: 5 });
    expect(view.tree()).toBe(tree);
    view.apply(arrive(2, span(2, 1)));
    expect(view.tree()).not.toBe(tree);
  });

  test("the last delivery is the latest one", () => {
    const view = viewOf(arrive(9, span(1, ""), span(2, 1)), arrive(4, span(3, 1)));
    expect(view.lastArrival).toBe(at(109));
    expect(view.summary()?.liveness.lastArrival).toBe(String(at(109)));
  });

  test("watchers, belongsTo and the id come from the server; all else is folded", () => {
    const view = viewOf(arrive(1, span(1, "", { prompt: "Hello", kind: "query" })));
    const summary = view.summary();
    if (!summary) throw new Error("no summary");
    view.apply({
      type: "session",
      summary: { ...summary, id: "s-2", title: "not folded", watchers: 7, belongsTo: "s-3" },
    });
    expect(view.summary()).toEqual({ ...summary, id: "s-2", watchers: 7, belongsTo: "s-3" });
  });

  test("a bookmark, a move and a deletion set the state; a reset clears it", () => {
    const view = viewOf(arrive(1, span(1, "")), { type: "bookmark", resourceVersion: "a.1", now: 5 });
    expect(view.state).toEqual({ caughtUp: "a.1", serverNow: 5 });
    view.apply({ type: "moved", session: "s-9" });
    view.apply({ type: "deleted" });
    expect(view.state).toEqual({ caughtUp: "a.1", serverNow: 5, moved: "s-9", deleted: true });
    view.apply({ type: "reset" });
    expect([view.state, view.summary(), [...view.spans()], view.lastArrival]).toEqual([{}, undefined, [], 0n]);
  });

  test("deliveries of a removed trace no longer count as the last", () => {
    const view = viewOf(arrive(1, span(1, "")), arrive(9, span(1, "", {}, OTHER_TRACE)));
    expect(view.lastArrival).toBe(at(109));
    view.apply({ type: "gone", traceId: OTHER_TRACE });
    expect([view.lastArrival, view.summary()?.liveness.lastArrival]).toEqual([at(101), String(at(101))]);
  });

  test("several removed traces, one of them unknown, one of them received again", () => {
    const [first, second] = [arrive(1, span(1, "")), arrive(2, span(1, "", {}, OTHER_TRACE))];
    const view = viewOf(first, second, { type: "gone", traceId: TRACE }, { type: "gone", traceId: "f".repeat(32) });
    view.apply({ type: "gone", traceId: OTHER_TRACE });
    view.apply(second);
    expect(shownBy(view)).toEqual(shownBy(viewOf(second)));
    view.apply({ type: "gone", traceId: OTHER_TRACE });
    view.apply({ type: "reset" });
    view.apply(first);
    expect(shownBy(view)).toEqual(shownBy(viewOf(first)));
    view.apply({ type: "gone", traceId: TRACE });
    expect([[...view.spans()][0], view.summary(), view.lastArrival]).toEqual([undefined, undefined, 0n]);
  });

  test("a removed trace takes its own spans along, and no others", () => {
    const view = viewOf(arrive(1, span(1, ""), span(1, "", {}, OTHER_TRACE)), { type: "gone", traceId: TRACE });
    expect([...view.spans()].map((one) => one.traceId)).toEqual([OTHER_TRACE]);
    expect(view.summary()).toMatchObject({ traces: 1, spans: 1 });
  });
});
