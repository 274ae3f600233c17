import { FixedKeys } from "../lib/fixed-keys.ts";
import { NAME_PREFIXES, NAMES, PREPARING_NAMES } from "../otel/semconv/attributes.ts";
import { SPAN_KINDS } from "./span-kinds.ts";
import type { SpanKind } from "./span-kinds.ts";

export { SPAN_KINDS } from "./span-kinds.ts";
export type { SpanKind } from "./span-kinds.ts";

/** By the words for kinds, divided by blanks. */
function byWord(words: Readonly<Partial<Record<SpanKind, string>>>): FixedKeys<SpanKind> {
  return new FixedKeys(
    SPAN_KINDS.flatMap((kind) => words[kind]?.split(" ").map((word) => [word, kind] as const) ?? []),
  );
}

/** Explicit words for kinds, of all producers, in lower case. */
export const EXPLICIT_KINDS = byWord({
  llm: "llm generation model llm_request chat_model completion background-model",
  tool: "tool tool_call tool.v2 code_execution",
  agent: "agent interaction",
  team: "team conversation multi_conversation",
  chain:
    "chain prompt parser guardrail evaluator flow chat_client advisor function eval score speaker_selection entry step",
  retrieval: "retriever retrieval reranker rag rerank",
  embedding: "embedding embedder",
  db: "memory vector_store vector",
  // Cloudflare's approval of a tool call, around and instead of the call, and Claude Code's parts of one: as tools they would
  // count the call twice.
  internal: "human_input tool.approval requested approved denied tool.execution tool.blocked_on_user",
});

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

/** Values of `gen_ai.operation.name`, in the GenAI convention and of others. Gemini CLI answers the results of tools in a step of its own. */
export const OPERATION_KINDS = byWord({
  llm: "chat text_completion generate_content generate completion chat.completions chat.streaming_completions text.completions text.streaming_completions fetch_response llm_call",
  embedding: "embeddings",
  retrieval: "retrieval search_memory rerank",
  tool: "execute_tool execute_code tool_call",
  agent: "invoke_agent create_agent user_prompt agent_call",
  team: "invoke_workflow invoke_swarm invoke_graph conversation initiate_chats workflow.run",
  turn: "plan",
  chain: "executor.process invoke_node speaker_selection execute_event_loop_cycle system_prompt schedule_tool_calls",
});

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
