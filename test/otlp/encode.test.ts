import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeTraces } from "../../src/otlp/protobuf/encode.ts";
import type { ResourceSpans, Span } from "../../src/otel/span.ts";
import { libraryDecode, libraryEncode } from "./oracle.ts";
import { newSeed, randomFrom } from "./random.ts";
import { randomRequest } from "./random-request.ts";
import { decodeJson, deliveriesOf, resourceSpansOf, span } from "./requests.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const PROTOBUF = readdirSync(CORPUS).filter((file) => file.includes(".pb"));

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

describe("our encoder and a library write the same bytes", () => {
  test.each(PROTOBUF)("%s", (file) => {
    const stored = readFileSync(new URL(file, CORPUS));
    const bytes = file.endsWith(".gz") ? gunzipSync(stored) : stored;
    for (const delivery of deliveriesOf(decodeTraces(bytes, "protobuf"))) {
      const resourceSpans = resourceSpansOf(delivery);
      expect(hex(encodeTraces(resourceSpans))).toBe(hex(libraryEncode({ resourceSpans })));
    }
  });

  test("any request that the specification allows", () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    for (let round = 0; round < 400; round++) {
      for (const delivery of deliveriesOf(decodeJson(randomRequest(random)))) {
        const resourceSpans = resourceSpansOf(delivery);
        const text = `SEED=${seed}, round ${round}: ${JSON.stringify(resourceSpans)}`;
        expect(hex(encodeTraces(resourceSpans)), text).toBe(hex(libraryEncode({ resourceSpans })));
      }
    }
  });
});

function read(...spans: Partial<Span>[]): unknown {
  const written: ResourceSpans = { scopeSpans: [{ spans: spans.map((fields) => span(fields) as unknown as Span) }] };
  return libraryDecode(encodeTraces([written]));
}

describe("the library reads what we write", () => {
  test("values with the default of their type are values", () => {
    const values = [
      { stringValue: "" },
      { boolValue: false },
      { intValue: "0" },
      { intValue: "-9223372036854775808" },
      { doubleValue: 0 },
      { doubleValue: "NaN" as const },
      { arrayValue: {} },
      { kvlistValue: {} },
      { bytesValue: "" },
      {},
    ];
    const attributes = values.map((value, at) => ({ key: `k${at}`, value }));
    expect(read({ attributes })).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }],
    });
  });

  test("a text far longer than the writer's first buffer", () => {
    const attributes = [{ key: "long", value: { stringValue: "日本".repeat(50_000) } }];
    expect(read({ attributes }, { name: "after" })).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }, { name: "after" }] }] }],
    });
  });
});
