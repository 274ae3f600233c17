/** The attribute keys of a span's input and output, in order of precedence. */

/** System instructions, shown before the input's messages. */
export const SYSTEM_KEYS = ["gen_ai.system_instructions"] as const;

/** Messages in the GenAI convention. */
export const INPUT_MESSAGE_KEYS = ["gen_ai.input.messages"] as const;
export const OUTPUT_MESSAGE_KEYS = ["gen_ai.output.messages"] as const;

/** Messages spread over many keys, `<prefix><number>.<field>`. */
export const INPUT_MESSAGE_PREFIXES = ["llm.input_messages.", "gen_ai.prompt.", "llm.prompts."] as const;

/** A whole prompt in one text, with its system instructions in front: Quarkus, LangSmith. */
export const WHOLE_PROMPT_KEYS = ["gen_ai.prompt"] as const;

export const INPUT_KEYS = [
  ...INPUT_MESSAGE_KEYS,
  "input.value",
  "traceloop.entity.input",
  "ai.prompt.messages",
  "ai.prompt",
  "langfuse.observation.input",
  "langfuse.trace.input",
  "lmnr.span.input",
  "query.input",
  "messages.input",
  "genkit:input",
  "mastra.agent_run.input",
  "mastra.model_generation.input",
  "mastra.model_step.input",
  "mastra.workflow_run.input",
  "mastra.workflow_step.input",
  "mastra.tool_call.input",
  "ai.value",
  "ai.values",
  "user_prompt",
  ...WHOLE_PROMPT_KEYS,
  "gcp.vertex.agent.llm_request",
  "pydantic_ai.all_messages",
  "all_messages_events",
  "mlflow.spanInputs",
  "haystack.agent.input",
  "haystack.component.input",
  "haystack.pipeline.input_data",
  "lk.user_input",
  "lk.user_transcript",
  "lk.input_text",
  "gen_ai.retrieval.query.text",
  "retrieval.query",
  "reranker.query",
  "db.vector.query.content",
  "gen_ai.task.input",
  "traceroot.span.input",
  "langwatch.input",
  "braintrust.input_json",
  "braintrust.input",
  "haystack.agent.step.llm.input",
  "lk.pii.user_input",
  "lk.pii.user_transcript",
  "lk.chat_ctx",
  "lk.pii.chat_ctx",
  "lk.pii.input_text",
  "spring.ai.chat.client.user.text",
  "copilot_chat.user_request",
  "crewai.task.description",
  "gen_ai.agent.invocation_input",
  "gen_ai.request.messages",
  "gen_ai.content.prompt",
  "agentops.entity.input",
  "crew_inputs",
  "crew_tasks",
  "n8n.node.input",
  "n8n.node.input_json",
  "ag2.human_input.prompt",
  "messages",
  "request_data",
  "events",
  "raw_input",
  "inputs",
  "flue.turn.input",
  "flue.task.prompt",
  "flue.workflow.payload",
  "llm.messages",
  "input",
  "agent.messages",
  "gen_ai.agent.human_input",
] as const;

/** Whole conversations, question and answer: the last messages are the output of the span. */
export const CONVERSATION_KEYS: ReadonlySet<string> = new Set([
  "pydantic_ai.all_messages",
  "all_messages_events",
  "messages",
  "request_data",
  "events",
]);

/** Pictures that were sent beside a prompt. */
export const INPUT_IMAGE_KEYS = ["input.images"] as const;

/** Documents over many keys, `<prefix><number>.document.<field>`. */
export const RERANKED_INPUT_PREFIX = "reranker.input_documents.";
/** Texts to embed, `<prefix><number>.embedding.text`. */
export const EMBEDDED_PREFIX = "embedding.embeddings.";

/** Before `AI_SDK_ANSWER`. */
export const OUTPUT_KEYS = ["output.value", "traceloop.entity.output"] as const;

/** After `AI_SDK_ANSWER`. */
export const LATER_OUTPUT_KEYS = [
  "ai.response.object",
  "langfuse.observation.output",
  "langfuse.trace.output",
  "lmnr.span.output",
  "query.output",
  "turn.output",
  "messages.output",
  "genkit:output",
  "mastra.agent_run.output",
  "mastra.model_generation.output",
  "mastra.model_step.output",
  "mastra.workflow_run.output",
  "mastra.workflow_step.output",
  "mastra.tool_call.output",
  "gen_ai.completion",
  "gen_ai.agent.invocation_output",
  "agentops.entity.output",
  "gcp.vertex.agent.llm_response",
  "final_result",
  "mlflow.spanOutputs",
  "haystack.agent.output",
  "haystack.component.output",
  "haystack.pipeline.output_data",
  "code.function.return.value",
  "gen_ai.task.output",
  "traceroot.span.output",
  "langwatch.output",
  "braintrust.output_json",
  "braintrust.output",
  "haystack.agent.step.llm.output",
  "n8n.node.output",
  "n8n.node.output_json",
  "ag2.human_input.response",
  "response_data",
  "response",
  "output",
] as const;

