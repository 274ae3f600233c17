import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  REMOVED,
  structureOf,
  structureOfLogs,
  structureOfRecord,
  structureOfSpans,
} from "../../src/content/structure.ts";
import type { Content } from "../../src/content/content-value.ts";
import { SIGNAL_TEXT } from "../../src/content/signals.ts";
import { readContent } from "../../src/facts/span-content.ts";
import { deriveRecordFacts } from "../../src/logs/record-facts.ts";
import type { LogRecord } from "../../src/otel/log-record.ts";
import { isContentKey } from "../../src/otel/semconv/structure.ts";
import type { AnyValue, Span } from "../../src/otel/span.ts";
import { dialect } from "../facts/dialect.ts";
import { attributesOf, factsOfSpan, spanOf } from "../facts/span-of.ts";
import { capturedRecords, untraced } from "../logs/captured-records.ts";
import { EXPECTED, readPayload } from "../session/corpus.ts";
import { CONTENT_KEYS } from "./content-keys.ts";
import { semconvKeys } from "./semconv-keys.ts";

/** Prose of two lines: no name of anything. */
const CANARY = "CANARY: my card ends in 4242\nplease tell no one";

/** The canary in every form of a value. */
const FORMS: readonly AnyValue[] = [
  { stringValue: CANARY },
  { stringValue: JSON.stringify({ usage: { [CANARY]: 1, inputTokens: CANARY }, total: CANARY, [CANARY]: 2 }) },
  { stringValue: JSON.stringify([CANARY]) },
  { bytesValue: btoa(CANARY) },
  { arrayValue: { values: [{ stringValue: "a name" }, { stringValue: CANARY }] } },
  { arrayValue: { values: [{ kvlistValue: { values: [{ key: CANARY, value: { stringValue: CANARY } }] } }] } },
  { kvlistValue: { values: [{ key: "content", value: { stringValue: CANARY } }] } },
  { kvlistValue: { values: [{ key: CANARY, value: { intValue: "1" } }] } },
  { stringValue: "CANARY", offloaded: { hash: "ab", bytes: 9_000, prompt: "CANARY" } },
  { arrayValue: { values: [{ stringValue: "CANARY", offloaded: { hash: "ab", bytes: 9_000 } }] } },
];

const KEYS = [
  ...semconvKeys(),
  "CANARY: a key of its own",
  "some.unknown.key",
  "tool.arguments.card",
  "gen_ai.request.stop_sequences",
  "http.request.header.authorization",
  "process.command_line",
  "k8s.pod.annotation.note",
];

const carries = (of: unknown): boolean => /CANARY|Q0FOQVJZ/.test(JSON.stringify(of));

describe("a span without contents", () => {
  // spec: CONTENT-2
  test.each(FORMS.map((value) => [JSON.stringify(value).slice(0, 60), value] as const))(
    "has no canary under any key of any dialect: %s",
    (_, value) => {
      for (const key of KEYS) {
        const attributes = [{ key, value }];
        const event = { timeUnixNano: "5", name: CANARY, attributes };
        const link = { traceId: "ab", spanId: "cd", attributes };
        const status = { message: CANARY, code: 2 };
        const span = spanOf("llm.call", {}, { attributes, events: [event], links: [link], status });
        expect(carries(span), key).toBe(true);
        expect(carries(structureOf(span)), key).toBe(false);
        const record: LogRecord = { timeUnixNano: "5", body: value, attributes, eventName: CANARY };
        expect(carries(structureOfRecord(record)), key).toBe(false);
        const resource = { attributes };
        const scope = { name: "a.scope", attributes };
        expect(carries(structureOfSpans([{ resource, scopeSpans: [{ scope, spans: [span] }] }])), key).toBe(false);
        expect(carries(structureOfLogs([{ resource, scopeLogs: [{ scope, logRecords: [record] }] }])), key).toBe(false);
      }
    },
  );

  // spec: CONTENT-1
  test.each(KEYS.filter(isContentKey))("has no attribute %s, whatever its value", (key) => {
    for (const value of [{ stringValue: "CANARY" }, { intValue: "4242" }, { boolValue: true }, { doubleValue: 42.42 }])
      expect(structureOf(spanOf("tool.pay", {}, { attributes: [{ key, value }] })).attributes).toEqual([]);
  });

  test("has the signals of its contents, and nothing else of them", () => {
    const attributes = {
      "gen_ai.tool.call.result": '{"content":[{"type":"text","text":"CANARY"}],"isError":true}',
      "output.value": '{"messages":["CANARY"],"__interrupt__":[{"value":"CANARY"}]}',
      "input.value": '{"input":"Command(resume=\'CANARY\')"}',
    };
    expect(structureOf(spanOf("tool.pay", attributes)).attributes).toEqual(
      attributesOf({
        "gen_ai.tool.call.result": '{"isError":true}',
        "output.value": '{"status":"suspended"}',
        "input.value": '{"__resume__":null}',
      }),
    );
  });

  // spec: CONTENT-1
  test("these keys of semconv are contents; a new key has to be decided", () => {
    expect(semconvKeys().filter(isContentKey)).toEqual(CONTENT_KEYS);
  });

  // spec: CONTENT-3
  test("ids, times, kinds, names, counts and costs stay, in the canonical order", () => {
    const structural = {
      "ark.session.id": "chat-7",
      "user.id": "u-1",
      "openinference.span.kind": "LLM",
      "gen_ai.agent.name": "Ada the planner",
      "gen_ai.tool.name": "search_web",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.cost": 0.25,
      "exception.type": "ValueError",
      "http.route": "/users/:id",
      "langfuse.observation.usage_details": '{"input":3,"output":4}',
      "lmnr.span.path": '["root","llm call"]',
      "a2a.task.state": "input-required",
    };
    const events = [
      { timeUnixNano: "5", name: "exception", attributes: attributesOf({ "exception.type": "OSError" }) },
    ];
    const span = spanOf("llm.call", structural, { kind: 3, traceState: "a=b", events, status: { code: 2 } });
    expect(JSON.stringify(structureOf(span))).toBe(JSON.stringify(span));
  });

  test("an error's text leaves only the word that tells control flow and cancellation from an error", () => {
    const messageOf = (message: string) =>
      structureOf(spanOf("tool.x", { "exception.message": message }, { status: { message, code: 2 } }));
    const texts = (span: Span) => [span.status, span.attributes?.[0]?.value?.stringValue];
    expect(texts(messageOf("no card 4242"))).toEqual([{ code: 2 }, REMOVED]);
    expect(texts(messageOf("TerminateTeam: card 4242"))).toEqual([
      { message: "TerminateTeam", code: 2 },
      "TerminateTeam",
    ]);
    expect(texts(messageOf("card 4242: context canceled"))).toEqual([{ message: "canceled", code: 2 }, "canceled"]);
  });
});

