import { describe, expect, test } from "vitest";
import { lineOf, nameOf } from "../../../src/dashboard/session/logs/log-line.ts";
import { LOG_LEVELS, readLogView, writeLogView } from "../../../src/dashboard/address/log-view.ts";
import { recordsIn, severityOf } from "../../../src/dashboard/session/logs/severity.ts";
import type { LogRecord } from "../../../src/otel/log-record.ts";
import type { ViewRecord } from "../../../src/session/view/log-view.ts";
import { recordOfArkEvent } from "../../../src/ark/events/event-record.ts";
import { arkEvent } from "../../logs/ark-events.ts";
import { recordOf } from "../../logs/record-of.ts";

const view = (record: LogRecord, subject = ""): ViewRecord => ({
  key: "t:h",
  traceId: "t",
  record,
  time: 0n,
  subject,
  said: undefined,
  received: "0",
});

describe("the filter of log records", () => {
  const records = [
    view({ severityNumber: 5 }, "a"),
    view({ severityNumber: 9 }),
    view({ severityNumber: 17 }, "a"),
    view({ severityText: "notice" }),
  ];

  test("lists all records or those without a span, of any severity or from one on", () => {
    const shown = (of: "all" | "spanless", from: (typeof LOG_LEVELS)[number]) =>
      recordsIn(records, { of, from }).map((one) => records.indexOf(one));
    expect(shown("all", "any")).toEqual([0, 1, 2, 3]);
    expect(shown("spanless", "any")).toEqual([1, 3]);
    expect(shown("all", "info")).toEqual([1, 2]);
    expect(shown("all", "error")).toEqual([2]);
    expect(shown("spanless", "error")).toEqual([]);
  });

  test("is read from the address, and an invalid value means all", () => {
    for (const of of ["all", "spanless"] as const) {
      for (const from of LOG_LEVELS) expect(readLogView(writeLogView({ of, from }))).toEqual({ of, from });
    }
    expect(readLogView("x.y")).toEqual({ of: "all", from: "any" });
    expect(readLogView(null)).toBeUndefined();
  });
});

test.each([
  [{ severityNumber: 1 }, "trace", "muted"],
  [{ severityNumber: 8 }, "debug", "muted"],
  [{ severityNumber: 9, severityText: "INFORMATION" }, "info", "plain"],
  [{ severityNumber: 16 }, "warn", "warn"],
  [{ severityNumber: 24 }, "fatal", "bad"],
  [{ severityText: "NOTICE" }, "notice", "muted"],
  [{ severityNumber: 99 }, "", "bad"],
  [{}, "", "muted"],
])("the severity %o is %s", (record, word, as) => {
  expect(severityOf(record)).toEqual({ word, as });
});

describe("a log record in one line", () => {
  test("is its body", () => {
    expect([nameOf({ body: { stringValue: "a\nb" } }), lineOf(view({ body: { stringValue: "a\nb" } }))]).toEqual([
      "",
      "a\nb",
    ]);
  });

  test("of an event without a body has its attributes, the most useful first", () => {
    const record = recordOf("tool_result", 1, {
      "session.id": "s",
      "event.sequence": 4,
      duration_ms: 55,
      tool_name: "Bash",
      team: "demo",
    });
    const named = { ...view({ ...record, body: { stringValue: "claude_code.tool_result" } }) };
    const resource = { attributes: [{ key: "team", value: { stringValue: "demo" } }] };
    expect([nameOf(named.record), lineOf({ ...named, resource })]).toEqual([
      "tool_result",
      "tool_name=Bash · duration_ms=55",
    ]);
  });

  test("of an Ark event is the event's message, unless the body is no event", () => {
    const { record } = recordOfArkEvent({ ...arkEvent("ToolCallStart", 1), message: "Searching" });
    expect(lineOf(view(record))).toBe("Searching");
    for (const stringValue of ["{", "[1]", '{"message":1}'])
      expect(lineOf(view({ ...record, body: { stringValue } }))).toBe(stringValue);
  });

  test("is named by its event, not by a source location", () => {
    const record = { ...recordOf("codex.sse_event", 1, {}), eventName: "event otel/src/session.rs:1089" };
    expect(nameOf(record)).toBe("codex.sse_event");
  });
});