/** Arguments of a function spread over many keys, `<prefix><name>`. */
export const ARGUMENT_PREFIX = "code.function.parameters.";

/** The key of the mime type, by the key of the value. */
export const MIME_TYPE_KEYS: ReadonlyMap<string, string> = new Map([
  ["input.value", "input.mime_type"],
  ["output.value", "output.mime_type"],
]);

export const TOOL_OUTPUT_KEYS = [
  "gen_ai.tool.call.result",
  "anthropic.tool_result.content",
  "tool.output",
  "ai.toolCall.result",
  "tool_response",
  "output.value",
  "tool.result",
  "traceloop.entity.output",
  "langfuse.observation.output",
  "lmnr.span.output",
  "genkit:output",
  "mastra.tool_call.output",
  "gcp.vertex.agent.tool_response",
  "spring.ai.tool.call.result",
  "lk.function_tool.output",
  "lk.pii.function_tool.output",
  "mlflow.spanOutputs",
  "haystack.component.output",
  "haystack.agent.step.tool.output",
  "mcp.response.value",
  "gen_ai.tool.output",
  "agentops.entity.output",
  "ag2.code_execution.output",
] as const;

/** Answers of models, of which the usage is read: they show no outcome. */
const ANSWERS_OF_MODELS: ReadonlySet<string> = new Set(["genkit:output", "haystack.agent.step.llm.output"]);

/** Values that may say how a span ended: outputs of tools and of runs. Genkit's answers are read for their usage. */
export const OUTCOME_KEYS: readonly string[] = [
  ...new Set<string>([...TOOL_OUTPUT_KEYS, ...OUTPUT_MESSAGE_KEYS, ...OUTPUT_KEYS, ...LATER_OUTPUT_KEYS]),
].filter((key) => !ANSWERS_OF_MODELS.has(key));
/** Values that may say that a run goes on: inputs of runs. */
export const RESUME_KEYS = [
  "input.value",
  "traceloop.entity.input",
  "langfuse.observation.input",
  "lmnr.span.input",
  "mlflow.spanInputs",
  "gen_ai.prompt",
] as const;

export const TOOL_CALL_ID_KEYS = [
  "gen_ai.tool.call.id",
  "tool.id",
  "ai.toolCall.id",
  "tool_use_id",
  "spring.ai.tool.call.id",
  "lk.function_tool.id",
  "gen_ai.tool.call_id",
  "tool.call_id",
  "call_id",
  "flue.tool.call_id",
] as const;

/** The reason on an answer's event, and the word with which Strands says that its agent waits for a person. */
export const ANSWER_REASON_KEYS = ["finish_reason"] as const;
export const INTERRUPTED = "interrupt";

/** Events with one message each, and its role. */
export const INPUT_EVENTS: ReadonlyMap<string, string> = new Map([
  ["gen_ai.system.message", "system"],
  ["gen_ai.user.message", "user"],
  ["gen_ai.assistant.message", "assistant"],
  ["gen_ai.tool.message", "tool"],
]);
export const OUTPUT_EVENT = "gen_ai.choice";
/** The body of such an event as one JSON text, from producers without structured attributes. */
export const EVENT_BODY_KEY = "gen_ai.event.content";
/** An event with the attributes that the GenAI convention otherwise puts on the span. */
export const DETAILS_EVENT = "gen_ai.client.inference.operation.details";

/** Events of an earlier convention, with the whole prompt or the whole answer as JSON text of messages, or as text. */
export const WHOLE_EVENTS = {
  input: { name: "gen_ai.content.prompt", keys: WHOLE_PROMPT_KEYS },
  output: { name: "gen_ai.content.completion", keys: ["gen_ai.completion"] },
} as const;

/** What Logfire makes of a span's name, which is a template without its values. */
export const SPAN_MESSAGE_KEY = "logfire.msg";

export const REQUEST_METHOD_KEYS = ["http.request.method", "http.method"] as const;
/** The pattern of a server's path: of low cardinality. */
export const ROUTE_KEYS = ["http.route"] as const;
