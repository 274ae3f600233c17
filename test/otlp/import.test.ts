import { describe, expect, test } from "vitest";
import { decodePieces } from "../../src/otlp/import/decode-pieces.ts";
import { MAX_AROUND } from "../../src/otlp/import/halves.ts";
import { FileFault, JsonPieces } from "../../src/otlp/import/json-pieces.ts";
import { resourceSpansOfJaeger } from "../../src/otlp/import/jaeger.ts";
import type { Piece } from "../../src/otlp/import/open-element.ts";
import { law } from "../law.ts";
import { Random } from "../session/seeded-random.ts";

const encoder = new TextEncoder();

/** The pieces of a text that arrives in chunks of these sizes. */
function piecesOf(text: string, sizes: () => number = () => 64_000): Piece[] {
  const bytes = encoder.encode(text);
  const pieces = new JsonPieces();
  const found: Piece[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes();
    found.push(...pieces.push(bytes.slice(at, at + size)));
    at += size;
  }
  pieces.end();
  return found;
}

const words = (pieces: readonly Piece[]) =>
  pieces.map(({ kind, bytes, line, position }) => [kind, new TextDecoder().decode(bytes), line, position]);

function faultOf(text: string): string {
  try {
    const pieces = piecesOf(text);
    for (const piece of pieces) Array.from(decodePieces([piece]));
    return "none";
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return `${error.message} (${error.line}, ${error.position})`;
  }
}

const span = (n: number, more: object = {}) => ({
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: n.toString(16).padStart(16, "0"),
  name: `step ${n}`,
  ...more,
});

describe("a file is cut into the elements of its lists", () => {
  test("for one document or one document per line, with any other content", () => {
    const text =
      '{"a":[1,{"data":[{}]}],"resourceSpans": [ {"x":"]}\\"{"} ,{}],"b":null}\n\n{"resourceLogs":[{"y":[[]]}]}\n';
    expect(words(piecesOf(text))).toEqual([
      ["resourceSpans", '{"x":"]}\\"{"}', 1, 42],
      ["resourceSpans", "{}", 1, 57],
      ["resourceLogs", '{"y":[[]]}', 3, 89],
    ]);
  });

  test("with limits on brackets", () => {
    expect(faultOf(`{"x":${"[".repeat(20_000)}`)).toBe("more than 10000 levels of brackets (1, 10004)");
    const tags = `[${"[],".repeat(2_100_000)}[]]`;
    expect(faultOf(`{"data":[{"spans":[{"tags":${tags}}]}]}`)).toBe(
      "more than 4000000 brackets, colons and commas that can't be split (1, 9)",
    );
    expect(faultOf(`{"x":${"[".repeat(9_000)}${"]".repeat(9_000)},"data":[]}`)).toBe("none");
  });

  test("each in memory of its own length: a file may hold very many small elements", () => {
    const pieces = piecesOf(`{"resourceSpans":[${"{},".repeat(1_000)}{}]}`);
    expect(pieces).toHaveLength(1_001);
    expect(pieces.reduce((sum, { bytes }) => sum + bytes.buffer.byteLength, 0)).toBe(2 * 1_001);
  });

  law("for any sizes of arriving chunks", [8601, 8602, 8603], (seed) => {
    const random = new Random(seed);
    const lines = Array.from({ length: 20 }, (_, n) =>
      JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans: [span(n, { name: 'ü "\\ ]}{[' })] }] }, {}],
        z: ["resourceSpans"],
      }),
    );
    const text = `\ufeff${lines.join("\r\n")}`;
    expect(words(piecesOf(text, () => 1 + random.below(40)))).toEqual(words(piecesOf(text)));
    expect(piecesOf(text)).toHaveLength(40);
  });

  test("metrics are counted and skipped", () => {
    const pieces = new JsonPieces();
    expect(
      Array.from(pieces.push(encoder.encode('{"resourceMetrics":[{"a":[{}]},{}]}\n{"resourceSpans":[]}'))),
    ).toEqual([]);
    pieces.end();
    expect(pieces.metrics).toBe(1);
  });

  test("an element of very many spans is cut between them, and each piece repeats its resource and scope", () => {
    const scopes = [1, 2].map((scope) => ({
      scope: { name: `scope ${scope}` },
      spans: Array.from({ length: 20_000 }, (_, n) => span(scope * 100_000 + n)),
    }));
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "big" } }] };
    const pieces = piecesOf(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: scopes, schemaUrl: "s" }] }));
    expect(pieces.length).toBeGreaterThan(2);
    const seen: string[] = [];
    for (const piece of pieces) {
      const element = JSON.parse(new TextDecoder().decode(piece.bytes)) as {
        resource: unknown;
        scopeSpans: typeof scopes;
      };
      expect(element.resource).toEqual(resource);
      for (const { scope, spans } of element.scopeSpans)
        for (const { spanId } of spans) seen.push(`${scope.name} ${spanId}`);
    }
    expect(seen).toEqual(scopes.flatMap(({ scope, spans }) => spans.map(({ spanId }) => `${scope.name} ${spanId}`)));
  });

  test("unless the resource follows the spans", () => {
    const spans = Array.from({ length: 20_000 }, (_, n) => span(n));
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }], resource: {} }] });
    expect(faultOf(text)).toMatch(/^resource comes after so many spans that it can't be applied to them/);
  });

  describe("each piece repeats at most 1 MiB of text around the spans", () => {
    const HEAD = '{"resource":{"attributes":[{"key":"a","value":{"stringValue":"';
    const TAIL = '"}}]},"scopeSpans":[{"spans":[';
    const element = (around: number, spans: string) =>
      `{"resourceSpans":[${HEAD}${"v".repeat(around - HEAD.length - TAIL.length)}${TAIL}${spans}]}]}]}`;
    const traces = Array.from({ length: 2_001 }, (_, n) =>
      JSON.stringify({ ...span(1), traceId: (n + 1).toString(16).padStart(32, "0") }),
    ).join(",");

    test("when an element is cut while it arrives", () => {
      const spans = Array.from({ length: 15_001 }, () => "{}").join(",");
      expect(piecesOf(element(MAX_AROUND, spans))).toHaveLength(2);
      expect(() => piecesOf(element(MAX_AROUND + 1, spans))).toThrow(
        "more than 1048576 bytes around spans that can't be split",
      );
      expect(piecesOf(element(MAX_AROUND + 1, "{},{}"))).toHaveLength(1);
    });

    test("when an element is halved", () => {
      // Halving adds three more bytes of brackets and commas.
      const fault = (around: number) => faultOf(element(around, traces));
      expect(fault(MAX_AROUND - 3)).toBe("none");
      expect(fault(MAX_AROUND - 2)).toBe("resourceSpans[0]: too large: more than 2000 traces (1, 18)");
    });
  });

  test("an element of more traces than a request may have is halved", () => {
    const spans = Array.from({ length: 5_000 }, (_, n) => ({
      ...span(n + 1),
      traceId: (n + 1).toString(16).padStart(32, "0"),
    }));
    const decoded = piecesOf(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).flatMap((piece) =>
      Array.from(decodePieces([piece])),
    );
    expect(decoded.length).toBeGreaterThan(2);
    expect(decoded.reduce((sum, part) => sum + part.spans, 0)).toBe(5_000);
  });
});

