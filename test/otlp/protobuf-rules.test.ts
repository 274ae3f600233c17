import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { canonicalText, deliveriesOf, outcomeOf, resourceSpansOf, TRACE } from "./requests.ts";
import {
  bytes,
  fixed32,
  fixed64,
  group,
  hex,
  IDS,
  number,
  requestWith,
  tag,
  text,
  varint,
  type Bytes,
} from "./wire.ts";

const HEAD = `{"traceId":"${TRACE}","spanId":"eee19b7ec3c1b174"`;
const AT_SPAN = "resourceSpans[0].scopeSpans[0].spans[0]";

/** The span's text after its ids, or the outcome. */
function read(...fields: Bytes[]): string {
  const text = canonicalText(decodeTraces(requestWith(IDS, ...fields), "protobuf"));
  return text.startsWith(HEAD) ? text.slice(HEAD.length) : text;
}

function valueOf(...fields: Bytes[]): string {
  const read_ = read(bytes(9, [...text(1, "k"), ...bytes(2, fields.flat())]));
  return /^,"attributes":\[\{"key":"k","value":(.*)\}\]\}$/.exec(read_)?.[1] ?? read_;
}

describe("protobuf reader rules (encoding specification; OTLP.md has the numbers)", () => {
  test("the last occurrence of a singular field wins", () => {
    expect(read(text(5, "first"), number(6, 1), text(5, "last"), number(6, 3))).toBe(',"name":"last","kind":3}');
  });

  test("the last field of a oneof wins, whatever its type", () => {
    expect(valueOf(text(1, "a"), number(3, 2))).toBe('{"intValue":"2"}');
    expect(valueOf(number(3, 2), bytes(5, []), text(1, ""))).toBe('{"stringValue":""}');
    expect(valueOf(text(1, "a"), number(8, 5))).toBe("{}");
  });

  test("repeated messages of a singular field are merged", () => {
    const element = (n: number) => bytes(5, bytes(1, number(3, n)));
    expect(valueOf(element(1), element(2))).toBe('{"arrayValue":{"values":[{"intValue":"1"},{"intValue":"2"}]}}');
    expect(valueOf(element(1), text(1, "a"), element(2))).toBe('{"arrayValue":{"values":[{"intValue":"2"}]}}');
    const entry = (key: string) => bytes(6, bytes(1, text(1, key)));
    expect(valueOf(entry("a"), entry("b"))).toBe(
      '{"kvlistValue":{"values":[{"key":"a","value":{}},{"key":"b","value":{}}]}}',
    );
    expect(read(bytes(15, number(3, 2)), bytes(15, text(2, "boom")))).toBe(',"status":{"message":"boom","code":2}}');
    expect(read(bytes(9, [...bytes(2, element(1)), ...text(1, "k"), ...bytes(2, element(2))]))).toContain(
      '"values":[{"intValue":"1"},{"intValue":"2"}]',
    );
  });

  test("a resource or scope that follows its spans, in two parts, applies to them", () => {
    const span = bytes(2, IDS);
    const scope = (name: string) => bytes(1, text(1, name));
    const scopeSpans = bytes(2, [...span, ...scope("first"), ...text(3, "urn:scope"), ...bytes(1, text(2, "1.0"))]);
    const attribute = (key: string) => bytes(1, bytes(1, text(1, key)));
    const request = bytes(1, [...scopeSpans, ...text(3, "urn:resource"), ...attribute("a"), ...attribute("b")]);
    const [delivery] = deliveriesOf(decodeTraces(new Uint8Array(request), "protobuf"));
    expect(delivery === undefined ? [] : resourceSpansOf(delivery)).toEqual([
      {
        resource: {
          attributes: [
            { key: "a", value: {} },
            { key: "b", value: {} },
          ],
        },
        scopeSpans: [
          {
            scope: { name: "first", version: "1.0" },
            spans: [{ traceId: TRACE, spanId: "eee19b7ec3c1b174" }],
            schemaUrl: "urn:scope",
          },
        ],
        schemaUrl: "urn:resource",
      },
    ]);
  });

  // spec: OTLP-14
  test("unknown fields of every wire type are skipped, nested groups too", () => {
    const unknown = [
      number(900, 5),
      fixed64(901, 5n),
      text(902, "x"),
      fixed32(903, 5),
      group(904, number(1, 1), group(1, text(2, "y")), fixed64(3, 1n)),
    ];
    expect(read(...unknown, text(5, "known"), ...unknown)).toBe(',"name":"known"}');
    expect(valueOf(...unknown, text(1, "known"))).toBe('{"stringValue":"known"}');
    const around = [...unknown.flat(), ...requestWith(IDS), ...unknown.flat()];
    expect(outcomeOf(decodeTraces(new Uint8Array(around), "protobuf"))).toBe("accepted 1");
  });

  test("the deprecated instrumentation_library_spans are read like scope_spans", () => {
    const library = bytes(1000, [...bytes(1, [...text(1, "lib"), ...text(2, "0.1")]), ...bytes(2, IDS)]);
    const [delivery] = deliveriesOf(decodeTraces(new Uint8Array(bytes(1, library)), "protobuf"));
    expect(delivery === undefined ? [] : resourceSpansOf(delivery)).toEqual([
      {
        scopeSpans: [
          { scope: { name: "lib", version: "0.1" }, spans: [{ traceId: TRACE, spanId: "eee19b7ec3c1b174" }] },
        ],
      },
    ]);
  });

  test("numbers keep every digit and their range", () => {
    expect(valueOf(number(3, -1))).toBe('{"intValue":"-1"}');
    expect(valueOf(number(3, 2n ** 63n - 1n))).toBe('{"intValue":"9223372036854775807"}');
    expect(valueOf(number(3, -(2n ** 63n)))).toBe('{"intValue":"-9223372036854775808"}');
    expect(valueOf(number(3, 2n ** 32n))).toBe('{"intValue":"4294967296"}');
    expect(valueOf(number(2, 2n ** 40n))).toBe('{"boolValue":true}');
    expect(valueOf(number(2, 0))).toBe('{"boolValue":false}');
    expect(read(number(6, -2))).toBe(',"kind":-2}');
    expect(read(number(10, 2n ** 32n - 1n))).toBe(',"droppedAttributesCount":4294967295}');
    expect(read(fixed64(8, 2n ** 64n - 1n))).toBe(',"endTimeUnixNano":"18446744073709551615"}');
    expect(read(fixed32(16, 2 ** 32 - 1))).toBe(',"flags":4294967295}');
  });

  test("a varint may be longer than it needs to be, up to ten bytes", () => {
    expect(read(tag(6, 0), [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00])).toBe(',"kind":2}');
    expect(read(tag(6, 0), [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00])).toMatch(
      /^400 malformed protobuf at byte \d+: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]: number of more than 10 bytes$/,
    );
  });
});

