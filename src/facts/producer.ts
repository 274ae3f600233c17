import type { Resource } from "../otel/span.ts";
import { SERVICE_KEYS } from "../otel/semconv/attributes.ts";

/** Programs that are agents. */
const AGENTS = [
  "claude-code",
  "codex",
  "gemini-cli",
  "qwen-code",
  "copilot",
  "opencode",
  "goose",
  "openclaw",
  "claude-platform",
] as const;

/** Libraries and platforms that agents are built with. */
const FRAMEWORKS = [
  "ark",
  "ai-sdk",
  "langgraph",
  "langchain",
  "openai-agents",
  "pydantic-ai",
  "google-adk",
  "strands",
  "mastra",
  "crewai",
  "llama-index",
  "smolagents",
  "haystack",
  "agno",
  "autogen",
  "ag2",
  "agent-framework",
  "semantic-kernel",
  "genkit",
  "livekit",
  "pipecat",
  "cloudflare-agents",
  "spring-ai",
  "langchain4j",
  "dspy",
  "beeai",
  "kagent",
  "dify",
  "n8n",
] as const;

/** Clients and gateways of models: they say how a model was called, and not what called it. */
const CLIENTS = [
  "openai",
  "anthropic",
  "google-genai",
  "bedrock",
  "mistral",
  "cohere",
  "groq",
  "ollama",
  "litellm",
  "mcp",
] as const;

/** What made a span, as far as spans say so. The order is part of encoded facts. */
export const PRODUCERS = [...AGENTS, ...FRAMEWORKS, ...CLIENTS] as const;

export type Producer = (typeof PRODUCERS)[number];

const FIRST_CLIENT = AGENTS.length + FRAMEWORKS.length;

/** Whether a producer is only a client of models. */
export const isClient = (producer: Producer): boolean => PRODUCERS.indexOf(producer) >= FIRST_CLIENT;

/**
 * Names of instrumentation scopes and of instrumented libraries, in lower case, their words between dots. A longer name that begins with
 * one of these is the same producer's. Each producer's own name is one.
 */
const BY_LIBRARY: ReadonlyMap<string, Producer> = new Map<string, Producer>([
  ...PRODUCERS.map((producer) => [producer.replaceAll("-", "."), producer] as const),
  ["com.anthropic.claude.code", "claude-code"],
  ["github.copilot", "copilot"],
  ["com.anthropic.claude.platform", "claude-platform"],
  ["langsmith", "langchain"],
  ["gcp.vertex.agent", "google-adk"],
  ["adk", "google-adk"],
  ["llamaindex", "llama-index"],
  ["microsoft.agents", "agent-framework"],
  ["experimental.microsoft.agents", "agent-framework"],
  ["microsoft.semantickernel", "semantic-kernel"],
  ["com.anthropic.sdk", "anthropic"],
  ["google.generativeai", "google-genai"],
  ["vertexai", "google-genai"],
  ["mistralai", "mistral"],
  ["fastmcp", "mcp"],
]);

/** Scopes that are no beginning of others: both are the AI SDK's. */
const BY_WHOLE_SCOPE: ReadonlyMap<string, Producer> = new Map<string, Producer>([
  ["ai", "ai-sdk"],
  ["gen.ai", "ai-sdk"],
]);

/** What stands before the library in the scope of an instrumentation. */
const INSTRUMENTATION =
  /^(?:.*\.)?instrumentation\.|^logfire\.|^io\.quark(?:us|iverse)\.|^dev\.|^org\.springframework\./;

/** A run of LangGraph, which is instrumented as a part of LangChain. */
const GRAPH_NAME = /\b(?:LangGraph|CompiledStateGraph)\b/;

/** By the span's scope, else by its attributes (a place in {@link PRODUCERS}), else by its service. */
export function producerOf(
  spanName: string,
  keyedPlace: number | undefined,
  { byScope, byService }: { readonly byScope: Producer | undefined; readonly byService: Producer | undefined },
): Producer | undefined {
  const byKeys = keyedPlace === undefined ? undefined : PRODUCERS[keyedPlace];
  const producer = byScope ?? byKeys ?? byService;
  if (producer !== "langchain") return producer;
  return byKeys === "langgraph" || GRAPH_NAME.test(spanName) ? "langgraph" : producer;
}

/** The producer whose library or instrumentation this scope is. */
export function producerOfScope(name: string): Producer | undefined {
  const words = wordsOf(name);
  return BY_WHOLE_SCOPE.get(words) ?? byLibrary(words.replace(INSTRUMENTATION, "")) ?? byLibrary(words);
}

/** Programs that are producers themselves are services. A service of any other name may well be called `openai`. */
export function producerOfService({ attributes = [] }: Resource): Producer | undefined {
  const name = attributes.find(({ key }) => key === SERVICE_KEYS[0])?.value?.stringValue ?? "";
  const producer = byLibrary(wordsOf(name));
  return producer === "ark" || AGENTS.some((agent) => agent === producer) ? producer : undefined;
}

function byLibrary(words: string): Producer | undefined {
  let name = words;
  while (name !== "") {
    const producer = BY_LIBRARY.get(name);
    if (producer !== undefined) return producer;
    name = name.slice(0, Math.max(0, name.lastIndexOf(".")));
  }
  return undefined;
}

/** A longer name is no scope of a library. */
const MAX_NAME = 200;

/** `@arizeai/openinference-instrumentation-langchain` → `arizeai.openinference.instrumentation.langchain` */
const wordsOf = (name: string): string =>
  name
    .slice(0, MAX_NAME)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ".")
    .replace(/^\.|\.$/g, "");
