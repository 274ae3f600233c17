import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { fieldOf, textWith, valueOf } from "./json-fields.ts";
import { decodeJson, outcomeOf, request, span, spansOf, TRACE } from "./requests.ts";

describe("attribute values (OTLP/JSON, proto3 JSON mapping)", () => {
  test.each([
    ['{"stringValue":"text"}', '{"stringValue":"text"}'],
    ['{"stringValue":""}', '{"stringValue":""}'],
    ['{"boolValue":false}', '{"boolValue":false}'],
    ['{"intValue":"12"}', '{"intValue":"12"}'],
    ['{"intValue":12}', '{"intValue":"12"}'],
    ['{"intValue":-0}', '{"intValue":"0"}'],
    ['{"intValue":"007"}', '{"intValue":"7"}'],
    ['{"intValue":1.0}', '{"intValue":"1"}'],
    ['{"intValue":"1e3"}', '{"intValue":"1000"}'],
    ['{"intValue":"9223372036854775807"}', '{"intValue":"9223372036854775807"}'],
    ['{"intValue":"-9223372036854775808"}', '{"intValue":"-9223372036854775808"}'],
    ['{"intValue":9223372036854775807}', '{"intValue":"9223372036854775807"}'],
    ['{"intValue":9007199254740993}', '{"intValue":"9007199254740993"}'],
    ['{"intValue":-9007199254740993}', '{"intValue":"-9007199254740993"}'],
    ['{"doubleValue":1.5}', '{"doubleValue":1.5}'],
    ['{"doubleValue":"1.5e3"}', '{"doubleValue":1500}'],
    ['{"doubleValue":12345678901234567890}', '{"doubleValue":12345678901234567000}'],
    ['{"doubleValue":"NaN"}', '{"doubleValue":"NaN"}'],
    ['{"doubleValue":"-Infinity"}', '{"doubleValue":"-Infinity"}'],
    ['{"bytesValue":"AAEC/w=="}', '{"bytesValue":"AAEC/w=="}'],
    ['{"bytesValue":"AAEC_w"}', '{"bytesValue":"AAEC/w=="}'],
    ['{"bytesValue":""}', '{"bytesValue":""}'],
    [
      '{"arrayValue":{"values":[{"intValue":1},{},{"arrayValue":{}}]}}',
      '{"arrayValue":{"values":[{"intValue":"1"},{},{"arrayValue":{}}]}}',
    ],
    ['{"arrayValue":{"values":[]}}', '{"arrayValue":{}}'],
    ['{"arrayValue":{"values":null}}', '{"arrayValue":{}}'],
    [
      '{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},{"key":"b"}]}}',
      '{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},{"key":"b","value":{}}]}}',
    ],
    ["{}", "{}"],
    ["null", "{}"],
    ['{"stringValue":null}', "{}"],
    ['{"futureValue":1,"stringValue":"a"}', '{"stringValue":"a"}'],
    ['{"stringValue":"a","intValue":"2"}', '{"intValue":"2"}'],
    ['{"intValue":"2","stringValue":"a","boolValue":null}', '{"stringValue":"a"}'],
    ['{"stringValueStrindex":3}', "{}"],
    ['{"string_value":"a"}', "{}"],
    ['{"offloaded":{"hash":"x"},"stringValue":"a"}', '{"stringValue":"a"}'],
  ])("%s is %s", (sent, canonical) => {
    expect(valueOf(sent)).toBe(canonical);
  });

  // spec: OTLP-13
  test("integers beyond 64 bits from JavaScript exporters are doubles, and their NaN is empty", () => {
    expect(valueOf('{"intValue":1e+300}')).toBe('{"doubleValue":1e+300}');
    expect(valueOf('{"intValue":9223372036854775808}')).toBe('{"doubleValue":9223372036854776000}');
    expect(valueOf('{"intValue":18446744073709551616}')).toBe('{"doubleValue":18446744073709552000}');
    expect(valueOf('{"doubleValue":null}')).toBe("{}");
  });

  test("exact parsing leaves JSON inside a string unchanged", () => {
    const inner = '{"intValue":9007199254740993,"startTimeUnixNano": 1795262400123456789 }';
    const sent = { stringValue: inner };
    const list = `{"arrayValue":{"values":[${JSON.stringify(sent)},{"intValue":9007199254740993}]}}`;
    expect(valueOf(list)).toBe(list.replace(/9007199254740993}]}}$/, '"9007199254740993"}]}}'));
  });

  test("a captured export with such numbers loses none of its spans", () => {
    const captured = new URL("../fixtures/corpus/otel-js-json-oddnumbers-001.json", import.meta.url);
    const [, odd] = spansOf(decodeTraces(readFileSync(captured), "json"));
    const values = odd?.attributes?.map(({ key, value }) => `${key} ${JSON.stringify(value)}`);
    expect(values).toEqual([
      'n.1e300 {"doubleValue":1e+300}',
      'n.2^63 {"doubleValue":9223372036854776000}',
      'n.1e21 {"doubleValue":1e+21}',
      'n.neg0 {"intValue":"0"}',
      "n.nan {}",
      "n.inf {}",
      "n.ninf {}",
      'n.2^53+ {"intValue":"9007199254740992"}',
      'arr.mixed {"arrayValue":{"values":[{"intValue":"1"},{"doubleValue":2.5},{}]}}',
    ]);
  });
});

