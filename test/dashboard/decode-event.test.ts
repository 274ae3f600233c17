import { expect, test } from "vitest";
import { decodeEvent } from "../../src/dashboard/stream/decode-event.ts";

test("an event is its type and the fields of its data", () => {
  expect(decodeEvent("bookmark", '{"resourceVersion":"a.7","now":1}')).toEqual({
    type: "bookmark",
    resourceVersion: "a.7",
    now: 1,
  });
});

test("an event without fields may come without data", () => {
  expect([decodeEvent("reset", ""), decodeEvent("deleted", "{}")]).toEqual([{ type: "reset" }, { type: "deleted" }]);
});

test("data cannot rename its event", () => {
  expect(decodeEvent("reset", '{"type":"deleted"}')).toEqual({ type: "reset" });
});

test("an event that a newer server sends is passed over, whatever its data", () => {
  expect([decodeEvent("novelty", "{"), decodeEvent(undefined, "hello")]).toEqual([undefined, undefined]);
});

test("a known event that cannot be read breaks the stream instead of being lost", () => {
  expect(() => decodeEvent("spans", '{"received":')).toThrow(SyntaxError);
  expect(() => decodeEvent("session", "[]")).toThrow('the data of "session" is no object');
});
