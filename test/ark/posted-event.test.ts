import { describe, expect, test } from "vitest";
import { arkEventOf, recordOfArkEvent } from "../../src/ark/events/event-record.ts";
import { arkEvent } from "../logs/ark-events.ts";

describe("an Ark event in a log record", () => {
  test("is read back unchanged, unknown fields too", () => {
    const event = arkEvent("ToolCallError", 3, { toolName: "x", parameters: '{"a":"\\u0000"}', unheardOf: "y" });
    expect(arkEventOf(recordOfArkEvent(event).record)).toEqual(event);
  });

  test.each([
    ["no timestamp", { timestamp: undefined }],
    ["a field that is not a text", { data: { ...arkEvent("ToolCallStart", 1).data, toolName: { a: 1 } } }],
    ["no query", { data: {} }],
  ])("another exporter's record is not read as an event if it has %s", (_, wrong) => {
    const { record } = recordOfArkEvent(arkEvent("ToolCallStart", 1));
    const body = { stringValue: JSON.stringify({ ...arkEvent("ToolCallStart", 1), ...wrong }) };
    expect(arkEventOf({ ...record, body })).toBeUndefined();
  });

  test("is not read from a record without its name", () => {
    const { record } = recordOfArkEvent(arkEvent("ToolCallStart", 1));
    expect(arkEventOf({ ...record, eventName: "x" })).toBeUndefined();
    expect(arkEventOf({ body: { stringValue: "{}" } })).toBeUndefined();
  });
});
