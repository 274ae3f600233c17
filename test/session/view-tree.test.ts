import { describe, expect } from "vitest";
import type { LogRecord } from "../../src/otel/log-record.ts";
import type { KeyValue } from "../../src/otel/span.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { readPrices } from "../../src/session/prices/prices.ts";
import type { SessionTree, TreeNode } from "../../src/session/tree/tree.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "./whole-view.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { generateSession } from "./session-generator.ts";
import type { Sent } from "./session-generator.ts";
import { generateTrees } from "./tree-generator.ts";
import { spansEvent, wireOf } from "./wire-of.ts";

/** So small that these sessions have several parts, and some traces too. */
const MOST_ROWS = 6;

describe("a viewer's session that is folded in parts", () => {
  law("is the same as one that is folded whole and anew, after each event", seedsFrom(9000, 25), (seed) => {
    const view = wholeView("s-1", readPrices, MOST_ROWS);
    const seen: SessionStreamEvent[] = [];
    for (const event of eventsOf(new Random(seed))) {
      view.apply(event);
      seen.push(event);
      const whole = wholeView("s-1", readPrices, Number.POSITIVE_INFINITY);
      for (const one of seen) whole.apply(one);
      expect(shownBy(view)).toEqual(shownBy(whole));
    }
  });

  law("keeps the nodes of subtrees that an event did not change", seedsFrom(9500, 40), (seed) => {
    const view = wholeView("s-1", readPrices, MOST_ROWS);
    let last: ReadonlyMap<string, { readonly node: TreeNode; readonly subtree: string }> = new Map();
    for (const event of eventsOf(new Random(seed))) {
      view.apply(event);
      const subtrees = subtreesOf(view.tree());
      for (const [key, { node, subtree }] of subtrees) {
        const before = last.get(key);
        if (before?.subtree === subtree) expect(node, key).toBe(before.node);
      }
      last = subtrees;
    }
  });

  law("links each node to the parent and the children that are shown", seedsFrom(9800, 20), (seed) => {
    const view = wholeView("s-1", readPrices, MOST_ROWS);
    for (const event of eventsOf(new Random(seed))) {
      view.apply(event);
      const { rows, roots, byKey } = view.tree();
      const shown = new Set(rows);
      for (const node of rows) {
        expect(byKey.get(node.key)).toBe(node);
        if (node.parent === undefined) expect(roots).toContain(node);
        else expect(node.parent.children).toContain(node);
        for (const child of node.children) expect([child.parent === node, shown.has(child)]).toEqual([true, true]);
      }
    }
  });
});

/** Deliveries of a session in any order, some of them twice, exceptions in log records, evictions, and sometimes an agent's own records. */
function eventsOf(random: Random): SessionStreamEvent[] {
  const sent = random.chance(0.5) ? generateTrees(random) : [...generateSession(random), ...generateSession(random)];
  const events: SessionStreamEvent[] = random
    .cut(random.shuffle([...sent, ...sent.slice(0, 8)]), 14)
    .map((delivery, at) => spansEvent(at, wireOf(delivery)));
  const add = (event: SessionStreamEvent): number => events.splice(random.below(events.length + 1), 0, event).length;
  for (let count = random.below(4); count > 0; count--) add(exceptionOf(random, random.pick(sent)));
  if (random.chance(0.3)) add({ type: "gone", traceId: random.pick(sent).traceId });
  if (random.chance(0.2)) add(promptOf(random.pick(sent)));
  return events;
}

function exceptionOf(random: Random, { traceId, facts }: Sent): SessionStreamEvent {
  return logsEvent(traceId, {
    traceId,
    spanId: facts.spanId,
    timeUnixNano: String(facts.start),
    severityNumber: 17,
    eventName: "exception",
    attributes: [text("exception.type", "Timeout"), text("exception.message", `no answer ${random.below(3)}`)],
  });
}

/** A span is derived from it, which may belong to spans of any trace. */
function promptOf({ traceId, facts }: Sent): SessionStreamEvent {
  return logsEvent(traceId, {
    traceId,
    timeUnixNano: String(facts.start),
    eventName: "claude_code.user_prompt",
    attributes: [text("prompt", "book a hotel"), text("session.id", "s-1"), text("event.name", "user_prompt")],
  });
}

function logsEvent(traceId: string, record: LogRecord): SessionStreamEvent {
  const { received } = spansEvent(0, []);
  const resource = { attributes: [text("service.name", "claude-code")] };
  const resourceLogs = [{ resource, scopeLogs: [{ scope: { name: "logs" }, logRecords: [record] }] }];
  return { type: "logs", received, receipt: { encoding: "json", spans: 0, records: 1 }, traceId, resourceLogs };
}

function text(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}

/** Everything that a viewer shows. */
function shownBy(view: SessionView) {
  const tree = view.tree();
  const { roots, start, end } = tree;
  return {
    summary: view.summary(),
    queries: view.queries(),
    axis: [start, end],
    roots: roots.map(({ key }) => key),
    rows: tree.rows.map(fieldsOf),
  };
}

/** A node without those around it. */
function fieldsOf({ parent, children, span, ...fields }: TreeNode) {
  return { ...fields, latest: 0n, span: span?.span, parent: parent?.key, children: children.map(({ key }) => key) };
}

/** By key: a node, and a text of it and of all below it. */
function subtreesOf({ rows }: SessionTree) {
  const subtrees = new Map<string, { readonly node: TreeNode; readonly subtree: string }>();
  for (const node of rows.toReversed()) {
    const below = node.children.map(({ key }) => subtrees.get(key)?.subtree);
    const own = JSON.stringify(fieldsOf(node), (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    subtrees.set(node.key, { node, subtree: `${own}[${below.join()}]` });
  }
  return subtrees;
}
