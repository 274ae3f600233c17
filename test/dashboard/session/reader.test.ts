import { describe, expect, test } from "vitest";
import { findRow } from "../../../src/session/tree/find-row.ts";
import { moved, type Reader, shownAt } from "../../../src/dashboard/session/reader.ts";
import { actionOf, HIT_KEYS, ROW_KEYS, STEP_KEYS, TREE_KEYS } from "../../../src/dashboard/keymap.ts";
import { deriveFacts } from "../../../src/facts/facts.ts";
import type { Span } from "../../../src/otel/span.ts";
import { ALL_OPEN, isClosed, toggled } from "../../../src/session/tree/closed-rows.ts";
import { type SessionTree, visibleRows } from "../../../src/session/tree/tree.ts";
import { treeOf as treeOfSpans } from "../../session/tree-of.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** Lines are spans, indented below their parents; "!" fails, "*" is a model call. Ids count from 1 in the lines' order. */
function treeOf(text: string): SessionTree {
  const above: string[] = [];
  const spans = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => {
      const depth = (line.length - line.trimStart().length) / 2;
      const spanId = (index + 1).toString(16).padStart(16, "0");
      above[depth] = spanId;
      const parent = above[depth - 1];
      const span: Span = {
        traceId: TRACE,
        spanId,
        ...(depth > 0 && parent !== undefined ? { parentSpanId: parent } : {}),
        name: line.trim(),
        startTimeUnixNano: String(1_000 + index),
        endTimeUnixNano: String(2_000 + index),
        ...(line.includes("*") ? { attributes: [{ key: "gen_ai.request.model", value: { stringValue: "m" } }] } : {}),
        ...(line.includes("!") ? { status: { code: 2 } } : {}),
      };
      const facts = deriveFacts(span, JSON.stringify(span), undefined, undefined);
      return { key: `${TRACE}:${spanId}:0`, traceId: TRACE, span, facts, received: "0" };
    });
  return treeOfSpans(spans);
}

const TREE = treeOf(`
query !
  agent !
    chat *
    tool !
  agent two
    chat two *
    helper
      tool two !
`);

const nameOf = (key: string | undefined): string => TREE.byKey.get(key ?? "")?.span?.facts.name ?? "nowhere";
const keyOf = (name: string): string => TREE.rows.find((row) => row.span?.facts.name === name)?.key ?? "";

/** The visible rows, with ">" before the row of the cursor. */
function shown(reader: Reader): string {
  return visibleRows(TREE, reader.closed)
    .map((row) => (row.key === reader.cursor ? "> " : "  ") + "  ".repeat(row.depth) + row.span?.facts.name)
    .join("\n");
}

function press(reader: Reader, ...keys: readonly string[]): Reader {
  return keys.reduce((before, key) => {
    const action = actionOf([...ROW_KEYS, ...TREE_KEYS, ...STEP_KEYS, ...HIT_KEYS], { key, shiftKey: false });
    if (action === undefined) throw new Error(`${key} has no action`);
    const rows = visibleRows(TREE, before.closed).map((row) => row.key);
    return moved(before, action, { shown: rows, tree: TREE, hits: HITS });
  }, reader);
}

const START: Reader = { closed: ALL_OPEN, cursor: undefined };
/** Of a search. */
const HITS = new Set(["chat *", "helper"].map(keyOf));

