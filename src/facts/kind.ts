import { FixedKeys } from "../lib/fixed-keys.ts";
import { NAME_PREFIXES } from "../otel/semconv/attributes.ts";

/** The kinds of spans, independent of the exporter's words. The order is part of encoded facts. */
export const SPAN_KINDS = [
  "query",
  "agent",
  "team",
  "turn",
  "llm",
  "tool",
  "retrieval",
  "embedding",
  "http",
  "db",
  "messaging",
  "chain",
  "internal",
] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];

/** Explicit words for kinds, of all producers, in lower case. */
export const EXPLICIT_KINDS = new FixedKeys<SpanKind>([
  ["llm", "llm"],
  ["generation", "llm"],
  ["model", "llm"],
  ["llm_request", "llm"],
  ["tool", "tool"],
  ["agent", "agent"],
  ["interaction", "agent"],
  ["team", "team"],
  ["chain", "chain"],
  ["prompt", "chain"],
  ["parser", "chain"],
  ["guardrail", "chain"],
  ["evaluator", "chain"],
  ["flow", "chain"],
  ["retriever", "retrieval"],
  ["retrieval", "retrieval"],
  ["reranker", "retrieval"],
  ["embedding", "embedding"],
  ["embedder", "embedding"],
  ["chat_model", "llm"],
  ["completion", "llm"],
  ["chat_client", "chain"],
  ["advisor", "chain"],
  ["tool_call", "tool"],
  ["memory", "db"],
  // Claude Code's parts of one tool call: as tools they would count the call twice.
  ["tool.execution", "internal"],
  ["tool.blocked_on_user", "internal"],
]);

/** Words for a step: the span is a chain unless a more exact word is found. */
export const STEP_WORDS = new FixedKeys<true>([
  ["workflow", true],
  ["task", true],
  ["session", true],
  ["operation", true],
  ["workflow_run", true],
  ["workflow_step", true],
  ["agent_step", true],
  ["model_generation", true],
]);

/** Values of `gen_ai.operation.name` in the GenAI convention. */
export const OPERATION_KINDS = new FixedKeys<SpanKind>([
  ["chat", "llm"],
  ["text_completion", "llm"],
  ["generate_content", "llm"],
  ["embeddings", "embedding"],
  ["retrieval", "retrieval"],
  ["execute_tool", "tool"],
  ["invoke_agent", "agent"],
  ["create_agent", "agent"],
  ["invoke_workflow", "team"],
  ["invoke_swarm", "team"],
  ["workflow.run", "team"],
  ["plan", "turn"],
  ["fetch_response", "llm"],
  ["search_memory", "retrieval"],
  ["executor.process", "chain"],
  ["execute_event_loop_cycle", "chain"],
]);

/** The kind for a value of `gen_ai.operation.name`; operations on a memory read or write a store. */
export function operationKind(operation: string): SpanKind | undefined {
  return OPERATION_KINDS.get(operation) ?? (operation.includes("_memory") ? "db" : undefined);
}

/** The kind for an operation id of the Vercel AI SDK. */
export function aiSdkKind(operation: string): SpanKind | undefined {
  if (!operation.startsWith("ai.")) return undefined;
  if (operation === "ai.toolCall") return "tool";
  if (operation.endsWith(".doGenerate") || operation.endsWith(".doStream")) return "llm";
  if (operation.endsWith(".doEmbed")) return "embedding";
  return "chain";
}

/** Evidence of a span's kind, by source. */
export type KindEvidence = {
  readonly explicit: SpanKind | undefined;
  readonly operation: SpanKind | undefined;
  readonly aiSdk: SpanKind | undefined;
  readonly present: SpanKind | undefined;
  readonly step: boolean;
  readonly usage: boolean;
};

/** The first match wins: explicit word, GenAI operation, AI SDK operation, presence of a key, name; then step and usage. */
export function spanKind(name: string, evidence: KindEvidence): SpanKind {
  const { explicit } = evidence;
  if (explicit === "chain") {
    // Ark marks its queries and teams as chains: OpenInference has no better word.
    const named = kindOfName(name);
    return named === "query" || named === "team" ? named : explicit;
  }
  const exact = explicit ?? evidence.operation ?? evidence.aiSdk ?? evidence.present ?? kindOfName(name);
  if (exact !== undefined) return exact;
  if (evidence.step) return "chain";
  return evidence.usage ? "llm" : "internal";
}

function kindOfName(name: string): SpanKind | undefined {
  for (const [prefix, kind] of NAME_PREFIXES) if (name.startsWith(prefix)) return kind;
  return undefined;
}
