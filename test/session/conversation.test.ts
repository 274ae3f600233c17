import { expect, test } from "vitest";
import { conversationFrom } from "../../src/session/tree/conversation.ts";
import { wholeView } from "./whole-view.ts";
import { spanOf } from "../facts/span-of.ts";
import { spansEvent } from "./wire-of.ts";

const view = wholeView("s-1");
const idOf = (n: number): string => `00000000000000${n.toString(16).padStart(2, "0")}`;
const span = (n: number, parent: number, name: string, conversation?: string) =>
  spanOf(
    name,
    { "session.id": "s-1", ...(conversation === undefined ? {} : { "gen_ai.conversation.id": conversation }) },
    { spanId: idOf(n), parentSpanId: parent === 0 ? "" : idOf(parent) },
  );

test("a conversation is shown where it starts, unless it is the whole session", () => {
  const spans = [
    span(1, 0, "invoke_agent planner", "conv-1"),
    span(2, 1, "chat", "conv-1"),
    span(3, 1, "execute_tool ask_researcher"),
    span(4, 3, "invoke_agent researcher", "conv-2"),
    span(5, 4, "chat", "conv-2"),
    span(6, 3, "chat", "conv-1"),
    span(7, 1, "chat", "s-1"),
  ];
  view.apply(spansEvent(1, [{ scopeSpans: [{ spans }] }]));
  const rows = view.tree().rows.map((node) => [node.spanId, conversationFrom(node, "s-1")] as const);
  expect(rows.filter(([, conversation]) => conversation !== "")).toEqual([
    [idOf(1), "conv-1"],
    [idOf(4), "conv-2"],
  ]);
});
