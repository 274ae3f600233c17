import { describe, expect, test } from "vitest";

import { readModelRequest } from "../../src/facts/model-request.ts";
import { attributesOf, spanOf } from "./span-of.ts";
import type { Attributes } from "./span-of.ts";

const requestOf = (attributes: Attributes) => readModelRequest(spanOf("chat", attributes));
const parametersOf = (attributes: Attributes) => requestOf(attributes).parameters;
const toolsOf = (attributes: Attributes) => requestOf(attributes).toolsOffered;

const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const WEATHER = { name: "weather", description: "Looks it up", parameters: SCHEMA };

describe("the parameters of a model request", () => {
  test("GenAI convention", () => {
    expect(
      parametersOf({
        "gen_ai.request.model": "gpt-5.2",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.request.max_tokens": 4096,
        "gen_ai.request.stop_sequences": { arrayValue: { values: [{ stringValue: "\n" }] } },
        "gen_ai.openai.request.service_tier": "flex",
        "gen_ai.output.type": "json",
      }),
    ).toEqual({
      temperature: 0.2,
      max_tokens: 4096,
      stop_sequences: ["\n"],
      service_tier: "flex",
      output_type: "json",
    });
  });

  test("the AI SDK's settings, without its contexts", () => {
    expect(
      parametersOf({
        "ai.settings.maxRetries": 2,
        "ai.settings.maxOutputTokens": 100,
        "ai.settings.context.userId": "u",
        "ai.prompt.toolChoice": '{"type":"auto"}',
      }),
    ).toEqual({ max_retries: 2, max_output_tokens: 100, tool_choice: { type: "auto" } });
  });

  test("one object with all of them", () => {
    const all = '{"model":"m","temperature":0,"maxTokens":"50","tools":[{"name":"weather"}],"messages":[]}';
    for (const key of ["llm.invocation_parameters", "langfuse.observation.model.parameters"])
      expect(requestOf({ [key]: all })).toEqual({
        parameters: { temperature: 0, max_tokens: 50 },
        toolsOffered: [{ name: "weather" }],
      });
  });

  test("a whole request", () => {
    const request = { model: "m", messages: [], temperature: 0.5, stream: true, city: "Porto" };
    expect(parametersOf({ request_data: JSON.stringify(request) })).toEqual({ temperature: 0.5, stream: true });
    const google = { config: { temperature: 0.1, maxOutputTokens: 9, labels: {} }, contents: [] };
    expect(parametersOf({ "gcp.vertex.agent.llm_request": JSON.stringify(google) })).toEqual({
      temperature: 0.1,
      max_output_tokens: 9,
    });
  });

  test("a details event", () => {
    const attributes = attributesOf({ "gen_ai.request.seed": 7, "gen_ai.tool.definitions": '[{"name":"weather"}]' });
    const events = [{ name: "gen_ai.client.inference.operation.details", attributes }];
    expect(readModelRequest(spanOf("chat", {}, { events }))).toEqual({
      parameters: { seed: 7 },
      toolsOffered: [{ name: "weather" }],
    });
  });

  test("none", () => {
    expect(requestOf({ "input.value": "hello", "gen_ai.request.model": "m", "gen_ai.request.top_p": "" })).toEqual({});
  });
});

describe("the tools that a model request offers", () => {
  const { name, description, parameters } = WEATHER;
  test.each<[string, Attributes]>([
    ["GenAI convention", { "gen_ai.tool.definitions": JSON.stringify([{ type: "function", ...WEATHER }]) }],
    ["OpenAI", { "gen_ai.tool.definitions": JSON.stringify([{ type: "function", function: WEATHER }]) }],
    ["Anthropic", { "gen_ai.tool.definitions": JSON.stringify([{ name, description, input_schema: parameters }]) }],
    [
      "Bedrock",
      { request_data: JSON.stringify({ tools: [{ toolSpec: { name, description, inputSchema: { json: SCHEMA } } }] }) },
    ],
    [
      "the AI SDK",
      {
        "ai.prompt.tools": {
          arrayValue: {
            values: [{ stringValue: JSON.stringify({ type: "function", name, description, inputSchema: SCHEMA }) }],
          },
        },
      },
    ],
    ["OpenInference", { "llm.tools.0.tool.json_schema": JSON.stringify({ type: "function", function: WEATHER }) }],
    [
      "Traceloop",
      {
        "llm.request.functions.0.name": name,
        "llm.request.functions.0.description": description,
        "llm.request.functions.0.parameters": JSON.stringify(SCHEMA),
      },
    ],
    [
      "Google ADK",
      {
        "gcp.vertex.agent.llm_request": JSON.stringify({
          config: { tools: [{ function_declarations: [WEATHER] }] },
        }),
      },
    ],
    [
      "Pydantic AI",
      {
        model_request_parameters: JSON.stringify({
          function_tools: [{ name, description, parameters_json_schema: SCHEMA }],
        }),
      },
    ],
  ])("%s", (_, attributes) => {
    expect(toolsOf(attributes)).toEqual([WEATHER]);
  });

  test("names alone, and a provider's own tools", () => {
    expect(toolsOf({ "gen_ai.agent.tools": '["weather","search"]' })).toEqual([
      { name: "weather" },
      { name: "search" },
    ]);
    expect(
      toolsOf({ "gen_ai.tool.definitions": '[{"type":"web_search_preview"},{"google_search":{}},{"name":"weather"}]' }),
    ).toEqual([{ name: "web_search_preview" }, { name: "google_search" }, { name: "weather" }]);
  });

  test("hostile definitions", () => {
    expect(
      toolsOf({ "gen_ai.tool.definitions": '[null,1,[],{},"",{"function":null},{"__proto__":{"name":"x"}}]' }),
    ).toEqual([{ name: "__proto__" }]);
    expect(toolsOf({ "llm.tools.999999999.tool.json_schema": "{}" })).toBeUndefined();
    const many = JSON.stringify(Array.from({ length: 5_000 }, (_, at) => ({ name: `t${at}` })));
    expect(toolsOf({ "gen_ai.tool.definitions": many })).toHaveLength(1_000);
    expect(parametersOf({ "llm.invocation_parameters": '{"__proto__":{"polluted":1},"constructor":2}' })).toEqual(
      Object.fromEntries([
        ["__proto__", { polluted: 1 }],
        ["constructor", 2],
      ]),
    );
  });
});
