import { describe, expect, test } from "vitest";
import { fieldOf, REJECTED, valueOf } from "./json-fields.ts";
import { decodeJson, outcomeOf, request, span, TRACE } from "./requests.ts";

describe("a wrong value rejects its span, and the reason names the field", () => {
  test.each([
    ['{"intValue":"9223372036854775808"}', 'value.intValue: expected a 64-bit integer, got "9223372036854775808"'],
    ['{"intValue":"-9223372036854775809"}', 'value.intValue: expected a 64-bit integer, got "-9223372036854775809"'],
    ['{"intValue":1.5}', "value.intValue: expected a 64-bit integer, got 1.5"],
    ['{"intValue":1e400}', "value.intValue: expected a 64-bit integer, got Infinity"],
    ['{"intValue":""}', 'value.intValue: expected a 64-bit integer, got ""'],
    ['{"intValue":" 1"}', 'value.intValue: expected a 64-bit integer, got " 1"'],
    ['{"intValue":{}}', "value.intValue: expected a 64-bit integer, got an object"],
    ['{"doubleValue":"1,5"}', 'value.doubleValue: expected a double, got "1,5"'],
    ['{"doubleValue":1e400}', "value.doubleValue: expected a double, got Infinity"],
    ['{"doubleValue":"nan"}', 'value.doubleValue: expected a double, got "nan"'],
    ['{"boolValue":1}', "value.boolValue: expected true or false, got 1"],
    ['{"boolValue":"true"}', 'value.boolValue: expected true or false, got "true"'],
    ['{"stringValue":5}', "value.stringValue: expected a string, got 5"],
    ['{"bytesValue":"A"}', 'value.bytesValue: expected base64, got "A"'],
    ['{"bytesValue":"AA=A"}', 'value.bytesValue: expected base64, got "AA=A"'],
    ['{"bytesValue":[1]}', "value.bytesValue: expected base64, got an array"],
    [
      '{"arrayValue":{"values":[{},{"boolValue":1}]}}',
      "value.arrayValue.values[1].boolValue: expected true or false, got 1",
    ],
    ['{"kvlistValue":{"values":[{"key":5}]}}', "value.kvlistValue.values[0].key: expected a string, got 5"],
  ])("%s", (sent, reason) => {
    expect(valueOf(sent)).toBe(`${REJECTED}attributes[0].${reason}`);
  });

  test.each([
    ["traceId", '""', "traceId: missing"],
    ["traceId", "null", "traceId: missing"],
    ["traceId", '"00000000000000000000000000000000"', "traceId: all zeroes"],
    ["traceId", '"d269b633813fc60c"', 'traceId: expected 32 hex digits, got "d269b633813fc60c"'],
    ["traceId", "5", "traceId: expected 32 hex digits, got 5"],
    ["spanId", '"0000000000000000"', "spanId: all zeroes"],
    ["spanId", '"eee19b7ec3c1b17g"', 'spanId: expected 16 hex digits, got "eee19b7ec3c1b17g"'],
    ["parentSpanId", '"abcd"', 'parentSpanId: expected 16 hex digits, got "abcd"'],
    ["links", '[{"traceId":"xyz"}]', 'links[0].traceId: expected 32 hex digits, got "xyz"'],
    ["links", `[{"traceId":"${TRACE}","spanId":"1"}]`, 'links[0].spanId: expected 16 hex digits, got "1"'],
    ["name", "{}", "name: expected a string, got an object"],
    ["kind", '"SPAN_KIND_SERVER"', `kind: expected the enum's number, got "SPAN_KIND_SERVER"`],
    ["kind", "2.5", "kind: expected the enum's number, got 2.5"],
    ["kind", "2147483648", "kind: expected the enum's number, got 2147483648"],
    ["status", '{"code":"STATUS_CODE_ERROR"}', `status.code: expected the enum's number, got "STATUS_CODE_ERROR"`],
    ["status", '{"message":1}', "status.message: expected a string, got 1"],
    ["flags", "-1", "flags: expected an unsigned 32-bit integer, got -1"],
    ["flags", "4294967296", "flags: expected an unsigned 32-bit integer, got 4294967296"],
    ["droppedEventsCount", '"many"', 'droppedEventsCount: expected an unsigned 32-bit integer, got "many"'],
    ["startTimeUnixNano", '"-1"', 'startTimeUnixNano: expected nanoseconds as an unsigned 64-bit integer, got "-1"'],
    ["startTimeUnixNano", "-1", "startTimeUnixNano: expected nanoseconds as an unsigned 64-bit integer, got -1"],
    [
      "endTimeUnixNano",
      '"18446744073709551616"',
      'endTimeUnixNano: expected nanoseconds as an unsigned 64-bit integer, got "18446744073709551616"',
    ],
    [
      "endTimeUnixNano",
      '"2026-01-01T00:00:00Z"',
      'endTimeUnixNano: expected nanoseconds as an unsigned 64-bit integer, got "2026-01-01T00:00:00Z"',
    ],
    [
      "events",
      '[{},{"timeUnixNano":true}]',
      "events[1].timeUnixNano: expected nanoseconds as an unsigned 64-bit integer, got true",
    ],
  ])("%s: %s", (name, sent, reason) => {
    expect(fieldOf(name, sent)).toBe(REJECTED + reason);
  });

  // spec: OTLP-4
  test("the other spans are accepted, and the reason counts further rejections", () => {
    const bad = (spanId: string) => span({ spanId, kind: "SERVER" });
    const result = decodeJson(
      request(bad("00000000000000a1"), span(), bad("00000000000000a2"), bad("00000000000000a3")),
    );
    expect(outcomeOf(result)).toBe(
      `accepted 1, rejected 3: resourceSpans[0].scopeSpans[0].spans[0].kind: expected the enum's number, got "SERVER" (and 2 more)`,
    );
  });
});
