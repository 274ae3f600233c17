import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import {
  MAX_ATTRIBUTES,
  MAX_EVENTS,
  MAX_JSON_TOKENS,
  MAX_LINKS,
  MAX_REASON,
  MAX_REQUEST_TEXT,
  MAX_GROUP_TEXT,
  MAX_SPAN_TEXT,
  MAX_SPANS,
  MAX_TRACES,
  MAX_VALUE_DEPTH,
  MAX_VALUES,
} from "../../src/otlp/limits.ts";
import type { Result } from "../../src/otlp/refusals.ts";
import type { DecodedRequest } from "../../src/otlp/group/trace-group.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { libraryEncode } from "./oracle.ts";
import {
  canonicalText,
  decodeJson,
  deliveriesOf,
  outcomeOf,
  request,
  resourceSpansOf,
  span,
  spansOf,
  TRACE,
} from "./requests.ts";

import { bytes, IDS, number, requestWith, text, type Bytes } from "./wire.ts";

const id = (n: number) => n.toString(16).padStart(16, "0");
const times = <T>(length: number, make: (n: number) => T) => Array.from({ length }, (_, n) => make(n + 1));

/** The outcome of both encodings: it has to be the same. */
function outcomes(body: unknown): string {
  const fromJson = outcomeOf(decodeJson(body));
  expect(outcomeOf(decodeTraces(libraryEncode(body), "protobuf"))).toBe(fromJson);
  return fromJson;
}

type Form = "arrayValue" | "kvlistValue";

const IDS_ONLY = { traceId: TRACE, spanId: "eee19b7ec3c1b174" };

function nestedJson(depth: number, form: Form): Result<DecodedRequest> {
  let value: unknown = { intValue: "1" };
  for (let level = 1; level < depth; level++) {
    value = { [form]: { values: [form === "arrayValue" ? value : { key: "k", value }] } };
  }
  return decodeJson(request({ ...IDS_ONLY, attributes: [{ key: "k", value }] }));
}

function nestedProtobuf(depth: number, form: Form): Result<DecodedRequest> {
  const entry = (value: Bytes) => [...text(1, "k"), ...bytes(2, value)];
  let value = number(3, 1);
  for (let level = 1; level < depth; level++) {
    value = form === "arrayValue" ? bytes(5, bytes(1, value)) : bytes(6, bytes(1, entry(value)));
  }
  return decodeTraces(requestWith(IDS, bytes(9, entry(value))), "protobuf");
}

