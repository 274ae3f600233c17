import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { fieldOf } from "./json-fields.ts";
import { decodeJson, jsonBytes, outcomeOf, request, span } from "./requests.ts";

describe("a message of the wrong shape refuses the request, with the path", () => {
  test.each([
    ["null", "400 expected an object, got null"],
    ["[]", "400 expected an object, got an array"],
    ['"x"', '400 expected an object, got "x"'],
    ['{"resourceSpans":{}}', "400 resourceSpans: expected an array, got an object"],
    ['{"resourceSpans":[null]}', "400 resourceSpans[0]: expected an object, got null"],
    ['{"resourceSpans":[{"resource":[]}]}', "400 resourceSpans[0].resource: expected an object, got an array"],
    ['{"resourceSpans":[{"scopeSpans":{}}]}', "400 resourceSpans[0].scopeSpans: expected an array, got an object"],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}',
      "400 resourceSpans[0].scopeSpans[0].spans: expected an array, got an object",
    ],
    [
      '{"resourceSpans":[{},{"scopeSpans":[{"spans":[{},{},5]}]}]}',
      "400 resourceSpans[1].scopeSpans[0].spans[2]: expected an object, got 5",
    ],
  ])("%s", (body, outcome) => {
    expect(outcomeOf(decodeJson(body))).toBe(outcome);
  });

  test.each([
    ["attributes", '{"a":"b"}', "attributes: expected an array, got an object"],
    ["attributes", "[null]", "attributes[0]: expected an object, got null"],
    ["attributes", '[{"key":"a","value":"b"}]', 'attributes[0].value: expected an object, got "b"'],
    [
      "attributes",
      '[{"key":"a","value":{"arrayValue":[]}}]',
      "attributes[0].value.arrayValue: expected an object, got an array",
    ],
    [
      "attributes",
      '[{"key":"a","value":{"arrayValue":{"values":[1]}}}]',
      "attributes[0].value.arrayValue.values[0]: expected an object, got 1",
    ],
    [
      "attributes",
      '[{"key":"a","value":{"arrayValue":{"values":[null]}}}]',
      "attributes[0].value.arrayValue.values[0]: expected an object, got null",
    ],
    [
      "attributes",
      '[{"key":"a","value":{"kvlistValue":{"values":{}}}}]',
      "attributes[0].value.kvlistValue.values: expected an array, got an object",
    ],
    ["events", '[{"attributes":{}}]', "events[0].attributes: expected an array, got an object"],
    ["events", "[7]", "events[0]: expected an object, got 7"],
    ["links", '{"0":{}}', "links: expected an array, got an object"],
    ["status", "2", "status: expected an object, got 2"],
  ])("%s %s", (name, sent, outcome) => {
    expect(fieldOf(name, sent)).toBe(`400 resourceSpans[0].scopeSpans[0].spans[0].${outcome}`);
  });

  test("so does a wrong value in a resource or scope: many spans share it", () => {
    const withResource = (resource: unknown) =>
      outcomeOf(decodeJson({ resourceSpans: [{ resource, scopeSpans: [] }] }));
    expect(withResource({ attributes: [{ key: 1 }] })).toBe(
      "400 resourceSpans[0].resource.attributes[0].key: expected a string, got 1",
    );
    expect(outcomeOf(decodeJson({ resourceSpans: [{ scopeSpans: [{ scope: { name: 5 } }] }] }))).toBe(
      "400 resourceSpans[0].scopeSpans[0].scope.name: expected a string, got 5",
    );
    expect(outcomeOf(decodeJson({ resourceSpans: [{ schemaUrl: 5 }] }))).toBe(
      "400 resourceSpans[0].schemaUrl: expected a string, got 5",
    );
  });
});

describe("text that is not JSON", () => {
  test.each([
    ["", "400 malformed JSON: unexpected end at position 0"],
    ["  \n", "400 malformed JSON: unexpected end at position 3"],
    ['{"resourceSpans":[', "400 malformed JSON: unexpected end at position 18"],
    ["{'resourceSpans':[]}", `400 malformed JSON: unexpected "'" at position 1`],
    ['{"a":1,}', '400 malformed JSON: unexpected "}" at position 7'],
    ["{} {}", '400 malformed JSON: unexpected "{" at position 3'],
    ['{"a":01}', '400 malformed JSON: unexpected "1" at position 6'],
    ['{"a":"\u0001"}', '400 malformed JSON: unexpected "\\u0001" at position 6'],
    ['{"a":"\\x"}', '400 malformed JSON: unexpected "\\\\" at position 6'],
    ['{"a":NaN}', '400 malformed JSON: unexpected "N" at position 5'],
  ])("%j", (body, outcome) => {
    expect(outcomeOf(decodeJson(body))).toBe(outcome);
  });

  test("invalid UTF-8 is refused with the byte's position; a byte order mark is ignored", () => {
    const body = jsonBytes(request(span({ name: "é@" })));
    const at = body.indexOf("@".charCodeAt(0));
    expect(outcomeOf(decodeTraces(body.with(at, 0xff), "json"))).toBe(`400 not UTF-8 at byte ${at}`);
    expect(outcomeOf(decodeTraces(body.subarray(0, at - 1), "json"))).toBe(`400 not UTF-8 at byte ${at - 1}`);
    expect(outcomeOf(decodeTraces(new Uint8Array([0xef, 0xbb, 0xbf, ...body]), "json"))).toBe("accepted 1");
  });

  test("nesting of any depth in unknown fields is ignored", () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    expect(outcomeOf(decodeJson(`{"unknown":${deep},"resourceSpans":[]}`))).toBe("accepted 0");
    const exact = JSON.stringify(span()).replace('"1795262400000000000"', "1795262400000000001");
    const body = `{"unknown":${deep},"resourceSpans":[{"scopeSpans":[{"spans":[${exact}]}]}]}`;
    expect(outcomeOf(decodeJson(body))).toBe("accepted 1");
  });
});

describe("an empty request succeeds (OTLP/HTTP, Full Success)", () => {
  test.each([
    "{}",
    '{"resourceSpans":null}',
    '{"resourceSpans":[{}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}',
  ])("%s", (body) => {
    const result = decodeJson(body);
    expect(result.ok && result.value).toEqual({ groups: [], spans: 0, rejected: { count: 0 } });
  });

  test("logs and metrics posted as traces are rejected, not lost silently", () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "a" } }, {}] }] }] };
    expect(outcomeOf(decodeJson(logs))).toBe("accepted 0, rejected 2: these look like logs; post them to /v1/logs");
    const metrics = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m" }] }] }] };
    expect(outcomeOf(decodeJson(metrics))).toBe(
      "accepted 0, rejected 1: these look like metrics; post them to /v1/metrics",
    );
  });
});