describe("fields of a span", () => {
  test.each([
    ["traceId", `"${TRACE.toUpperCase()}"`, `"${TRACE}"`],
    ["parentSpanId", '""', "absent"],
    ["parentSpanId", "null", "absent"],
    ["parentSpanId", '"0000000000000000"', "absent"],
    ["parentSpanId", '"00F067AA0BA902B7"', '"00f067aa0ba902b7"'],
    ["kind", "99", "99"],
    ["kind", "0", "absent"],
    ["flags", "4294967295", "4294967295"],
    ["flags", '"257"', "257"],
    ["name", '""', "absent"],
    ["startTimeUnixNano", '"0"', "absent"],
    ["startTimeUnixNano", "1795262400123456789", '"1795262400123456789"'],
    ["startTimeUnixNano", "1.795262400123456789e18", '"1795262400123456789"'],
    ["startTimeUnixNano", "1795262400123456789.0", '"1795262400123456789"'],
    ["startTimeUnixNano", "17", '"17"'],
    ["endTimeUnixNano", '"18446744073709551615"', '"18446744073709551615"'],
    ["endTimeUnixNano", "18446744073709551615", '"18446744073709551615"'],
    ["status", '{"code":0}', "absent"],
    ["status", '{"code":2,"message":"boom"}', '{"message":"boom","code":2}'],
    ["events", "null", "absent"],
    ["links", '[{"traceId":"","spanId":"0000000000000000"}]', "[{}]"],
  ])("%s %s is %s", (name, sent, canonical) => {
    expect(fieldOf(name, sent)).toBe(canonical);
  });

  // spec: OTLP-14
  test("unknown fields are ignored at every level, snake_case names too", () => {
    const sent = {
      futureField: [1],
      trace_id: "x",
      attributes: [{ key: "a", value: { stringValue: "b" }, keyStrindex: 4 }],
      status: { deprecatedCode: 1 },
    };
    expect(textWith(sent)).toBe(textWith({ attributes: [{ key: "a", value: { stringValue: "b" } }] }));
    expect(outcomeOf(decodeJson({ resource_spans: [{ scope_spans: [{ spans: [span()] }] }] }))).toBe("accepted 0");
  });

  test("the last of two equal keys in an object wins; attributes keep both", () => {
    expect(fieldOf("kind", '2,"kind":3')).toBe("3");
    const attribute = (text: string) => ({ key: "same", value: { stringValue: text } });
    expect(textWith({ attributes: [attribute("a"), attribute("b")] })).toContain(
      '"attributes":[{"key":"same","value":{"stringValue":"a"}},{"key":"same","value":{"stringValue":"b"}}]',
    );
  });

  test("keys with a meaning in JavaScript are data", () => {
    const attributes = ["__proto__", "constructor", "hasOwnProperty"].map((key) => ({
      key,
      value: { stringValue: key },
    }));
    const [only] = spansOf(decodeJson(request(span({ attributes }))));
    expect(only?.attributes?.map(({ key }) => key)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
    expect(fieldOf("name", '"chat","__proto__":{"kind":7}')).toBe('"chat"');
  });

  test("lone surrogates become U+FFFD: UTF-8 cannot encode them", () => {
    expect(fieldOf("name", '"a\\ud800b"')).toBe('"a\ufffdb"');
    expect(fieldOf("name", '"\\uDE00"')).toBe('"\ufffd"');
    expect(valueOf('{"stringValue":"\\udead!"}')).toBe('{"stringValue":"\ufffd!"}');
    expect(fieldOf("name", '"\\ud83d\\ude42"')).toBe('"🙂"');
  });
});
