/** A framework with its instrumentation, and a small program that uses both. */
export type Producer = {
  /** Of the folder with its captures. */
  readonly name: string;
  readonly language: "python" | "node" | "java";
  /** In `programs`; of Java the folder of a Maven project. */
  readonly program: string;
  /** With exact versions: the captures are of these. */
  readonly packages: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It also traces its insides: the portrait shows calls of agents, models and tools only. */
  readonly extent?: "calls";
};

const OTLP = "opentelemetry-exporter-otlp-proto-http==1.45.2";

const NODE_OTLP = [
  "@opentelemetry/sdk-trace-node@2.12.0",
  "@opentelemetry/exporter-trace-otlp-proto@0.223.1",
  "@opentelemetry/api@1.9.1",
];

export const PRODUCERS: readonly Producer[] = [
  {
    name: "pydantic-ai",
    language: "python",
    program: "pydantic_ai_otel.py",
    packages: ["pydantic-ai-slim[openai]==2.68.0", OTLP],
  },
  {
    name: "logfire",
    language: "python",
    program: "pydantic_ai_logfire.py",
    packages: ["pydantic-ai-slim[openai]==2.68.0", "logfire==5.4.0"],
  },
  {
    name: "langgraph-openinference",
    language: "python",
    program: "langgraph_openinference.py",
    packages: [
      "langchain==1.5.2",
      "langgraph==1.2.22",
      "langchain-openai==1.7.4",
      "openinference-instrumentation-langchain==0.1.80",
      OTLP,
    ],
  },
  {
    name: "langgraph-langsmith",
    language: "python",
    program: "langgraph_langsmith.py",
    packages: ["langchain==1.5.2", "langgraph==1.2.22", "langchain-openai==1.7.4", "langsmith[otel]==0.14.17", OTLP],
    environment: { LANGSMITH_TRACING: "true", LANGSMITH_OTEL_ENABLED: "true", LANGSMITH_OTEL_ONLY: "true" },
  },
  {
    name: "openai-agents-openinference",
    language: "python",
    program: "openai_agents_openinference.py",
    packages: ["openai-agents==0.24.0", "openinference-instrumentation-openai-agents==2.6.0", OTLP],
  },
  {
    name: "openai-agents-logfire",
    language: "python",
    program: "openai_agents_logfire.py",
    packages: ["openai-agents==0.24.0", "logfire==5.4.0"],
    environment: { OPENAI_AGENTS_DISABLE_TRACING: "0" },
  },
  {
    name: "google-adk",
    language: "python",
    program: "google_adk.py",
    packages: ["google-adk==2.13.0", "opentelemetry-exporter-otlp-proto-http==1.44.0"],
    environment: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: "SPAN_ONLY" },
  },
  {
    name: "google-adk-1",
    language: "python",
    program: "google_adk.py",
    packages: ["google-adk==2.13.0", "opentelemetry-exporter-otlp-proto-http==1.44.0"],
    environment: { ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN: "1" },
  },
  {
    name: "strands",
    language: "python",
    program: "strands_agents.py",
    packages: ["strands-agents[openai,otel]==1.62.0", "opentelemetry-exporter-otlp-proto-http==1.45.1"],
  },
  { name: "litellm", language: "python", program: "litellm_otel.py", packages: ["litellm==1.110.2", OTLP] },
  {
    name: "smolagents",
    language: "python",
    program: "smolagents_openinference.py",
    packages: ["smolagents[openai]==1.26.0", "openinference-instrumentation-smolagents==0.1.43", OTLP],
  },
  {
    name: "llama-index",
    language: "python",
    program: "llama_index_openinference.py",
    packages: [
      "llama-index-core==0.14.25",
      "llama-index-llms-openai==0.8.3",
      "openinference-instrumentation-llama-index==4.6.1",
      OTLP,
    ],
  },
  {
    name: "crewai",
    language: "python",
    program: "crewai_openinference.py",
    packages: [
      "crewai==1.15.30",
      "openinference-instrumentation-crewai==1.1.21",
      "openinference-instrumentation-openai==0.1.66",
      OTLP,
    ],
    environment: { CREWAI_DISABLE_TELEMETRY: "true", CREWAI_TRACING_ENABLED: "false", CREWAI_TESTING: "true" },
  },
  {
    name: "haystack",
    language: "python",
    program: "haystack_otel.py",
    packages: ["haystack-ai==3.4.1", "opentelemetry-haystack==2.0.0", OTLP],
    environment: { HAYSTACK_CONTENT_TRACING_ENABLED: "true", HAYSTACK_TELEMETRY_ENABLED: "false" },
  },
  {
    name: "haystack-openinference",
    language: "python",
    program: "haystack_openinference.py",
    packages: ["haystack-ai==3.4.1", "openinference-instrumentation-haystack==0.1.46", OTLP],
    environment: { HAYSTACK_TELEMETRY_ENABLED: "false" },
  },
  {
    name: "anthropic-openinference",
    language: "python",
    program: "anthropic_openinference.py",
    packages: ["anthropic==2.14.0", "openinference-instrumentation-anthropic==3.1.0", OTLP],
  },
  {
    name: "langfuse",
    language: "python",
    program: "langfuse_openai.py",
    packages: ["langfuse==5.0.4", "openai==3.57.0", OTLP],
  },
  {
    name: "agno",
    language: "python",
    program: "agno_openinference.py",
    packages: ["agno==3.1.10", "openai==3.57.0", "openinference-instrumentation-agno==1.0.15", OTLP],
  },
  {
    name: "agent-framework",
    language: "python",
    program: "agent_framework_otel.py",
    packages: ["agent-framework-core==1.23.0", "agent-framework-openai==1.17.0", OTLP],
  },
  {
    name: "ai-sdk-7",
    language: "node",
    program: "ai_sdk_7.mjs",
    packages: ["ai@7.0.173", "@ai-sdk/otel@1.0.173", "@ai-sdk/openai@4.0.118", "zod@4.6.7", ...NODE_OTLP],
  },
  {
    name: "ai-sdk-6",
    language: "node",
    program: "ai_sdk_6.mjs",
    packages: ["ai@6.0.326", "@ai-sdk/openai@3.0.141", "zod@4.6.7", ...NODE_OTLP],
  },
  {
    name: "ai-sdk-5",
    language: "node",
    program: "ai_sdk_6.mjs",
    packages: ["ai@5.0.277", "@ai-sdk/openai@2.0.131", "zod@4.6.7", ...NODE_OTLP],
  },
  {
    name: "mastra",
    language: "node",
    program: "mastra.mjs",
    packages: [
      "@mastra/core@1.71.0",
      "@mastra/observability@1.17.9",
      "@mastra/otel-exporter@1.4.0",
      "@opentelemetry/exporter-trace-otlp-proto@0.223.1",
      "@ai-sdk/openai@3.0.141",
      "zod@4.6.7",
    ],
  },
  {
    name: "claude-code-records",
    language: "node",
    program: "claude_code.mjs",
    packages: ["@anthropic-ai/claude-code@2.1.328"],
  },
  {
    name: "claude-code",
    language: "node",
    program: "claude_code.mjs",
    packages: ["@anthropic-ai/claude-code@2.1.328"],
    environment: { CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1", OTEL_TRACES_EXPORTER: "otlp" },
  },
  { name: "codex", language: "node", program: "codex.mjs", packages: ["@openai/codex@0.169.0"] },
  {
    name: "codex-traces",
    language: "node",
    program: "codex.mjs",
    packages: ["@openai/codex@0.169.0"],
    environment: { CODEX_TRACES: "1" },
    extent: "calls",
  },
  { name: "gemini-cli", language: "node", program: "gemini_cli.mjs", packages: ["@google/gemini-cli@0.61.0"] },
  { name: "qwen-code", language: "node", program: "qwen_code.mjs", packages: ["@qwen-code/qwen-code@0.24.4"] },
  {
    name: "opencode",
    language: "node",
    program: "opencode.mjs",
    packages: ["opencode-ai@1.18.33"],
    environment: { OTEL_BSP_SCHEDULE_DELAY: "100" },
    extent: "calls",
  },
  { name: "copilot-cli", language: "node", program: "copilot_cli.mjs", packages: ["@github/copilot@1.0.102"] },
  {
    name: "spring-ai",
    language: "java",
    program: "spring-ai",
    packages: ["spring-ai 2.0.1", "spring-boot 4.0.7"],
  },
];
