import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import type { ResourceSpans } from "../../src/otel/span.ts";
import { deliveriesOf, resourceSpansOf } from "./requests.ts";

const CORPUS = new URL("../fixtures/corpus/", import.meta.url);
const GOLDEN = new URL("golden/", CORPUS);
const SUFFIX = ".golden.json.gz";
const PAYLOADS = readdirSync(GOLDEN).map((file) => file.slice(0, -SUFFIX.length));

/** Logfire's pending copies of spans that end in the same request: the ended spans supersede them at once. */
const SUPERSEDED: Readonly<Record<string, readonly string[]>> = {
  "logfire-002.pb": ["1a39583b28283fb2", "c9d62d3e4c625a44"],
};

function readRequest(payload: string): ReturnType<typeof decodeTraces> {
  const stored = readFileSync(new URL(payload, CORPUS));
  const bytes = payload.endsWith(".gz") ? gunzipSync(stored) : stored;
  return decodeTraces(bytes, payload.includes(".json") ? "json" : "protobuf");
}

function readGolden(payload: string): ResourceSpans[] {
  return JSON.parse(gunzipSync(readFileSync(new URL(payload + SUFFIX, GOLDEN))).toString()).resourceSpans;
}

/** One line for each span: its whole text and its envelope. The Collector writes empty messages; we omit them. */
function lines(groups: readonly ResourceSpans[]): string[] {
  return groups.flatMap(({ resource, scopeSpans = [], schemaUrl = "" }) =>
    scopeSpans.flatMap(({ scope, spans = [], schemaUrl: ofScope = "" }) =>
      spans.map((span) => {
        const { status, ...rest } = span;
        const whole = status === undefined || Object.keys(status).length === 0 ? rest : span;
        const around = [JSON.stringify(resource ?? {}), schemaUrl, JSON.stringify(scope ?? {}), ofScope];
        return `${span.traceId} ${span.spanId} ${JSON.stringify(whole)} in ${around.join(" ")}`;
      }),
    ),
  );
}

describe("the canonical form is the OpenTelemetry Collector's, byte for byte", () => {
  test.each(PAYLOADS)("%s", (payload) => {
    const ours = lines(deliveriesOf(readRequest(payload)).flatMap(resourceSpansOf));
    const theirs = lines(readGolden(payload)).filter(
      (line) => !SUPERSEDED[payload]?.includes(line.split(" ")[1] ?? ""),
    );
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });
});

describe("one session exported in both encodings", () => {
  // Two runs of one program: only ids and times may differ.
  test.each([
    ["otel-js-json-001.json", "otel-js-proto-001.pb"],
    ["claude-code-json-001.json", "claude-code-proto-001.pb"],
  ])("%s and %s name the same fields", (json, protobuf) => {
    const fieldsOf = (payload: string) =>
      deliveriesOf(readRequest(payload))
        .flatMap(resourceSpansOf)
        .flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans))
        .map((span) => `${span.name}: ${Object.keys(span).join(" ")}`)
        .toSorted();
    expect(fieldsOf(json)).toEqual(fieldsOf(protobuf));
  });
});
