import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readMetrics } from "../../src/otlp/metrics-export.ts";
import { libraryDecode, libraryEncode } from "./oracle.ts";

const METRICS = "ExportMetricsServiceRequest";
const CAPTURED: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/metrics/claude-code-json-003.json", import.meta.url), "utf8"),
);

const point = { timeUnixNano: "1795262400000000001", asInt: "9007199254740993" };

function resource(service: string, points: number): unknown {
  const sum = { dataPoints: Array.from({ length: points }, () => point), aggregationTemporality: 2, isMonotonic: true };
  return {
    resource: {
      attributes: [
        { key: "service.name", value: { stringValue: service } },
        { key: "replica", value: { intValue: "7" } },
        { key: "spot", value: { boolValue: true } },
        { key: "list", value: { arrayValue: { values: [] } } },
      ],
    },
    scopeMetrics: [{ scope: { name: "meter" }, metrics: [{ name: "tokens", sum }] }],
  };
}

const REQUEST = { resourceMetrics: [resource("a", 2), resource("b", 3), resource("a", 1)] };
const json = (request: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(request));

describe.each([
  ["json", json, (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))],
  [
    "protobuf",
    (request: unknown) => libraryEncode(request, METRICS),
    (bytes: Uint8Array) => libraryDecode(bytes, METRICS),
  ],
] as const)("an export of metrics in %s", (encoding, encode, decode) => {
  function read(bytes: Uint8Array) {
    const outcome = readMetrics(bytes, encoding);
    if (!outcome.ok) throw new Error(outcome.error.reason);
    return outcome.value;
  }

  test("has its resources, with their data points", () => {
    const attributes = (service: string) => [
      { key: "service.name", value: { stringValue: service } },
      { key: "replica", value: { intValue: "7" } },
      { key: "spot", value: { boolValue: true } },
    ];
    expect(read(encode(REQUEST)).parts).toEqual([
      { attributes: attributes("a"), points: 2 },
      { attributes: attributes("b"), points: 3 },
      { attributes: attributes("a"), points: 1 },
    ]);
  });

  test("is cut between resources without a change in them, and is itself when it goes whole", () => {
    const bytes = encode(REQUEST);
    const { resourceMetrics } = REQUEST;
    expect(decode(read(bytes).pick([0, 2]))).toEqual(
      decode(encode({ resourceMetrics: [resourceMetrics[0], resourceMetrics[2]] })),
    );
    expect(read(bytes).pick([0, 1, 2])).toEqual(new Uint8Array(bytes));
  });

  test("as a real agent sends it", () => {
    const { parts } = read(encode(CAPTURED));
    expect(parts).toHaveLength(1);
    expect(parts[0]?.points).toBeGreaterThan(0);
    expect(parts[0]?.attributes).toContainEqual({ key: "service.name", value: { stringValue: "claude-code" } });
  });

  test("that is cut off is a fault", () => {
    expect(readMetrics(encode(REQUEST).subarray(0, -3), encoding)).toMatchObject({
      ok: false,
      error: { reason: encoding === "json" ? "malformed-json" : "malformed-protobuf" },
    });
  });
});
