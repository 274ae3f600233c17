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
    expect(semconvKeys().filter(isContentKey)).toEqual([
      "a2a.status.message",
      "a2a.task.status.message",
      "ag2.code_execution.output",
      "ag2.human_input.prompt",
      "ag2.human_input.response",
      "agentops.entity.input",
      "agentops.entity.output",
      "ai.prompt",
      "ai.prompt.messages",
      "ai.prompt.toolChoice",
      "ai.prompt.tools",
      "ai.response.object",
      "ai.response.reasoning",
      "ai.response.text",
      "ai.response.toolCalls",
      "ai.result.object",
      "ai.result.text",
      "ai.result.toolCalls",
      "ai.settings.0.message.content",
      "ai.toolCall.args",
      "ai.toolCall.result",
      "ai.value",
      "ai.values",
      "all_messages_events",
      "anthropic.tool_result.content",
      "approval.message",
      "approval.prompt",
      "arguments",
      "braintrust.input",
      "braintrust.input_json",
      "braintrust.output",
      "braintrust.output_json",
      "code.function.parameters.0.message.content",
      "code.function.return.value",
      "content",
      "copilot_chat.user_request",
      "crew_inputs",
      "crew_tasks",
      "crewai.agent.result",
      "crewai.crew.result",
      "crewai.task.description",
      "crewai.task.result",
      "db.query.text",
      "db.statement",
      "db.vector.query.content",
      "db.vector.query.response.documents",
      "elicitation.message",
      "embedding.embeddings.0.message.content",
      "endpoint",
      "event",
      "events",
      "exception.stacktrace",
      "final_result",
      "full_command",
      "function_args",
      "gcp.vertex.agent.llm_request",
      "gcp.vertex.agent.llm_response",
      "gcp.vertex.agent.tool_call_args",
      "gcp.vertex.agent.tool_response",
      "gen_ai.agent.invocation_input",
      "gen_ai.agent.invocation_output",
      "gen_ai.agent.tools",
      "gen_ai.completion",
      "gen_ai.completion.0.message.content",
      "gen_ai.content.completion",
      "gen_ai.content.prompt",
      "gen_ai.event.content",
      "gen_ai.input.messages",
      "gen_ai.openai.request.0.message.content",
      "gen_ai.output.messages",
      "gen_ai.prompt",
      "gen_ai.prompt.0.message.content",
      "gen_ai.response.text",
      "gen_ai.response.tool_calls",
      "gen_ai.retrieval.documents",
      "gen_ai.retrieval.query.text",
      "gen_ai.system_instructions",
      "gen_ai.task.input",
      "gen_ai.task.output",
      "gen_ai.tool.call.arguments",
      "gen_ai.tool.call.result",
      "gen_ai.tool.definitions",
      "gen_ai.tool.input",
      "gen_ai.tool.output",
      "genkit:input",
      "haystack.agent.input",
      "haystack.agent.output",
      "haystack.agent.step.llm.input",
      "haystack.agent.step.tool.input",
      "haystack.agent.step.tool.output",
      "haystack.component.input",
      "haystack.component.output",
      "haystack.pipeline.input_data",
      "haystack.pipeline.output_data",
      "http.target",
      "http.url",
      "input",
      "input.images",
      "input.value",
      "inputs",
      "jaeger.warnings",
      "langfuse.observation.input",
      "langfuse.observation.model.parameters",
      "langfuse.observation.output",
      "langfuse.trace.input",
      "langfuse.trace.output",
      "langwatch.input",
      "langwatch.output",
      "lk.chat_ctx",
      "lk.function_tool.arguments",
      "lk.function_tool.output",
      "lk.function_tools",
      "lk.input_text",
      "lk.pii.chat_ctx",
      "lk.pii.function_tool.arguments",
      "lk.pii.function_tool.output",
      "lk.pii.input_text",
      "lk.pii.response.function_calls",
      "lk.pii.response.text",
      "lk.pii.user_input",
      "lk.pii.user_transcript",
      "lk.response.function_calls",
      "lk.response.text",
      "lk.user_input",
      "lk.user_transcript",
      "llm.chat.stop_sequences",
      "llm.choices.0.message.content",
      "llm.input_messages.0.message.content",
      "llm.invocation_parameters",
      "llm.output_messages.0.message.content",
      "llm.prompts.0.message.content",
      "llm.request.functions.0.message.content",
      "llm.tools.0.message.content",
      "lmnr.span.input",
      "lmnr.span.output",
      "logfire.msg",
      "mastra.agent_run.input",
      "mastra.agent_run.output",
      "mastra.model_chunk.output",
      "mastra.model_generation.input",
      "mastra.model_generation.output",
      "mastra.model_generation.parameters",
      "mastra.model_parameters",
      "mastra.model_step.input",
      "mastra.model_step.output",
      "mastra.tool_call.input",
      "mastra.tool_call.output",
      "mastra.workflow_run.input",
      "mastra.workflow_run.output",
      "mastra.workflow_step.input",
      "mastra.workflow_step.output",
      "mcp.elicitation.message",
      "mcp.request.argument",
      "mcp.response.value",
      "message",
      "messages",
      "messages.input",
      "messages.output",
      "mlflow.chat.tools",
      "mlflow.spanInputs",
      "mlflow.spanOutputs",
      "model_request_parameters",
      "n8n.node.input",
      "n8n.node.input_json",
      "n8n.node.output",
      "n8n.node.output_json",
      "otel.status_description",
      "output",
      "output.value",
      "prompt",
      "pydantic_ai.all_messages",
      "pydantic_ai.tool.deferral.metadata",
      "query.input",
      "query.output",
      "query.parameters",
      "question",
      "raw_input",
      "request_data",
      "request_text",
      "reranker.input_documents.0.message.content",
      "reranker.output_documents.0.message.content",
      "reranker.query",
      "response",
      "response_data",
      "response_text",
      "retrieval.document",
      "retrieval.documents.0.message.content",
      "retrieval.query",
      "spring.ai.chat.client.tool.names",
      "spring.ai.chat.client.user.text",
      "spring.ai.tool.call.arguments",
      "spring.ai.tool.call.result",
      "tool.approval.message",
      "tool.input",
      "tool.output",
      "tool.parameters",
      "tool.result",
      "tool_arguments",
      "tool_definitions",
      "tool_input",
      "tool_output",
      "tool_parameters",
      "tool_response",
      "traceloop.entity.input",
      "traceloop.entity.output",
      "traceroot.span.input",
      "traceroot.span.output",
      "turn.output",
      "url.full",
      "url.path",
      "user_prompt",
      "w3c.tracestate",
    ]);
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
