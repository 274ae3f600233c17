/** The attribute keys under which spans say what went in and what came out, in order of precedence. */

export const SYSTEM_KEYS = ["gen_ai.system_instructions"] as const;

export const INPUT_KEYS = [
  "gen_ai.input.messages",
  "input.value",
  "traceloop.entity.input",
  "ai.prompt.messages",
  "ai.prompt",
  "langfuse.observation.input",
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
  "user_prompt",
] as const;
