import { describe, expect, test } from "vitest";
import { producerOfScope } from "../../../src/facts/producer.ts";
import { fixtureNames, readCaptures } from "../../producers/fixtures.ts";
import { summariesOf } from "../../producers/portrait.ts";
import { readPayload } from "../corpus.ts";

describe("the producer of a session", () => {
  /** Where the folder of a capture has another name than what made it. */
  const OTHERS: Readonly<Record<string, string | undefined>> = {
    "ai-sdk-5": "ai-sdk",
    "ai-sdk-6": "ai-sdk",
    "ai-sdk-7": "ai-sdk",
    "anthropic-openinference": "anthropic",
    "claude-code-records": "claude-code",
    "codex-traces": "codex",
    "copilot-cli": "copilot",
    "google-adk-1": "google-adk",
    "haystack-openinference": "haystack",
    "langgraph-langsmith": "langgraph",
    // The agents of LangChain, whose spans name LangGraph in their metadata only.
    "langgraph-openinference": "langchain",
    logfire: "pydantic-ai",
    // Its spans may be of any framework.
    langfuse: undefined,
    "openai-agents-logfire": "openai-agents",
    "openai-agents-openinference": "openai-agents",
  };

  test.each(fixtureNames())("of the captured exports of %s", (name) => {
    const producers = summariesOf(readCaptures(name)).flatMap(({ spans, producer }) => (spans > 0 ? [producer] : []));
    expect([...new Set(producers)]).toEqual([name in OTHERS ? OTHERS[name] : name]);
  });

  test.each([
    ["genkit-001.json", "genkit"],
    ["mastra-json-001.json", "mastra"],
    ["openinference-openai-001.pb", "openai"],
    ["traceloop-langgraph-001.pb", "langgraph"],
    ["deno-json-001.json", undefined],
    ["otel-js-json-001.json", undefined],
  ])("of %s is %s", (file, producer) => {
    const named = new Set(readPayload(file).flatMap(({ facts }) => facts.producer ?? []));
    expect([...named].includes("langgraph") ? "langgraph" : [...named][0]).toBe(producer);
  });
});

test.each([
  ["openinference.instrumentation.llama_index", "llama-index"],
  ["@arizeai/openinference-instrumentation-langchain", "langchain"],
  ["opentelemetry.instrumentation.openai_v2", "openai"],
  ["opentelemetry.instrumentation.openai_agents", "openai-agents"],
  ["@traceloop/instrumentation-bedrock", "bedrock"],
  ["@opentelemetry/instrumentation-undici", undefined],
  ["logfire.openai_agents", "openai-agents"],
  ["com.anthropic.claude_code.events", "claude-code"],
  ["com.anthropic.sdk.python", "anthropic"],
  ["io.quarkiverse.langchain4j", "langchain4j"],
  ["strands.telemetry.tracer", "strands"],
  ["agent_framework", "agent-framework"],
  ["Experimental.Microsoft.Agents.AI", "agent-framework"],
  ["ai", "ai-sdk"],
  ["ai.mycompany.tracer", undefined],
  ["openaire", undefined],
  ["__proto__", undefined],
  ["", undefined],
])("the scope %j is of %s", (scope, producer) => {
  expect(producerOfScope(scope)).toBe(producer);
});
