import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { wholeView } from "../session/whole-view.ts";
import { permutations } from "../facts/dialect.ts";
import { printTree } from "../session/print-tree.ts";
import { spansEvent } from "../session/wire-of.ts";
import { libraryEncode } from "./oracle.ts";
import { span, textOf } from "./requests.ts";

const TRACE = "5b8efff798038103d269b633813fc60c";
const START = 1_790_000_000_000_000_000n;

type Body = { readonly stringValue: string };

const tracesData = (fields: Record<string, unknown>) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "agent" } }] },
      scopeSpans: [
        { scope: { name: "partial" }, spans: [span({ startTimeUnixNano: String(START), name: "turn", ...fields })] },
      ],
    },
  ],
});

const asJson = (fields: Record<string, unknown>): Body => ({ stringValue: JSON.stringify(tracesData(fields)) });
const asProtobuf = (fields: Record<string, unknown>): Body => ({
  stringValue: Buffer.from(libraryEncode(tracesData(fields))).toString("base64"),
});

/** A record in the format of G-Research's processors, so many seconds after the span began. */
const record = (event: string, second: number, body: Body) => ({
  timeUnixNano: String(START + BigInt(second) * 1_000_000_000n),
  severityText: "Info",
  traceId: TRACE,
  attributes: [
    { key: "partial.event", value: { stringValue: event } },
    { key: "partial.frequency", value: { stringValue: "5000ms" } },
  ],
  body,
});

function decode(...logRecords: readonly unknown[]) {
  const bytes = new TextEncoder().encode(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
  const decoded = decodeLogs(bytes, "json");
  if (!decoded.ok) throw new Error(decoded.error.reason);
  return decoded.value;
}

function spansIn(...records: readonly unknown[]): ResourceSpans[] {
  return decode(...records).groups.flatMap((group) => {
    expect(group.kind).toBe("spans");
    return JSON.parse(textOf(encodeDelivery(group)));
  });
}

const viewOf = (deliveries: readonly (readonly ResourceSpans[])[]) => {
  const view = wholeView("s-1");
  deliveries.forEach((resourceSpans, second) => view.apply(spansEvent(second, resourceSpans)));
  return view;
};

const running = { endTimeUnixNano: undefined };
const ended = { endTimeUnixNano: String(START + 9_000_000_000n) };

describe("a span in a log record", () => {
  // spec: ID-14
  test.each([
    ["protobuf", asProtobuf],
    ["JSON", asJson],
  ])("as %s: runs while heartbeats arrive, and ends with the stop, in any order", (_, body) => {
    const reports = [
      spansIn(record("heartbeat", 0, body(running))),
      spansIn(record("heartbeat", 5, body({ ...running, attributes: [{ key: "step", value: { intValue: "2" } }] }))),
      spansIn(record("stop", 9, body(ended))),
    ];
    expect(printTree(viewOf(reports.slice(0, 2)).tree())).toEqual(["turn 0–0 running"]);
    for (const order of permutations(reports.slice(0, 2))) {
      const [newest] = viewOf(order).spans();
      expect(newest?.span.attributes?.[0]?.key).toBe("step");
    }
    for (const order of permutations(reports)) expect(printTree(viewOf(order).tree())).toEqual(["turn 0–9"]);
  });

  test("with several reports in one request: the newest stays", () => {
    const { groups, records } = decode(
      record("heartbeat", 0, asJson(running)),
      record("heartbeat", 5, asProtobuf(running)),
    );
    expect([records, groups.map((group) => group.kind === "spans" && group.spans)]).toEqual([2, [1]]);
  });

  test("equals the span that its exporter sends at its end", () => {
    const [stopped] = spansIn(record("stop", 9, asProtobuf(ended)));
    expect(stopped?.scopeSpans?.[0]?.spans?.[0]?.attributes).toBeUndefined();
    const [unended] = spansIn(record("stop", 9, asProtobuf(running)));
    expect(unended?.scopeSpans?.[0]?.spans?.[0]?.endTimeUnixNano).toBe(ended.endTimeUnixNano);
  });

  test("is read in full, even if its body is large enough to be offloaded", () => {
    const long = { key: "input.value", value: { stringValue: "x".repeat(20_000) } };
    const [group] = spansIn(record("heartbeat", 0, asProtobuf({ ...running, attributes: [long] })));
    const [attribute] = group?.scopeSpans?.[0]?.spans?.[0]?.attributes ?? [];
    expect([attribute?.key, attribute?.value?.offloaded?.bytes]).toEqual(["input.value", 20_018]);
  });

  test.each([
    ["invalid base64", { stringValue: "%%%" }, "body: it contains no span"],
    ["half a message", { stringValue: "CgX/" }, "body: malformed protobuf at byte"],
    ["broken JSON", { stringValue: '{"resourceSpans":' }, "body: malformed JSON"],
    ["a span without an id", asJson({ spanId: "" }), "body: resourceSpans[0].scopeSpans[0].spans[0].spanId"],
  ])("is rejected with its index if it is invalid: %s", (_, body, reason) => {
    const { groups, rejected } = decode(record("heartbeat", 0, body));
    expect([groups, rejected.count]).toEqual([[], 1]);
    expect(rejected.reason).toContain(`resourceLogs[0].scopeLogs[0].logRecords[0]: ${reason}`);
  });
});
