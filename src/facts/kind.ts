import { FixedKeys } from "../lib/fixed-keys.ts";
import { NAME_PREFIXES, NAMES, PREPARING_NAMES } from "../otel/semconv/attributes.ts";
import type { SpanKind } from "./span-kinds.ts";

export { SPAN_KINDS } from "./span-kinds.ts";
export type { SpanKind } from "./span-kinds.ts";

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
  ["vector_store", "db"],
  ["rag", "retrieval"],
  ["rerank", "retrieval"],
  ["conversation", "team"],
  ["multi_conversation", "team"],
  ["code_execution", "tool"],
  ["speaker_selection", "chain"],
  ["human_input", "internal"],
  ["entry", "chain"],
  ["step", "chain"],
  // Cloudflare's approval of a tool call, around and instead of the call: as a tool it would count as another call.
  ["tool.approval", "internal"],
  ["requested", "internal"],
  ["approved", "internal"],
  ["denied", "internal"],
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
  ["invoke_graph", "team"],
  ["conversation", "team"],
  ["initiate_chats", "team"],
  ["workflow.run", "team"],
  ["plan", "turn"],
  ["fetch_response", "llm"],
  ["search_memory", "retrieval"],
  ["executor.process", "chain"],
  ["invoke_node", "chain"],
  ["speaker_selection", "chain"],
  ["execute_code", "tool"],
  ["rerank", "retrieval"],
  ["execute_event_loop_cycle", "chain"],
  // Gemini CLI's. It answers the results of tools in a step of its own.
  ["user_prompt", "agent"],
  ["agent_call", "agent"],
  ["system_prompt", "chain"],
  ["llm_call", "llm"],
  ["tool_call", "tool"],
  ["schedule_tool_calls", "chain"],
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
  if (operation.endsWith(".doRerank")) return "retrieval";
  return "chain";
}

/** The kind for a class of Haystack's components. An agent's component stands around the agent's own span. */
export function componentKind(name: string): SpanKind {
  if (name.endsWith("Generator")) return "llm";
  if (name.endsWith("Embedder")) return "embedding";
  return name.endsWith("Retriever") || name.endsWith("Ranker") ? "retrieval" : "chain";
}

/** The kind for a type of n8n's nodes, by the beginning of its last part. */
export function nodeKind(type: string): SpanKind {
  const word = /^(?:lm|agent|tool|embeddings|vectorStore|retriever|reranker|memory)/.exec(
    type.slice(type.lastIndexOf(".") + 1),
  )?.[0];
  switch (word) {
    case "lm":
      return "llm";
    case "agent":
    case "tool":
      return word;
    case "embeddings":
      return "embedding";
    case "vectorStore":
    case "retriever":
    case "reranker":
      return "retrieval";
    case "memory":
      return "db";
    default:
      return "chain";
  }
}

/** The kind for the type of a request to a model, such as `chat`. */
export function requestKind(type: string): SpanKind {
  // LiteLLM names its asynchronous requests `aembedding`, `arerank`.
  if (/^a?embed/.test(type)) return "embedding";
  return /^a?rerank/.test(type) ? "retrieval" : "llm";
}

/** Evidence of a span's kind, by source. */
export type KindEvidence = {
  readonly explicit: SpanKind | undefined;
  readonly operation: SpanKind | undefined;
  readonly aiSdk: SpanKind | undefined;
  readonly present: SpanKind | undefined;
  /** The id of a tool's call beside the tool's name. */
  readonly called: boolean;
  readonly step: boolean;
  readonly usage: boolean;
};

/** The first match wins: explicit word, GenAI operation, AI SDK operation, presence of a key, name; then call, step and usage. */
export function spanKind(name: string, evidence: KindEvidence): SpanKind {
  const { explicit } = evidence;
  if (explicit === "chain") {
    // Ark marks its queries and teams as chains: OpenInference has no better word.
    const named = kindOfName(name);
    return named === "query" || named === "team" ? named : explicit;
  }
  if (explicit === "llm" && PREPARING_NAMES.test(name)) return "chain";
  const exact = explicit ?? evidence.operation ?? evidence.aiSdk ?? evidence.present ?? kindOfName(name);
  if (exact !== undefined) return exact;
  if (evidence.called) return "tool";
  if (evidence.step) return "chain";
  return evidence.usage ? "llm" : "internal";
}

const WHOLE_NAMES = new FixedKeys<SpanKind>(NAMES);

function kindOfName(name: string): SpanKind | undefined {
  const known = WHOLE_NAMES.get(name);
  if (known !== undefined) return known;
  for (const [prefix, kind] of NAME_PREFIXES) if (name.startsWith(prefix)) return kind;
  return undefined;
}