describe("malformed protobuf is refused, with position and field", () => {
  test.each<[string, Bytes, string]>([
    ["field number 0", [0x00, 0x00], "field number 0"],
    ["a field number of more than 32 bits", [...varint(2n ** 35n), 0], "field number too large"],
    ["wire type 6", tag(900, 6), "wire type 6"],
    ["wire type 7", tag(900, 7), "wire type 7"],
    ["a group's end without its beginning", tag(900, 4), "end of a group that has not begun"],
    ["a group without end", tag(900, 3), "cut off in a group"],
    ["a group ended by another's end", [...tag(900, 3), ...tag(901, 4)], "end of another group"],
    ["groups in groups without end", Array.from({ length: 500 }, () => tag(900, 3)).flat(), "groups nested too deep"],
    ["a length past the end", [...tag(5, 2), 100], "length past the end"],
    ["a length of 2^32 + 1", [...tag(5, 2), ...varint(2n ** 32n + 1n), 0x61], "length past the end"],
    ["a length of -1", [...tag(5, 2), ...varint(-1)], "length past the end"],
    ["a number cut off", [...tag(6, 0), 0x80], "cut off in a number"],
    ["a time cut off", [...tag(7, 1), 1, 2, 3], "cut off in a number"],
    ["a name that is not UTF-8", bytes(5, [0x61, 0xff]), "name is not UTF-8"],
    ["an encoded surrogate", bytes(5, [0xed, 0xa0, 0x80]), "name is not UTF-8"],
    ["a name of another wire type", number(5, 1), "name cannot have wire type 0"],
    ["attributes as a number", number(9, 1), "attributes cannot have wire type 0"],
    ["flags as a varint", number(16, 1), "flags cannot have wire type 0"],
    [
      "a log record's time",
      fixed64(1, 1n),
      "traceId cannot have wire type 1; these look like logs; post them to /v1/logs",
    ],
    [
      "a log record's severity",
      number(2, 9),
      "spanId cannot have wire type 0; these look like logs; post them to /v1/logs",
    ],
  ])("%s", (_what, content, message) => {
    const outcome = read(content);
    expect(outcome.replace(/at byte \d+/, "at byte N")).toBe(
      `400 malformed protobuf at byte N: ${AT_SPAN}: ${message}`,
    );
    expect(Number(/at byte (\d+)/.exec(outcome)?.[1])).toBeGreaterThan(5);
  });

  test.each<[string, Bytes]>([
    ["a message", [...tag(15, 2), 9]],
    ["a string", [...tag(5, 2), 9]],
    ["an unknown field", [...tag(900, 2), 9]],
    ["a time", [...tag(7, 1), 1, 2, 3]],
    ["flags", [...tag(16, 5), 1]],
    ["a number", [...tag(6, 0), 0x81]],
  ])("%s cannot reach past its span, even if the body continues", (_what, last) => {
    const spans = [...bytes(2, [...IDS, ...last]), ...bytes(2, [...IDS, ...text(5, "the next span")])];
    const outcome = outcomeOf(decodeTraces(new Uint8Array(bytes(1, bytes(2, spans))), "protobuf"));
    expect(outcome).toMatch(
      /^400 malformed protobuf at byte \d+: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]: (cut off|length past)/,
    );
  });

  test("the path leads into attributes, events and links", () => {
    const wrong = number(1, 5);
    expect(read(bytes(11, bytes(3, wrong)))).toContain(
      `${AT_SPAN}.events[0].attributes[0]: key cannot have wire type 0`,
    );
    expect(read(bytes(13, bytes(4, wrong)))).toContain(
      `${AT_SPAN}.links[0].attributes[0]: key cannot have wire type 0`,
    );
    expect(valueOf(bytes(5, [...bytes(1, []), ...bytes(1, wrong)]))).toContain(
      `${AT_SPAN}.attributes[0].value.arrayValue.values[1]: stringValue cannot have wire type 0`,
    );
  });
});

