import { describe, expect, test } from "vitest";
import { readContent } from "../../src/facts/span-content.ts";
import { readRecord } from "../../src/logs/read-record.ts";
import { eventOfRecord } from "../../src/logs/record-event.ts";
import { annotationOf } from "../../src/logs/annotation.ts";
import { wholeView } from "../session/whole-view.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import { permutations } from "../facts/dialect.ts";
import { at } from "../facts/facts-of.ts";
import { recordOf } from "./record-of.ts";
import { spanOf } from "../facts/span-of.ts";
import { spansEvent } from "../session/wire-of.ts";

const { traceId, spanId } = spanOf("x");
const OF_SPAN: LogRecord = { traceId, spanId };

const logsEvent = (...logRecords: LogRecord[]): SessionStreamEvent => ({
  type: "logs",
  received: String(at(10)),
  receipt: { encoding: "json", spans: 0, records: logRecords.length },
  traceId,
  resourceLogs: [{ scopeLogs: [{ logRecords }] }],
});

const kvlist = (fields: Readonly<Record<string, string>>) => ({
  kvlistValue: { values: Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } })) },
});

const annotationIn = (record: LogRecord) => annotationOf(readRecord(record));

describe("the annotation of a span by a log record", () => {
  const exception = { "exception.type": "ConnectionError", "exception.message": "refused\nby peer" };

  test.each([
    [undefined, { error: true, failure: "refused" }],
    [17, { error: true, failure: "refused" }],
    [13, undefined],
  ])("an exception of severity %s", (severityNumber, expected) => {
    const severity = severityNumber === undefined ? {} : { severityNumber };
    const annotation = annotationIn(recordOf("exception", 1, exception, { ...OF_SPAN, ...severity }));
    expect(annotation).toEqual(expected && { spanId, ...expected });
  });

  test("a cancellation is canceled; an error that leaves a loop is none", () => {
    expect(
      annotationIn(recordOf("exception", 1, { "exception.type": "asyncio.CancelledError" }, OF_SPAN)),
    ).toMatchObject({
      canceled: true,
    });
    expect(annotationIn(recordOf("exception", 1, { "exception.message": "TerminateTeam" }, OF_SPAN))).toBeUndefined();
  });

  test.each([
    [
      "its fields as a structure",
      recordOf("gen_ai.user.message", 1, {}, { ...OF_SPAN, body: kvlist({ content: "Rain?" }) }),
    ],
    [
      "its fields as JSON",
      recordOf("gen_ai.user.message", 1, {}, { ...OF_SPAN, body: { stringValue: '{"content":"Rain?"}' } }),
    ],
    ["its text alone", recordOf("gen_ai.user.message", 1, {}, { ...OF_SPAN, body: { stringValue: "Rain?" } })],
    ["an attribute", recordOf("gen_ai.user.message", 1, { content: "Rain?" }, OF_SPAN)],
    ["OTLP's event name", { ...OF_SPAN, eventName: "gen_ai.user.message", body: kvlist({ content: "Rain?" }) }],
    [
      "the details of a call",
      recordOf(
        "gen_ai.client.inference.operation.details",
        1,
        {
          "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Rain?"}]}]',
        },
        OF_SPAN,
      ),
    ],
  ])("a prompt in %s", (_, record) => {
    expect(annotationIn(record)).toEqual({ spanId, prompt: "Rain?" });
    const content = readContent({ ...spanOf("chat"), events: [eventOfRecord(readRecord(record))] });
    expect(content.input).toMatchObject({ kind: "messages", messages: [{ role: "user" }] });
  });

  test("a model's answer", () => {
    const choice = { "gen_ai.system": "openai", message: '{"role":"assistant","content":"Sunny."}', index: 0 };
    const content = readContent({
      ...spanOf("chat"),
      events: [eventOfRecord(readRecord(recordOf("gen_ai.choice", 1, choice, OF_SPAN)))],
    });
    expect(content.output).toMatchObject({
      messages: [{ role: "assistant", parts: [{ type: "text", text: "Sunny." }] }],
    });
  });

  test("an ordinary log line gives none", () => {
    expect(annotationIn({ ...OF_SPAN, body: { stringValue: "permission requested" } })).toBeUndefined();
  });
});

