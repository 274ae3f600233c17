import { describe, expect, test } from "vitest";
import { decodeLogs } from "../../../src/otlp/logs/decode-logs.ts";
import { MAX_ATTRIBUTES, MAX_REQUEST_TEXT, MAX_GROUP_TEXT, MAX_SPANS, MAX_TRACES } from "../../../src/otlp/limits.ts";
import { libraryEncode } from "../oracle.ts";
import { TRACE } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf, LOGS, outcomeOf, record, recordsOf, request } from "./log-requests.ts";

const many = (count: number, of: (n: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, n) => of(n));
const asProtobuf = (...records: unknown[]) =>
  outcomeOf(decodeLogs(libraryEncode(request(...records), LOGS), "protobuf"));
const named = (n: number) => ({ attributes: [{ key: "session.id", value: { stringValue: `s-${n}` } }] });

describe("a request for logs, at its limits and past them", () => {
  test("log records", () => {
    const records = many(MAX_SPANS, (n) => ({ traceId: TRACE, timeUnixNano: String(n + 1) }));
    expect(asProtobuf(...records)).toBe(`accepted ${MAX_SPANS}`);
    expect(asProtobuf(...records, record())).toBe(`413 too large: more than ${MAX_SPANS} log records`);
    const rejected = many(MAX_SPANS, () => ({}));
    expect(asProtobuf(...rejected, record())).toBe(`413 too large: more than ${MAX_SPANS} log records`);
  });

  test("traces and sessions together", () => {
    const sessions = many(MAX_TRACES - 1, named);
    expect(outcomeOf(decodeJsonLogs(request(...sessions, record())))).toBe(`accepted ${MAX_TRACES}`);
    expect(outcomeOf(decodeJsonLogs(request(...sessions, record(), named(MAX_TRACES))))).toBe(
      `413 too large: more than ${MAX_TRACES} traces and sessions`,
    );
  });

  test("traces of spans inside log records", () => {
    const traceOf = (n: number) => (n + 1).toString(16).padStart(32, "0");
    const heartbeat = (n: number) => ({
      timeUnixNano: "2",
      attributes: [{ key: "partial.event", value: { stringValue: "heartbeat" } }],
      body: {
        stringValue: JSON.stringify({
          resourceSpans: [
            { scopeSpans: [{ spans: [{ traceId: traceOf(n), spanId: "00f067aa0ba902b7", name: "x" }] }] },
          ],
        }),
      },
    });
    expect(outcomeOf(decodeJsonLogs(request(...many(MAX_TRACES, heartbeat))))).toBe(`accepted ${MAX_TRACES}`);
    expect(outcomeOf(decodeJsonLogs(request(...many(MAX_TRACES + 1, heartbeat))))).toBe(
      `413 too large: more than ${MAX_TRACES} traces and sessions`,
    );
  });

  test("spans inside log records", () => {
    const batch = (n: number) => ({
      timeUnixNano: "2",
      attributes: [{ key: "partial.event", value: { stringValue: "heartbeat" } }],
      body: {
        stringValue: JSON.stringify({
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: many(MAX_SPANS / 4, (at) => ({
                    traceId: TRACE,
                    spanId: (n * MAX_SPANS + at + 1).toString(16).padStart(16, "0"),
                  })),
                },
              ],
            },
          ],
        }),
      },
    });
    expect(outcomeOf(decodeJsonLogs(request(...many(4, batch))))).toBe("accepted 4");
    expect(outcomeOf(decodeJsonLogs(request(...many(5, batch))))).toBe(
      `413 too large: more than ${MAX_SPANS} spans in log records`,
    );
  });

  test("text of a request, and of one trace in several deliveries", () => {
    const text = "a".repeat(7_000);
    const large = many(Math.ceil(MAX_REQUEST_TEXT / 7_000), (n) => record({ body: { stringValue: text }, flags: n }));
    expect(asProtobuf(...large)).toMatch(
      /^413 too large: more than \d+ (characters of JSON in all log records|bytes)$/,
    );
    const some = large.slice(0, Math.ceil((1.5 * MAX_GROUP_TEXT) / 7_000));
    const deliveries = deliveriesOf(decodeLogs(libraryEncode(request(...some), LOGS), "protobuf"));
    expect(deliveries.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
    expect(deliveries.reduce((sum, { spans }) => sum + spans, 0)).toBe(some.length);
  });

  test("attributes of a record", () => {
    const attributes = many(MAX_ATTRIBUTES + 2, (n) => ({ key: `k${n}`, value: { boolValue: true } }));
    const [only] = recordsOf(decodeJsonLogs(request(record({ attributes, droppedAttributesCount: 3 }))));
    expect([only?.attributes?.length, only?.droppedAttributesCount]).toEqual([MAX_ATTRIBUTES, 5]);
  });
});
