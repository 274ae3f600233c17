import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { libraryEncode } from "./oracle.ts";
import { randomFrom } from "./random.ts";
import { randomRequest } from "./random-request.ts";
import { deliveriesOf, outcomeOf, span, textOf } from "./requests.ts";
import { requestWith } from "./wire.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);

const EVERYTHING = {
  ...span({ parentSpanId: "00f067aa0ba902b7", traceState: "a=b", flags: 257, droppedEventsCount: 3 }),
  attributes: [
    { key: "text", value: { stringValue: "naïve" } },
    { key: "list", value: { arrayValue: { values: [{ intValue: "-5" }, { doubleValue: 1.5 }, {}] } } },
    { key: "map", value: { kvlistValue: { values: [{ key: "a", value: { boolValue: true } }] } } },
    { key: "bytes", value: { bytesValue: "AAEC" } },
  ],
  events: [{ timeUnixNano: "1", name: "exception", attributes: [{ key: "a", value: { stringValue: "b" } }] }],
  links: [{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "00f067aa0ba902b8", flags: 1 }],
  status: { message: "boom", code: 2 },
};

test.each(["otel-js-proto-001.pb", "deno-protobuf-001.pb", "logfire-001.pb", "claude-code-proto-001.pb"])(
  "%s cut off at any byte is malformed",
  (file) => {
    const bytes = readFileSync(new URL(file, CORPUS));
    for (let length = 1; length < bytes.length; length++) {
      const outcome = outcomeOf(decodeTraces(bytes.subarray(0, length), "protobuf"));
      expect(outcome, `${file} cut at ${length}`).toMatch(
        /^400 malformed protobuf at byte \d+: resourceSpans\[0\]: (cut|length)/,
      );
    }
  },
);

/** One span's bytes, encoded by a library, without its envelope. */
function spanBytes(fields: Record<string, unknown>): Uint8Array {
  const request = libraryEncode({ resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }] });
  // Two bytes of length at each of the three levels of a request of this size.
  return request.subarray(9);
}

test("a span cut off at any byte in a complete request is malformed or rejected, unless the cut is between two fields", () => {
  const bytes = spanBytes(EVERYTHING);
  expect(outcomeOf(decodeTraces(requestWith([...bytes]), "protobuf"))).toBe("accepted 1");
  const between: number[] = [];
  for (let length = 0; length < bytes.length; length++) {
    const result = decodeTraces(requestWith([...bytes.subarray(0, length)]), "protobuf");
    const outcome = outcomeOf(result);
    if (outcome === "accepted 1") between.push(length);
    else
      expect(outcome, `cut at ${length}`).toMatch(
        /^400 malformed protobuf at byte \d+: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]|^accepted 0, rejected 1: .*(traceId|spanId): missing/,
      );
  }
  // After each field but the last: 4 attributes, and 12 others from the span id on.
  expect(between.map((length) => bytes[length]?.toString(16))).toHaveLength(15);
});

test("a JSON body cut off at any byte is malformed", () => {
  const bytes = readFileSync(new URL("otel-js-json-late-001.json", CORPUS));
  for (let length = 0; length < bytes.length; length++) {
    expect(outcomeOf(decodeTraces(bytes.subarray(0, length), "json")), `cut at ${length}`).toBe(
      `400 malformed JSON: unexpected end at position ${length}`,
    );
  }
});

test("random messages cut off anywhere never have more spans than before", () => {
  const random = randomFrom(20);
  for (let round = 0; round < 30; round++) {
    const bytes = libraryEncode(randomRequest(random));
    const whole = decodeTraces(bytes, "protobuf");
    const most = whole.ok ? whole.value.spans : 0;
    for (let length = 0; length < bytes.length; length += 7) {
      const result = decodeTraces(bytes.subarray(0, length), "protobuf");
      if (!result.ok) expect(result.error.reason).toBe("malformed-protobuf");
      else expect(deliveriesOf(result).map(textOf).length).toBeLessThanOrEqual(most);
    }
  }
});