describe("keys in the tree", () => {
  test("the first move goes to the first row, and moves stop at the ends", () => {
    expect(nameOf(press(START, "ArrowDown").cursor)).toBe("query !");
    expect(nameOf(press(START, "j", "k", "k").cursor)).toBe("query !");
    expect(nameOf(press(START, "End", "j").cursor)).toBe("tool two !");
  });

  test("left collapses, then moves up; right expands, then moves in", () => {
    const folded = press({ ...START, cursor: keyOf("chat *") }, "ArrowLeft", "ArrowLeft");
    expect(shown(folded)).toBe(
      ["  query !", ">   agent !", "    agent two", "      chat two *", "      helper", "        tool two !"].join(
        "\n",
      ),
    );
    expect(nameOf(press(folded, "h").cursor)).toBe("query !");
    expect(nameOf(press(folded, "l", "l").cursor)).toBe("chat *");
    expect(press(START, "End", "l").cursor).toBe(keyOf("tool two !"));
  });

  test("e goes to errors without an error below, wraps around, and opens collapsed rows", () => {
    const folded = press(START, "-");
    expect(shown(folded)).toBe(["  query !", "    agent !", "    agent two"].join("\n"));
    const second = press(folded, "e", "e");
    expect(nameOf(press(folded, "e").cursor)).toBe("tool !");
    expect(shown(second)).toBe(
      [
        "  query !",
        "    agent !",
        "      chat *",
        "      tool !",
        "    agent two",
        "      chat two *",
        "      helper",
        ">       tool two !",
      ].join("\n"),
    );
    expect(nameOf(press(second, "e").cursor)).toBe("tool !");
    expect(nameOf(press(START, "E").cursor)).toBe("tool two !");
  });

  test("] and [ go through the steps of the cursor's kind, from nowhere through the model calls", () => {
    expect([press(START, "]"), press(START, "]", "]"), press(START, "[")].map(({ cursor }) => nameOf(cursor))).toEqual([
      "chat *",
      "chat two *",
      "chat two *",
    ]);
    expect(nameOf(press({ ...START, cursor: keyOf("chat *") }, "]", "]").cursor)).toBe("chat *");
  });

  test("n and N go through the hits of the search, and nowhere without one", () => {
    const folded = press(START, "-");
    expect(
      [press(folded, "n"), press(folded, "n", "n"), press(folded, "N")].map(({ cursor }) => nameOf(cursor)),
    ).toEqual(["chat *", "helper", "helper"]);
    expect(moved(folded, "nextHit", { shown: [], tree: TREE, hits: undefined })).toBe(folded);
  });

  test("collapsing all keeps roots expanded and moves the cursor up; expanding all shows every row", () => {
    const folded = press({ ...START, cursor: keyOf("tool two !") }, "-");
    expect(shown(folded)).toBe(["  query !", "    agent !", ">   agent two"].join("\n"));
    expect(visibleRows(TREE, press(folded, "+").closed)).toHaveLength(8);
  });

  test("without a target, the state stays the same", () => {
    const passing = treeOf("a\n  b");
    expect(moved(START, "nextError", { shown: [], tree: passing, hits: undefined })).toBe(START);
    expect(moved(START, "next", { shown: [], tree: passing, hits: undefined })).toBe(START);
  });
});

test("showing a row opens the rows above it, and no others", () => {
  const row = (name: string) => {
    const found = TREE.byKey.get(keyOf(name));
    if (found === undefined) throw new Error("the tree has no such row");
    return found;
  };
  const folded = ["agent !", "agent two", "helper"].reduce((closed, name) => toggled(closed, row(name)), ALL_OPEN);
  const { closed } = shownAt({ closed: folded }, row("tool two !"));
  expect(TREE.rows.filter((each) => isClosed(closed, each)).map((each) => each.span?.facts.name)).toEqual(["agent !"]);
});

test("a link finds the span with or without its kind, and a placeholder link finds the received span", () => {
  const key = `${TRACE}:0000000000000002`;
  expect([key, `${key}:0`, `${key}:missing`].map((link) => nameOf(findRow(TREE, link)?.key))).toEqual([
    "agent !",
    "agent !",
    "agent !",
  ]);
  expect(findRow(TREE, `${TRACE}:00000000000000ff`)).toBeUndefined();
  // The root has replaced the trace's placeholder.
  expect(nameOf(findRow(TREE, `${TRACE}::trace`)?.key)).toBe("query !");
});