describe("wrong values reject their span", () => {
  const REJECTED = `accepted 0, rejected 1: ${AT_SPAN}`;
  const only = (...fields: Bytes[]) => outcomeOf(decodeTraces(requestWith(...fields), "protobuf"));

  test.each<[string, Bytes, string]>([
    [
      "a trace id of 15 bytes",
      [...hex(1, "00".repeat(15)), ...hex(2, "eee19b7ec3c1b174")],
      ".traceId: expected 16 bytes, got 15",
    ],
    [
      "an all-zero trace id",
      [...hex(1, "00".repeat(16)), ...hex(2, "eee19b7ec3c1b174")],
      ".traceId: missing or all zeroes",
    ],
    ["no span id", hex(1, TRACE), ".spanId: missing or all zeroes"],
    ["a parent id of 7 bytes", [...IDS, ...hex(4, "00".repeat(7))], ".parentSpanId: expected 8 bytes, got 7"],
    ["a link's bad trace id", [...IDS, ...bytes(13, hex(1, "01"))], ".links[0].traceId: expected 16 bytes, got 1"],
    ["a log record of few fields", text(5, "hello"), ".traceId: missing; these look like logs; post them to /v1/logs"],
  ])("%s", (_what, content, reason) => {
    expect(only(content)).toBe(REJECTED + reason);
  });

  test("an empty or all-zero parent id means no parent", () => {
    expect(read(bytes(4, []))).toBe("}");
    expect(read(hex(4, "00".repeat(8)))).toBe("}");
  });
});
