import { describe, expect, test } from "vitest";
import { traceIdForSession } from "../../../src/otlp/logs/group-records.ts";
import { decodeRecordFacts } from "../../../src/logs/record-facts-codec.ts";
import { TRACE } from "../requests.ts";
import { decodeJsonLogs, deliveriesOf, outcomeOf, record, recordsOf, request } from "./log-requests.ts";

const read = (fields: Record<string, unknown>) => recordsOf(decodeJsonLogs(request(record(fields))))[0];
const outcome = (...records: unknown[]) => outcomeOf(decodeJsonLogs(request(...records)));
const AT = "resourceLogs[0].scopeLogs[0].logRecords";

describe("a record in OTLP/JSON (JSON Protobuf Encoding)", () => {
  test("has a fixed order of keys and no defaults", () => {
    const fields = {
      eventName: "e",
      spanId: "00F067AA0BA902B7",
      traceId: TRACE.toUpperCase(),
      flags: 1,
      droppedAttributesCount: 0,
      attributes: [],
      body: { stringValue: "text" },
      severityText: "",
      severityNumber: 9,
      observedTimeUnixNano: "0",
      timeUnixNano: 1795262400000000000,
      unknown: [1],
    };
    expect(JSON.stringify(read(fields))).toBe(
      `{"timeUnixNano":"1795262400000000000","severityNumber":9,"body":{"stringValue":"text"},"flags":1,"traceId":"${TRACE}","spanId":"00f067aa0ba902b7","eventName":"e"}`,
    );
  });

  test.each([
    ["text", { stringValue: "a" }],
    ["a number beyond 2^53", { intValue: "9223372036854775807" }],
    ["NaN", { doubleValue: "NaN" }],
    ["bytes", { bytesValue: "AAE=" }],
    ["a list", { arrayValue: { values: [{ boolValue: false }, {}] } }],
    [
      "a structure",
      { kvlistValue: { values: [{ key: "a", value: { kvlistValue: { values: [{ key: "b", value: {} }] } } }] } },
    ],
  ])("has a body of any shape: %s", (_, body) => {
    expect(read({ body })?.body).toEqual(body);
  });

  test.each([[null], [{}], [{ stringValue: null }]])("has no body for %j", (body) => {
    expect(read({ body })).not.toHaveProperty("body");
  });

  test.each([
    ["traceId", "abc", 'expected 32 hex digits, got "abc"'],
    ["spanId", TRACE, `expected 16 hex digits, got "${TRACE}"`],
    ["timeUnixNano", -1, "expected nanoseconds as an unsigned 64-bit integer, got -1"],
    ["observedTimeUnixNano", "soon", 'expected nanoseconds as an unsigned 64-bit integer, got "soon"'],
    ["severityNumber", "ERROR", `expected the enum's number, got "ERROR"`],
    ["severityText", 1, "expected a string, got 1"],
    ["flags", -1, "expected an unsigned 32-bit integer, got -1"],
    ["droppedAttributesCount", 2 ** 32, "expected an unsigned 32-bit integer, got 4294967296"],
    ["eventName", {}, "expected a string, got an object"],
  ])("is rejected with its index and field if %s is %j, and others are accepted", (field, value, reason) => {
    expect(outcome(record({ body: { intValue: "1" } }), record({ [field]: value }))).toBe(
      `accepted 1, rejected 1: ${AT}[1].${field}: ${reason}`,
    );
  });

  test("is rejected for an invalid value in its body, with the path", () => {
    expect(outcome(record({ body: { arrayValue: { values: [{ intValue: "x" }] } } }))).toBe(
      `accepted 0, rejected 1: ${AT}[0].body.arrayValue.values[0].intValue: expected a 64-bit integer, got "x"`,
    );
    expect(outcome(record({ body: "text" }))).toBe(`400 ${AT}[0].body: expected an object, got "text"`);
  });

  test("nested too deeply is rejected", () => {
    let body: unknown = { stringValue: "in" };
    for (let depth = 0; depth < 101; depth++) body = { arrayValue: { values: [body] } };
    expect(outcome(record({ body }))).toMatch(/^accepted 0, rejected 1: .*nested deeper than 100 levels$/);
  });
});

describe("a record's owner", () => {
  const named = (value: string) => ({ attributes: [{ key: "session.id", value: { stringValue: value } }] });
  const owners = (...records: unknown[]) =>
    deliveriesOf(decodeJsonLogs(request(...records))).map(({ traceId, spans }) => [traceId, spans]);

  test("is its trace, even if it names a session; else its session", () => {
    expect(
      owners(record(), record({ traceId: "", ...named("S") }), record({ ...named("S"), body: { boolValue: true } })),
    ).toEqual([
      [TRACE, 2],
      [traceIdForSession("S"), 1],
    ]);
  });

  test("of a session's name is a trace id: different for each name, and stable", () => {
    expect(traceIdForSession("S")).toBe("7bc86951ce05593886fd1e84d236e382");
    expect(traceIdForSession("S")).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(new Set(["S", "s", "", TRACE].map(traceIdForSession)).size).toBe(4);
  });

  test("gets a repeated record of a request once; under another resource it is another record", () => {
    const one = { scopeLogs: [{ logRecords: [record(), record()] }] };
    const other = { resource: named("x"), scopeLogs: [{ logRecords: [record()] }] };
    const [delivery, ...others] = deliveriesOf(decodeJsonLogs({ resourceLogs: [one, other, one] }));
    expect([delivery?.spans, others]).toEqual([2, []]);
    expect(delivery?.receipt).toEqual({ encoding: "json", spans: 0, records: 2 });
    const facts = decodeRecordFacts(delivery?.facts ?? "") ?? [];
    expect(new Set(facts.map(({ hash }) => hash)).size).toBe(2);
  });
});

describe("a large body", () => {
  test("is offloaded, once for equal ones, and a preview takes its place", () => {
    const body = { stringValue: "long ".repeat(2_000) };
    const [delivery] = deliveriesOf(decodeJsonLogs(request(record({ body }), record({ body, flags: 1 }))));
    expect(delivery?.values).toHaveLength(1);
    expect(recordsOf(decodeJsonLogs(request(record({ body }))))[0]?.body).toEqual({
      stringValue: body.stringValue.slice(0, 512),
      offloaded: { hash: delivery?.values[0]?.hash, bytes: JSON.stringify(body).length },
    });
  });
});