describe("a request", () => {
  // spec: OTLP-6
  test(`has at most ${MAX_SPANS} spans, rejected ones included`, () => {
    const spans = (good: number, bad: number) =>
      request(...times(good, (n) => ({ traceId: TRACE, spanId: id(n) })), ...times(bad, () => ({ traceId: TRACE })));
    expect(outcomes(spans(MAX_SPANS, 0))).toBe(`accepted ${MAX_SPANS}`);
    expect(outcomes(spans(MAX_SPANS + 1, 0))).toBe(`413 too large: more than ${MAX_SPANS} spans`);
    expect(outcomeOf(decodeJson(spans(1, MAX_SPANS - 1)))).toMatch(/^accepted 1, rejected 19999: /);
    expect(outcomes(spans(1, MAX_SPANS))).toBe(`413 too large: more than ${MAX_SPANS} spans`);
  });

  // spec: OTLP-5
  test(`has at most ${MAX_TRACES} traces`, () => {
    const traces = (count: number) => request(...times(count, (n) => ({ traceId: id(n).repeat(2), spanId: id(1) })));
    expect(outcomes(traces(MAX_TRACES))).toBe(`accepted ${MAX_TRACES}`);
    expect(outcomes(traces(MAX_TRACES + 1))).toBe(`413 too large: more than ${MAX_TRACES} traces`);
  });

  test(`in JSON has at most ${MAX_JSON_TOKENS} tokens, not counting strings`, () => {
    // `{ : [` and a comma before each number but the first.
    const tokens = (count: number) => `{"[,":[${"1,".repeat(count - 3)}1], "{{": "\\"::::"}`;
    expect(outcomeOf(decodeJson(tokens(MAX_JSON_TOKENS - 2)))).toBe("accepted 0");
    expect(outcomeOf(decodeJson(tokens(MAX_JSON_TOKENS - 1)))).toBe(
      `413 too large: more than ${MAX_JSON_TOKENS} tokens of JSON`,
    );
  });

  test(`has at most ${MAX_REQUEST_TEXT} characters of JSON in all spans and their repeated envelopes`, () => {
    const name = "x".repeat(MAX_REQUEST_TEXT / 8);
    const named = (count: number) => request(...times(count, (n) => span({ spanId: id(n), name })));
    expect(outcomeOf(decodeJson(named(7)))).toBe("accepted 7");
    expect(outcomeOf(decodeJson(named(8)))).toBe(
      `413 too large: more than ${MAX_REQUEST_TEXT} characters of JSON in all spans`,
    );
    const resource = { attributes: [{ key: "x".repeat(20_000), value: {} }] };
    const ofTraces = (count: number) => ({
      resourceSpans: [
        { resource, scopeSpans: [{ spans: times(count, (n) => ({ traceId: id(n).repeat(2), spanId: id(n) })) }] },
      ],
    });
    expect(outcomeOf(decodeJson(ofTraces(1_000)))).toBe("accepted 1000");
    expect(outcomeOf(decodeJson(ofTraces(1_300)))).toBe(
      `413 too large: more than ${MAX_REQUEST_TEXT} characters of JSON in all spans`,
    );
  });

  test(`a trace longer than ${MAX_GROUP_TEXT} characters is delivered in parts`, () => {
    const spans = times(5, (n) => span({ spanId: id(n), name: `${n}`.repeat(MAX_GROUP_TEXT / 3) }));
    const deliveries = deliveriesOf(decodeJson(request(span({ kind: "SERVER" }), ...spans)));
    const drawn = deliveries.map(({ traceId, receipt }) =>
      [traceId, receipt.spans, receipt.rejected?.spans ?? 0].join(" "),
    );
    expect(drawn).toEqual([`${TRACE} 2 0`, `${TRACE} 2 0`, `${TRACE} 1 1`]);
    const names = deliveries.flatMap(resourceSpansOf).flatMap((group: ResourceSpans) => group.scopeSpans ?? []);
    expect(names.flatMap(({ spans: list = [] }) => list.map(({ name }) => name?.[0])).join("")).toBe("12345");
  });

  test(`a reason has at most ${MAX_REASON} characters`, () => {
    const result = decodeJson(
      request(...times(3, () => span({ events: times(60, () => ({ name: {} })), kind: "x".repeat(9_000) }))),
    );
    expect(result.ok && result.value.rejected.reason?.length).toBeLessThanOrEqual(MAX_REASON);
    expect(outcomeOf(result)).toMatch(/ \(and 2 more\)$/);
  });
});

