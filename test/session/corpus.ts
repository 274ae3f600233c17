import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import type { Span } from "../../src/otel/span.ts";
import type { SpanFacts } from "../../src/facts/facts.ts";

const FOLDER = new URL("../fixtures/corpus/", import.meta.url);

/** What a payload must show, in the words of its attributes; `why` where that is not what the attributes say literally. */
export type Expected = {
  readonly producer: string;
  readonly scenario: string;
  readonly spans: number;
  readonly errors: number;
  /** How many spans name each session, as the span's best name. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly why?: string;
  readonly llm: readonly {
    readonly spanId: string;
    readonly name: string;
    readonly model?: string;
    readonly inputTokens?: number;
    readonly outputTokens?: number;
    readonly why?: string;
  }[];
  readonly tools: readonly {
    readonly spanId: string;
    readonly name: string;
    readonly tool: string;
    readonly input?: string;
    readonly output?: string;
    readonly why?: string;
  }[];
};

export const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(new URL("expected.json", FOLDER), "utf8"),
);

export type Read = { readonly span: Span; readonly facts: SpanFacts };

/** The spans of a captured request as the receiver takes them in, each with its facts. */
export function readPayload(file: string): readonly Read[] {
  const body = readFileSync(new URL(file, FOLDER));
  const bytes = file.endsWith(".gz") ? gunzipSync(body) : body;
  const decoded = decodeTraces(bytes, file.includes(".json") ? "json" : "protobuf");
  if (!decoded.ok) throw new Error(`${file}: ${JSON.stringify(decoded.error)}`);
  return decoded.value.groups.flatMap(({ resources }) =>
    resources.flatMap(({ scopes }) =>
      scopes.flatMap(({ items }) => items.map(({ text, facts }) => ({ span: JSON.parse(text), facts }))),
    ),
  );
}
