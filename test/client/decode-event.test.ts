import { expect, test } from "vitest";
import { decodeListEvent, decodeSessionEvent } from "../../src/client/decode-event.ts";

test("an event is its type and the fields of its data", () => {
  expect(decodeSessionEvent("bookmark", '{"resourceVersion":"a.7","now":1}')).toEqual({
    type: "bookmark",
    resourceVersion: "a.7",
    now: 1,
  });
});

test("an event without fields may come without data", () => {
  expect([decodeSessionEvent("reset", ""), decodeSessionEvent("deleted", "{}")]).toEqual([
    { type: "reset" },
    { type: "deleted" },
  ]);
});

test("data cannot rename its event", () => {
  expect(decodeSessionEvent("reset", '{"type":"deleted"}')).toEqual({ type: "reset" });
});

test("an unknown event of a newer server is ignored, whatever its data", () => {
  expect([decodeSessionEvent("novelty", "{"), decodeSessionEvent(undefined, "hello")]).toEqual([undefined, undefined]);
});

test("each stream decodes its own events", () => {
  expect([decodeListEvent("spans", "{}"), decodeListEvent("recentExports", '{"recentExports":{}}')]).toEqual([
    undefined,
    { type: "recentExports", recentExports: {} },
  ]);
});

test("a known event with invalid data breaks the stream instead of being lost", () => {
  expect(() => decodeSessionEvent("spans", '{"received":')).toThrow(SyntaxError);
  expect(() => decodeSessionEvent("session", "[]")).toThrow('the data of "session" is not an object');
});

test.each([
  ["bookmark", '{"resourceVersion":"a.7"}'],
  ["bookmark", '{"resourceVersion":7,"now":1}'],
  ["spans", '{"received":"yesterday","receipt":{},"resourceSpans":[]}'],
  ["spans", '{"received":"1","receipt":{},"resourceSpans":{}}'],
  ["gone", '{"traceId":null}'],
  ["session", '{"summary":[]}'],
])("a %s event without the fields that the page reads breaks the stream: %s", (type, data) => {
  expect(() => decodeSessionEvent(type, data)).toThrow(`the data of "${type}" has missing or wrong fields`);
});