/** Facts apart from contents, and from the size and hash of the bytes. */
function structureOfFacts(span: Span): unknown {
  const {
    prompt: _,
    promptGuessed: _____,
    failure: __,
    size: ___,
    hash: ____,
    inputRequest,
    ...facts
  } = factsOfSpan(span);
  return { ...facts, inputRequest: inputRequest === undefined ? undefined : { ...inputRequest, question: "" } };
}

const FOLDERS = ["dialects", "asking"] as const;
const FIXTURES = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(`../fixtures/${folder}`, import.meta.url))
    .filter((file) => file.endsWith(".json"))
    .map((file) => [folder, file.slice(0, -".json".length)] as const),
);

const SIGNALS: readonly string[] = Object.values(SIGNAL_TEXT);
const withoutSignal = (content: Content | undefined): Content | undefined =>
  content?.kind === "json" && SIGNALS.includes(content.text) ? undefined : content;

describe("captured spans without contents", () => {
  const check = (span: Span) => {
    const structure = structureOf(span);
    expect(structureOfFacts(structure)).toEqual(structureOfFacts(span));
    const { exception, ...content } = readContent(structure);
    const [input, output] = [content.input, content.output].map(withoutSignal);
    expect([input, exception?.stacktrace]).toEqual([undefined, undefined]);
    // Of Genkit's answers the usage stays.
    if (output !== undefined)
      expect(Object.keys(output.kind === "json" ? (output.value as object) : {})).toEqual(["usage"]);
    const { prompt } = factsOfSpan(span);
    if (prompt !== undefined && prompt.includes(" ")) expect(JSON.stringify(structure)).not.toContain(prompt);
  };

  // spec: CONTENT-4
  test.each(Object.keys(EXPECTED))("have equal facts: %s", (file) => {
    for (const { span } of readPayload(file)) check(span);
  });

  test.each(FIXTURES)("have equal facts: %s/%s", (folder, name) => {
    for (const { scopeSpans = [] } of dialect(name, folder).flat())
      for (const { spans = [] } of scopeSpans) spans.forEach(check);
  });
});

describe("captured log records without contents", () => {
  test.each(["claude-code-json-002", "codex-json-003", "deno-json-002", "mastra-json-002"])(
    "have equal derived spans apart from contents and ids: %s",
    (file) => {
      for (const { record } of capturedRecords(file).flatMap((captured) => [captured, untraced(captured)])) {
        const [structure, whole] = [structureOfRecord(record), record].map((one) =>
          deriveRecordFacts(one, JSON.stringify(one), undefined, undefined).spans.map(
            ({ prompt: _, promptGuessed: ______, failure: __, size: ___, hash: ____, spanId: _____, ...facts }) =>
              facts,
          ),
        );
        expect(structure).toEqual(whole);
      }
    },
  );
});