test("tree and summary both show an error that only a log record reports", () => {
  const view = wholeView("s-1");
  const { parentSpanId: _, ...span } = spanOf("pay");
  view.apply(spansEvent(0, [{ scopeSpans: [{ spans: [span] }] }]));
  const record = recordOf("exception", 1, { "exception.type": "CardDeclined" }, OF_SPAN);
  view.apply(logsEvent(record));
  expect(view.tree().rows.map(({ error, worst }) => [error, worst])).toEqual([[true, "error"]]);
  expect(view.summary()?.errors).toBe(1);
});

test("a prompt on a missing span becomes the session's title", () => {
  const view = wholeView("s-1");
  const later = recordOf(
    "gen_ai.user.message",
    3,
    { content: "And tomorrow?" },
    { traceId, spanId: "00000000000000ff" },
  );
  view.apply(logsEvent(later, recordOf("gen_ai.user.message", 1, { content: "Rain?" }, OF_SPAN)));
  expect(view.summary()?.title).toBe("Rain?");
  view.apply(
    spansEvent(1, [
      {
        scopeSpans: [
          {
            spans: [
              spanOf("chat", { "input.value": "Prompt of the span" }, { spanId: "00000000000000aa", parentSpanId: "" }),
            ],
          },
        ],
      },
    ]),
  );
  expect(view.summary()?.title).toBe("Prompt of the span");
});

describe("an input request in a log record", () => {
  const running = {
    ...spanOf("execute_tool deploy", { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "deploy" }),
  };
  const spans = (ended: boolean): SessionStreamEvent => {
    const { endTimeUnixNano: _, parentSpanId: __, ...open } = { ...running, startTimeUnixNano: String(at(0)) };
    const span = ended ? { ...open, endTimeUnixNano: String(at(9)) } : open;
    return spansEvent(0, [{ scopeSpans: [{ spans: [span] }] }]);
  };
  const waiting = (events: readonly SessionStreamEvent[]) => {
    const view = wholeView("s-1");
    for (const event of events) view.apply(event);
    return view.summary()?.liveness.waiting?.question;
  };
  const requested = recordOf("tool.approval.requested", 2, { message: "Deploy to production?" }, OF_SPAN);
  const granted = recordOf("tool.approval.granted", 4, {}, OF_SPAN);
  const required = recordOf("a2a.task", 2, { "a2a.task.state": "input-required", message: "Which city?" }, OF_SPAN);

  test("is open until an answer arrives, in any order", () => {
    for (const order of permutations([spans(false), logsEvent(requested)]))
      expect(waiting(order)).toBe("Deploy to production?");
    for (const order of permutations([spans(false), logsEvent(requested), logsEvent(granted)]))
      expect(waiting(order)).toBeUndefined();
  });

  test("closes with its span, unless it comes from a state", () => {
    for (const order of permutations([spans(true), logsEvent(requested)])) expect(waiting(order)).toBeUndefined();
    for (const order of permutations([spans(true), logsEvent(required)])) expect(waiting(order)).toBe("Which city?");
  });

  test("names the tool of its span, or of the tool call around an elicitation", () => {
    const tool = (events: readonly SessionStreamEvent[]) => {
      const view = wholeView("s-1");
      for (const event of events) view.apply(event);
      return view.summary()?.liveness.waiting?.tool;
    };
    for (const order of permutations([spans(false), logsEvent(requested)])) expect(tool(order)).toBe("deploy");
    const { endTimeUnixNano: _, ...elicitation } = spanOf(
      "elicitation/create",
      { "mcp.method.name": "elicitation/create" },
      { spanId: "00000000000000ee", parentSpanId: spanId },
    );
    const requestedInside = recordOf(
      "mcp.elicitation.create",
      1,
      { message: "Which one?" },
      { traceId, spanId: "00000000000000ee" },
    );
    const within = spansEvent(1, [{ scopeSpans: [{ spans: [elicitation] }] }]);
    for (const order of permutations([spans(false), within, logsEvent(requestedInside)]))
      expect(tool(order)).toBe("deploy");
  });
});