describe("a fault in a file is reported with its line and byte", () => {
  test.each([
    ["", "the file is empty (1, 0)"],
    ["hello", "expected an object here, OTLP/JSON (resourceSpans, resourceLogs) or Jaeger's JSON (data) (1, 0)"],
    ["[]", "expected an object here, OTLP/JSON (resourceSpans, resourceLogs) or Jaeger's JSON (data) (1, 0)"],
    ["{}", "neither OTLP/JSON (resourceSpans, resourceLogs) nor Jaeger's JSON (data) (1, 1)"],
    ['{"resourceSpans":{}}', "resourceSpans must be a list (1, 17)"],
    ['{"resourceSpans":[1]}', "resourceSpans: expected an object here (1, 18)"],
    ['{"resourceSpans":[{}{}]}', 'resourceSpans: expected "," or "]" here (1, 20)'],
    ['{"resourceSpans":[]\n]', 'unexpected "]" (2, 20)'],
    ['{"resourceSpans":[]}\n{"resourceSpans":[{', "the file ends too soon (2, 40)"],
    ['{"resourceSpans":[\n{},\n{"scopeSpans":\n nope}]}', 'resourceSpans[1]: malformed JSON: unexpected "n" (4, 39)'],
    ['{"resourceSpans":[{},{"scopeSpans":7}]}', "resourceSpans[1].scopeSpans: expected an array, got 7 (1, 21)"],
    ['{"data":[{"traceID":"1"}]}', "data[0]: a trace must have a list of spans (1, 9)"],
    ['{"data":[{"spans":[}]}', 'unexpected "}" (1, 19)'],
    ['{"data":[{"spans":[,]}]}', 'data[0]: malformed JSON: unexpected "," (1, 19)'],
  ])("%j", (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });
});