describe("a span", () => {
  test(`has at most ${MAX_SPAN_TEXT} characters of JSON without its large values`, () => {
    const around = canonicalText(decodeJson(request(span({ name: "" })))).length + '"name":"",'.length;
    const named = (length: number) => decodeJson(request(span({ name: "x".repeat(length) })));
    expect(outcomeOf(named(MAX_SPAN_TEXT - around))).toBe("accepted 1");
    expect(canonicalText(named(MAX_SPAN_TEXT - around))).toHaveLength(MAX_SPAN_TEXT);
    const refused = `accepted 0, rejected 1: resourceSpans[0].scopeSpans[0].spans[0]: more than ${MAX_SPAN_TEXT} characters without its large values`;
    expect(outcomeOf(named(MAX_SPAN_TEXT - around + 1))).toBe(refused);
    expect(outcomeOf(named(MAX_SPAN_TEXT * 2))).toBe(refused);
  });

  // spec: OTLP-18
  test(`has values of at most ${MAX_VALUE_DEPTH} levels`, () => {
    const past =
      /^accepted 0, rejected 1: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.attributes\[0\]….*: nested deeper than 100 levels$/;
    for (const form of ["arrayValue", "kvlistValue"] as const) {
      for (const read of [nestedJson, nestedProtobuf]) {
        expect(outcomeOf(read(MAX_VALUE_DEPTH, form))).toBe("accepted 1");
        expect(outcomeOf(read(MAX_VALUE_DEPTH + 1, form))).toMatch(past);
      }
      expect(canonicalText(nestedProtobuf(MAX_VALUE_DEPTH, form))).toBe(
        canonicalText(nestedJson(MAX_VALUE_DEPTH, form)),
      );
    }
  });

  test(`has at most ${MAX_VALUES} values in its attributes, all levels together`, () => {
    const values = (count: number) =>
      request(
        span({ attributes: [{ key: "k", value: { arrayValue: { values: times(count - 1, () => ({})) } } }] }),
        span({ spanId: id(7) }),
      );
    expect(outcomes(values(MAX_VALUES))).toBe("accepted 2");
    expect(outcomes(values(MAX_VALUES + 1))).toMatch(
      /^accepted 1, rejected 1: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\..*: more than 100000 attribute values$/,
    );
    const events = times(100, () => ({
      attributes: times(1_001, (n) => ({ key: `${n}`, value: { boolValue: true } })),
    }));
    expect(outcomes(request(span({ events })))).toMatch(
      /^accepted 0, rejected 1: .*: more than 100000 attribute values$/,
    );
  });

  // spec: OTLP-15
  test(`keeps ${MAX_ATTRIBUTES} attributes of itself, each event, link, resource and scope, and counts the others as dropped`, () => {
    const attributes = (count: number) => times(count, (n) => ({ key: `k${n}`, value: { intValue: String(n) } }));
    const drawn = (count: number, dropped: number) => {
      const holder = { attributes: attributes(count), droppedAttributesCount: dropped };
      const link = { traceId: TRACE, spanId: id(3), ...holder };
      const body = {
        resourceSpans: [
          {
            resource: holder,
            scopeSpans: [{ scope: holder, spans: [span({ ...holder, events: [holder], links: [link] })] }],
          },
        ],
      };
      const [fromJson, fromProtobuf] = [decodeJson(body), decodeTraces(libraryEncode(body), "protobuf")].map(
        (result) => {
          const [group] = deliveriesOf(result).flatMap(resourceSpansOf);
          const scoped = group?.scopeSpans?.[0];
          const [first] = scoped?.spans ?? [];
          const holders = [group?.resource, scoped?.scope, first, first?.events?.[0], first?.links?.[0]];
          return holders.map(
            (of) => `${of?.attributes?.length}+${of?.droppedAttributesCount ?? 0} ${of?.attributes?.at(-1)?.key}`,
          );
        },
      );
      expect(fromProtobuf).toEqual(fromJson);
      return [...new Set(fromJson)].join(" | ");
    };
    expect(drawn(MAX_ATTRIBUTES, 0)).toBe("1024+0 k1024");
    expect(drawn(MAX_ATTRIBUTES + 1, 0)).toBe("1024+1 k1024");
    expect(drawn(MAX_ATTRIBUTES + 10, 5)).toBe("1024+15 k1024");
    expect(drawn(MAX_ATTRIBUTES + 10, 2 ** 32 - 3)).toBe("1024+4294967295 k1024");
  });

  // spec: OTLP-15
  test(`keeps ${MAX_EVENTS} events and ${MAX_LINKS} links, and counts the others as dropped`, () => {
    const drawn = (count: number) => {
      const body = request(
        span({
          events: times(count, (n) => ({ name: `e${n}` })),
          links: times(count, (n) => ({ traceId: TRACE, spanId: id(n) })),
          droppedLinksCount: 2,
        }),
      );
      const lines = [decodeJson(body), decodeTraces(libraryEncode(body), "protobuf")].map((result) => {
        const [only] = spansOf(result);
        return `${only?.events?.length}+${only?.droppedEventsCount ?? 0} ${only?.links?.length}+${only?.droppedLinksCount ?? 0}`;
      });
      expect(lines[1]).toBe(lines[0]);
      return lines[0];
    };
    expect(MAX_EVENTS).toBe(MAX_LINKS);
    expect(drawn(MAX_EVENTS)).toBe("10000+0 10000+2");
    expect(drawn(MAX_EVENTS + 1)).toBe("10000+1 10000+3");
  });
});
