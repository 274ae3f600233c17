/** The attribute keys of what a call of a model asks for beside its messages. A page reads them when it shows one call. */

/** Parameters of a model request, `<prefix><name>`. */
export const PARAMETER_PREFIXES = ["gen_ai.request.", "gen_ai.openai.request.", "ai.settings."] as const;

/** Names under {@link PARAMETER_PREFIXES} that are no parameters of the request. */
export const NO_PARAMETERS = /^(?:model|messages|type)$|^context\.|^telemetry\b/;

/** Parameters of a model request that are numbers or flags, each with its name in the GenAI convention. */
export const NUMERIC_PARAMETER_KEYS = [
  ["llm.top_k", "top_k"],
  ["llm.frequency_penalty", "frequency_penalty"],
  ["llm.presence_penalty", "presence_penalty"],
  ["llm.is_streaming", "stream"],
] as const;

/** Other parameters of a model request. */
export const PARAMETER_KEYS = [
  ["gen_ai.output.type", "output_type"],
  ["ai.prompt.toolChoice", "tool_choice"],
  ["llm.chat.stop_sequences", "stop_sequences"],
  ["codex.request.reasoning_effort", "reasoning_effort"],
] as const;

/** All parameters of a model request in one object. */
export const PARAMETERS_KEYS = [
  "llm.invocation_parameters",
  "langfuse.observation.model.parameters",
  "mastra.model_generation.parameters",
  "mastra.model_parameters",
] as const;

/** A whole request as the provider's interface has it: parameters and tools stand beside the messages. */
export const WHOLE_REQUEST_KEYS = [
  "request_data",
  "gcp.vertex.agent.llm_request",
  "genkit:input",
  "mlflow.spanInputs",
  "input.value",
  "langfuse.observation.input",
  "lmnr.span.input",
  "mastra.model_generation.input",
  "model_request_parameters",
] as const;

/** The tools that a request offers: their definitions, or their names alone. */
export const TOOL_DEFINITION_KEYS = [
  "gen_ai.tool.definitions",
  "gen_ai.request.tools",
  "gen_ai.request.available_tools",
  "ai.prompt.tools",
  "mlflow.chat.tools",
  "tool_definitions",
  "lk.function_tools",
  "gen_ai.agent.tools",
  "spring.ai.chat.client.tool.names",
] as const;
export const TOOL_DEFINITION_PREFIXES = ["llm.tools.", "llm.request.functions."] as const;