describe("a Jaeger trace", () => {
  const trace = {
    traceID: "69b633813fc60c",
    spans: [
      {
        traceID: "69b633813fc60c",
        spanID: "a1",
        operationName: "GET /",
        references: [
          { refType: "FOLLOWS_FROM", traceID: "77", spanID: "b9" },
          { refType: "CHILD_OF", traceID: "69b633813fc60c", spanID: "b2" },
        ],
        startTime: 1_528_226_417_451_000,
        duration: 1_500,
        tags: [
          { key: "span.kind", type: "string", value: "server" },
          { key: "error", type: "bool", value: true },
          { key: "otel.status_description", type: "string", value: "it broke" },
          { key: "otel.scope.name", type: "string", value: "http" },
          { key: "gen_ai.usage.input_tokens", type: "int64", value: 12 },
          { key: "ratio", type: "float64", value: 0.5 },
          { key: "cached", type: "bool", value: false },
          { key: "raw", type: "binary", value: "aGk=" },
        ],
        logs: [
          {
            timestamp: 1_528_226_417_451_500,
            fields: [
              { key: "event", type: "string", value: "exception" },
              { key: "exception.message", type: "string", value: "no" },
            ],
          },
        ],
        processID: "p1",
        warnings: ["clock skew"],
      },
      {
        traceID: "69b633813fc60c",
        spanID: "b2",
        operationName: "root",
        startTime: 1,
        duration: 0,
        tags: [],
        processID: "p2",
      },
      {
        traceID: "69b633813fc60c",
        spanID: "c3",
        references: [{ refType: "FOLLOWS_FROM", spanID: "b2" }],
        processID: "p2",
      },
    ],
    processes: {
      p1: { serviceName: "front", tags: [{ key: "host.name", type: "string", value: "h" }] },
      p2: { serviceName: "back" },
    },
  };
  const attribute = (key: string, value: object) => ({ key, value });
  const traceId = "69b633813fc60c".padStart(32, "0");

  test("becomes OTLP: kinds, parents, links, status, events, types, resources, scopes", () => {
    const [front, back] = resourceSpansOfJaeger(trace, 10);
    expect(front).toEqual({
      resource: {
        attributes: [attribute("service.name", { stringValue: "front" }), attribute("host.name", { stringValue: "h" })],
      },
      scopeSpans: [
        {
          scope: { name: "http" },
          spans: [
            {
              traceId,
              spanId: "00000000000000a1",
              parentSpanId: "00000000000000b2",
              name: "GET /",
              kind: 2,
              startTimeUnixNano: "1528226417451000000",
              endTimeUnixNano: "1528226417452500000",
              attributes: [
                attribute("gen_ai.usage.input_tokens", { intValue: "12" }),
                attribute("ratio", { doubleValue: 0.5 }),
                attribute("cached", { boolValue: false }),
                attribute("raw", { bytesValue: "aGk=" }),
                attribute("jaeger.warnings", { arrayValue: { values: [{ stringValue: "clock skew" }] } }),
              ],
              events: [
                {
                  timeUnixNano: "1528226417451500000",
                  name: "exception",
                  attributes: [attribute("exception.message", { stringValue: "no" })],
                },
              ],
              links: [
                {
                  traceId: "77".padStart(32, "0"),
                  spanId: "00000000000000b9",
                  attributes: [attribute("opentracing.ref_type", { stringValue: "follows_from" })],
                },
              ],
              status: { message: "it broke", code: 2 },
            },
          ],
        },
      ],
    });
    const spans = back?.scopeSpans?.[0]?.spans ?? [];
    expect(
      spans.map(({ spanId, parentSpanId, endTimeUnixNano }) => [
        spanId?.slice(-2),
        parentSpanId?.slice(-2),
        endTimeUnixNano,
      ]),
    ).toEqual([
      ["b2", undefined, "1000"],
      ["c3", "b2", "0"],
    ]);
  });

  test.each([
    [[["otel.status_code", "OK"]], { code: 1 }],
    [[["otel.status_code", "ERROR"]], { code: 2 }],
    [[["error", "true"]], { code: 2 }],
    [[["error", "false"]], undefined],
    [
      [
        ["otel.status_code", "OK"],
        ["error", "true"],
      ],
      { code: 1 },
    ],
  ])("with the tags %j has the status %j", (tags, status) => {
    const spans = [{ traceID: "1", spanID: "1", tags: tags.map(([key, value]) => ({ key, type: "string", value })) }];
    const [found] = resourceSpansOfJaeger({ spans }, 1);
    expect(found?.scopeSpans?.[0]?.spans?.[0]?.status).toEqual(status);
  });

  test("repeats the tags of a process once per resource, not per scope", () => {
    const scoped = (n: number) => ({
      processID: n % 2 === 0 ? "p" : ["p"],
      tags: [{ key: "otel.scope.name", value: `scope ${n}` }],
    });
    const file = { spans: Array.from({ length: 250 }, (_, n) => scoped(n)), processes: { p: { serviceName: "one" } } };
    const resources = Array.from(resourceSpansOfJaeger(file, 100));
    expect(resources.map(({ scopeSpans }) => scopeSpans?.length)).toEqual([100, 100, 50]);
    expect(new Set(resources.map(({ resource }) => resource?.attributes)).size).toBe(1);
  });

  test("is decoded like any export, without rounding large integers", () => {
    const text = JSON.stringify({ data: [trace] }).replace('"value":12', '"value":9007199254740993');
    const [decoded] = piecesOf(text).flatMap((piece) => Array.from(decodePieces([piece])));
    expect([decoded?.spans, decoded?.rejected.count]).toEqual([3, 0]);
    expect(decoded?.groups[0]?.resources[0]?.scopes[0]?.items[0]?.text).toContain('{"intValue":"9007199254740993"}');
  });
});
