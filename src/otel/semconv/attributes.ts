/**
 * The attribute keys that instrumentations use, in order of precedence. Attribute keys are written in this folder only.
 */

/**
 * Keys of the session's name, by rank from 0 on: the session that an export states, a name chosen by a person, the framework's
 * name, the conversation's id.
 */
export const SESSION_KEYS = {
  exported: ["spanfold.session.id"],
  chosen: ["ark.session.id"],
  framework: [
    "langfuse.session.id",
    "session.id",
    "traceroot.trace.session_id",
    "lmnr.association.properties.session_id",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.thread_id",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.session_id",
    "ai.settings.context.sessionId",
    "mastra.metadata.sessionId",
    "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id",
    "workflow.session_id",
    "cloudflare.agents.session.id",
    "anthropic.session.id",
    "spring.ai.chat.client.conversation.id",
    "gcp.vertex.agent.session_id",
    "microsoft.session.id",
    "gen_ai.thread.id",
    "openclaw.sessionId",
    "group_id",
    "gen_ai.session.id",
    "ai.settings.context.session_id",
    "mastra.metadata.session_id",
    "mastra.metadata.threadId",
    "langsmith.metadata.conversation_id",
    "langwatch.thread.id",
    "mlflow.trace.session",
    "genkit:sessionId",
    "wandb.thread_id",
    "honeyhive.session_id",
    "galileo.session.id",
    "ag.session.id",
    "ai.telemetry.metadata.threadId",
    "langfuse.trace.metadata.langfuse_session_id",
    "session_id",
  ],
  /** A number is a thread of the operating system. */
  frameworkUnlessNumber: ["thread_id"],
  conversation: [
    "gen_ai.conversation.id",
    "conversation.id",
    "dify.conversation.id",
    "traceloop.association.properties.conversation_id",
    "traceloop.association.properties.chat_id",
    "ai.telemetry.metadata.conversationId",
    "ai.telemetry.metadata.chatId",
    "flue.instance_id",
    "conversation_id",
  ],
  /** A UUID is Codex's conversation; any other value is a thread of the operating system. */
  conversationIfUuid: ["thread.id"],
} as const;

/** On resources of an export: all session names of the trace with their weights, instead of rank 0. */
export const SESSION_CLAIMS_KEY = "spanfold.session.claims";

export const SERVICE_KEYS = ["service.name"] as const;

/** Keys that state the kind of a span, as a word or as the `type` of an object. Values without a kind (Langfuse's `span`, Laminar's `DEFAULT`) are ignored. */
export const KIND_KEYS = [
  "openinference.span.kind",
  "langfuse.observation.type",
  "lmnr.span.type",
  "traceloop.span.kind",
  "langsmith.span.kind",
  "agentops.span.kind",
  "genkit:metadata:subtype",
  "span.type",
  "mlflow.spanType",
  "spring.ai.kind",
  "gen_ai.span.kind",
  "gen_ai.span_kind_name",
  "ag2.span.type",
  "traceroot.span.type",
  "langwatch.span.type",
  "cloudflare.agents.operation.name",
  "cloudflare.agents.tool.approval.state",
  "braintrust.span_attributes",
  "braintrust.span_attributes.type",
] as const;

/** Classes of components, which end in their kind: `OpenAIChatGenerator`. */
export const COMPONENT_KEYS = ["haystack.component.type"] as const;
/** Types of n8n's nodes, which begin with their kind: `@n8n/n8n-nodes-langchain.lmChatOpenAi`. */
export const NODE_KEYS = ["n8n.node.type"] as const;
/** Of {@link PRESENCE_KEYS}, the one whose value may state another kind: a chat, a completion, an embedding, a reranking. */
export const REQUEST_TYPE_KEY = "llm.request.type";

/** Keys whose values include words for a step: any more exact evidence wins. */
export const STEP_KEYS = [
  "traceloop.span.kind",
  "agentops.span.kind",
  "mastra.span.type",
  "gen_ai.operation.name",
  "gen_ai.span.kind",
  "gen_ai.span_kind_name",
  "ag2.span.type",
  "langwatch.span.type",
] as const;

export const OPERATION_KEYS = ["gen_ai.operation.name"] as const;
export const AI_SDK_OPERATION_KEYS = ["ai.operationId"] as const;

/** The presence of such a key implies the kind. */
export const PRESENCE_KEYS = [
  ["gen_ai.tool.name", "tool"],
  ["gen_ai.tool.call.id", "tool"],
  ["tool.name", "tool"],
  ["lk.function_tool.name", "tool"],
  ["haystack.tool.name", "tool"],
  // VoltAgent's, on a run and none of its parts.
  ["agent.state", "agent"],
  ["openclaw.tokens.input", "llm"],
  ["llm.request.type", "llm"],
  ["gen_ai.request.model", "llm"],
  ["team.name", "team"],
  ["turn.number", "turn"],
  ["agent.name", "agent"],
  ["db.system", "db"],
  ["db.system.name", "db"],
  ["messaging.system", "messaging"],
  ["cloudflare.queue.name", "messaging"],
  ["http.request.method", "http"],
  ["http.method", "http"],
] as const;

/** Keys that only one producer sets, for spans whose scope does not name it. */
export const PRODUCER_KEYS = [
  ["query.name", "ark"],
  ["ark.session.id", "ark"],
  ["openclaw.sessionId", "openclaw"],
  ["qwen-code.prompt_id", "qwen-code"],
  ["cloudflare.agents.operation.name", "cloudflare-agents"],
  ["cloudflare.agents.integration.name", "cloudflare-agents"],
  ["cloudflare.agents.session.id", "cloudflare-agents"],
  ["ai.operationId", "ai-sdk"],
  ["langsmith.metadata.langgraph_node", "langgraph"],
  ["langfuse.observation.metadata.langgraph_node", "langgraph"],
  ["traceloop.association.properties.langgraph_node", "langgraph"],
  ["langsmith.span.kind", "langchain"],
  ["genkit:metadata:subtype", "genkit"],
  ["mastra.span.type", "mastra"],
  ["spring.ai.kind", "spring-ai"],
  ["n8n.node.type", "n8n"],
  ["haystack.component.type", "haystack"],
  ["lk.function_tool.name", "livekit"],
  ["crewai.agent.role", "crewai"],
  ["ag2.span.type", "ag2"],
  ["gcp.vertex.agent.session_id", "google-adk"],
  ["kagent.user_id", "kagent"],
  ["dify.conversation.id", "dify"],
] as const;

/** Span names of Ark, then of the GenAI convention and of others, for producers that set no attributes. */
export const NAME_PREFIXES = [
  ["query.", "query"],
  ["target.", "chain"],
  ["team.", "team"],
  ["turn.", "turn"],
  ["agent.", "agent"],
  ["llm.", "llm"],
  ["model.", "llm"],
  ["tool.", "tool"],
  ["execute_tool ", "tool"],
  ["tools/call ", "tool"],
  ["invoke_agent ", "agent"],
  ["invoke_workflow", "team"],
  ["workflow.run", "team"],
  ["executor.process", "chain"],
  ["haystack.agent.run", "agent"],
  ["haystack.agent.step.llm", "llm"],
  ["haystack.agent.step.tool", "tool"],
  ["haystack.", "chain"],
  ["Agent run: ", "agent"],
  ["Function: ", "tool"],
  ["flue.workflow ", "team"],
  ["flue.task", "agent"],
  ["flue.tool ", "tool"],
  ["flue.", "chain"],
  // What a Worker asks of Cloudflare's platform.
  ["r2_", "db"],
  ["vectorize_query", "retrieval"],
  ["vectorize_", "db"],
  ["queue_send", "messaging"],
  ["durable_object_subrequest", "http"],
  ["durable_object_", "db"],
] as const;

/** Span names as a whole: Pydantic AI's, LiveKit's, Codex's, OpenClaw's. */
export const NAMES = [
  ["agent run", "agent"],
  ["agent_turn", "turn"],
  ["session_task.turn", "agent"],
  ["run_sampling_request", "llm"],
  ["openclaw.run", "agent"],
  ["try_run_sampling_request", "llm"],
] as const;

/** Parts of Qwen Code's tool calls, which name the tool. */
export const CALL_PARTS = ["qwen-code.tool.execution", "qwen-code.tool.blocked_on_user", "qwen-code.hook"] as const;
/** Spans that are runs of a coding agent and do not name it. */
export const NAMED_AGENTS = [
  ["claude_code.interaction", "claude-code"],
  ["session_task.turn", "codex"],
] as const;

/** Instrumentations name a run of an agent without a name of its own by the method: `weather.run`, `weather._execute_core`. */
export const RUN_METHODS = /\.(?:a?run|a?run_stream|_execute_core|kickoff|a?invoke|a?call|__call__)$/;

/** Logfire writes the end of a streamed answer as a span beside that of the call, which ends with the request. */
export const STREAM_END_PREFIX = "streaming response from ";

/** OpenClaw's span of the usage of calls. */
export const USAGE_SUM_NAME = "openclaw.model.usage";

/** LlamaIndex's methods that make a request ready: their spans count as models, and none is asked. */
export const PREPARING_NAMES = /\._prepare_\w+$/;

/** Name suffix of the span in which Ark's controller hands a query over, before any agent works on it. */
export const DISPATCH_SUFFIX = ".dispatch";
export const QUERY_NAME_KEYS = ["query.name"] as const;
export const QUERY_NAMESPACE_KEYS = ["query.namespace"] as const;
export const TEAM_KEYS = ["team.name", "gen_ai.workflow.name", "workflow.name", "flue.workflow.name"] as const;
/** The target of a query, on Ark's `target.*` span or on the query itself. */
export const TARGET_NAME_KEYS = ["target.name", "query.target.name", "query.target"] as const;
export const TARGET_TYPE_KEYS = ["target.type", "query.target.type"] as const;

/** Parameters of a query, as JSON: Ark's list of names and values, or an object. */
export const QUERY_PARAMETER_KEYS = ["query.parameters"] as const;

export const USER_KEYS = [
  "user.id",
  "enduser.id",
  "langfuse.user.id",
  "lmnr.association.properties.user_id",
  "traceloop.association.properties.user_id",
  "ai.telemetry.metadata.userId",
  "kagent.user_id",
  "mastra.metadata.userId",
  "llm.user",
  "ai.telemetry.metadata.user_id",
  "ai.settings.context.userId",
  "ai.settings.context.user_id",
  "traceroot.trace.user_id",
  "langsmith.metadata.user_id",
  "mastra.metadata.user_id",
  "mastra.metadata.resourceId",
  "gen_ai.user.id",
  "gen_ai.user",
  "langwatch.user.id",
  "mlflow.trace.user",
  "langfuse.trace.metadata.langfuse_user_id",
] as const;

export const AGENT_KEYS = ["gen_ai.agent.name", "agent.name"] as const;
/** Includes keys that name the agent on agent spans only. */
export const AGENT_SPAN_KEYS = [
  ...AGENT_KEYS,
  "agent_name",
  "crewai.agent.role",
  "n8n.node.name",
  "mcp.tool.name",
  "traceloop.entity.name",
  "agentops.entity.name",
  "ai.telemetry.functionId",
  "flue.task.agent",
  "openclaw.agent",
  "entity.name",
] as const;

export const TOOL_KEYS = [
  "gen_ai.tool.name",
  "tool.name",
  "ai.toolCall.name",
  "tool_name",
  "lk.function_tool.name",
  "spring.ai.tool.definition.name",
  "haystack.tool.name",
  "n8n.node.name",
  "traceloop.entity.name",
  "agentops.entity.name",
  "flue.tool.name",
  "genkit:name",
] as const;

/** The name that Logfire puts into the templates of {@link TEMPLATES}, which are the spans' own names. */
export const TEMPLATE_NAME_KEYS = ["name"] as const;
export const TEMPLATES = { agent: "Agent run: ", tool: "Function: " } as const;
/** Ids of a model call that a coding agent's spans and log records share. */
export const MODEL_CALL_ID_KEYS = ["request_id", "gen_ai.response.id", "response_id"] as const;
/** Ids of a prompt that a coding agent's spans and log records share. */
export const PROMPT_ID_KEYS = ["prompt.id", "prompt_id", "qwen-code.prompt_id"] as const;

/** The only method of the Model Context Protocol that calls a tool. */
export const MCP_TOOL_CALL = "tools/call";
/** Names of spans of tool calls before the tool's name: the GenAI convention's, Ark's, and those of MCP's libraries. */
export const TOOL_NAME_PREFIXES = [
  "execute_tool ",
  "tool.",
  "tools/call ",
  "MCP send tools/call ",
  "MCP request: tools/call ",
] as const;
/** Names of spans of such calls that name no tool. */
export const BARE_MCP_CALL = /^(?:MCP (?:send|request:) )?tools\/call(?:\.mcp)?$/;
/** What agents put before the name of a server's tool: `mcp__docs__`, `mcp_docs_`, `docs/`, `docs.`, `docs:`, `docs__`. */
export const TOOL_NAMESPACES = /^mcp_.*_$|[^_]__$|[/.:]$/;
/** A tool name that stands for no tool: Google ADK reports parallel results under it. */
export const isNoTool = (name: string): boolean => name === "(merged tools)";

export const MODEL_KEYS = [
  "gen_ai.response.model",
  "gen_ai.request.model",
  "llm.response.model_name",
  "llm.model_name",
  "llm.request.model_name",
  "ai.response.model",
  "ai.model.id",
  "langfuse.observation.model.name",
  "llm.model.name",
  "embedding.model_name",
  "mlflow.llm.model",
  "reranker.model_name",
  "traceroot.llm.model",
  "llm.response.model",
  "llm.model",
  "openclaw.model",
  "braintrust.metadata",
] as const;
/** Includes keys that name the model on model spans only. */
export const MODEL_SPAN_KEYS = [...MODEL_KEYS, "model", "genkit:name"] as const;

/** Severity, which some producers set instead of the span's status. */
export const LEVEL_KEYS = ["langfuse.observation.level"] as const;

export const STATUS_MESSAGE_KEYS = ["langfuse.observation.status_message"] as const;

export const EXCEPTION_EVENT = "exception";
export const EXCEPTION_KEYS = {
  type: ["exception.type", "error.type"],
  message: ["exception.message", "error.message"],
  stacktrace: ["exception.stacktrace"],
} as const;

/** An exception that the span states itself; `error.type` names a failure of any sort. */
export const OWN_EXCEPTION_KEYS = ["exception.type", "exception.message", "error.message"] as const;
/** On spans of an SDK that cannot set a status: there an error's type alone means that the span failed. */
export const WITHOUT_STATUS_KEYS = ["cloudflare.agents.integration.name"] as const;
/** How a Worker's invocation ended. */
export const INVOCATION_OUTCOME_KEYS = ["cloudflare.outcome"] as const;

/** Error types for cancellation by the caller: the last part of the type's name. */
export const CANCELED_TYPES = [
  "cancelederror",
  "cancellederror",
  "canceled",
  "cancelled",
  "aborterror",
  "operationcanceledexception",
  "operationcancelledexception",
  "taskcanceledexception",
  "taskcancelledexception",
  "cancellationexception",
  "cancellationerror",
] as const;
/** Go's message, which has no type of its own, and common wordings. */
export const CANCELED_MESSAGES = /\bcontext canceled\b|^(?:(?:query|request|operation|task|run) )?(?:was )?cancel+ed$/i;

/** Ark's terminate and selector tools end with ERROR to leave a loop: their message contains one of these. */
export const CONTROL_FLOW_MARKERS = ["TerminateTeam", "SelectionMade"] as const;
/** Exceptions that only move control in LangGraph, in LangChain's handoffs and in Python's generators: the last part of the type's name. */
export const CONTROL_FLOW_TYPES = [
  "ParentCommand",
  "GraphBubbleUp",
  "GraphDrained",
  "StopIteration",
  "StopAsyncIteration",
  "GeneratorExit",
] as const;
/** A handoff of LangGraph as text. */
export const HANDOFF_MESSAGE = /^(?:Parent)?Command\(/;
/**
 * Exceptions with which LangGraph, Pydantic AI, CrewAI, LlamaIndex and Ark pause a run until a person or program answers:
 * the last part of the type's name.
 */
export const PAUSE_TYPES = [
  "GraphInterrupt",
  "NodeInterrupt",
  "ApprovalRequired",
  "CallDeferred",
  "HumanFeedbackPending",
  "WaitingForEvent",
  "ApprovalRequiredError",
] as const;
/** LangGraph's interrupts as text, after the exception's name or without it. */
export const INTERRUPT_VALUE = /^(?:\w+\()?[([]*Interrupt\(value=/;
/** Ark's words. An error that says where approvals are not supported has others. */
export const APPROVAL_MESSAGE = /\bapproval required for \d+ tool call/i;
/** The exception that Pydantic AI's tool span names instead of a failure, and what the tool says about it. */
export const DEFERRAL_KEYS = ["pydantic_ai.tool.deferral.name"] as const;
export const DEFERRAL_METADATA_KEYS = ["pydantic_ai.tool.deferral.metadata"] as const;

/** The outcome of a tool call, which Strands and the Model Context Protocol state beside the span's status. */
export const TOOL_STATUS_KEYS = ["gen_ai.tool.status"] as const;
export const TOOL_FAILED_STATUS = "error";
export const TOOL_FAILED_TYPE = "tool_error";

/** The status of Mastra's workflow, and the one that waits. */
export const WORKFLOW_STATUS_KEYS = ["workflow.status"] as const;
export const SUSPENDED = "suspended";

/** The class of a tool, which Google ADK states; a long-running one may answer much later. */
export const TOOL_TYPE_KEYS = ["gen_ai.tool.type"] as const;
export const LONG_RUNNING_TOOL = "LongRunningFunctionTool";

/** Marks spans of LangSmith, which sets the status OK before it knows of a failure, and OK is final. */
export const EARLY_OK_KEYS = ["langsmith.span.kind", "langsmith.trace.name"] as const;

/** Tags of Jaeger's JSON that stand for fields of OTLP's: OpenTelemetry's "Jaeger exporter" mapping, and OpenTracing's. */
export const JAEGER_SPAN_KIND = "span.kind";
export const JAEGER_ERROR = "error";
export const JAEGER_STATUS_CODE = "otel.status_code";
export const JAEGER_STATUS_DESCRIPTION = "otel.status_description";
export const JAEGER_TRACE_STATE = "w3c.tracestate";
/** The newer key first. */
export const JAEGER_SCOPE_NAMES = ["otel.scope.name", "otel.library.name"] as const;
export const JAEGER_SCOPE_VERSIONS = ["otel.scope.version", "otel.library.version"] as const;
/** Field of a Jaeger log with the event's name. */
export const JAEGER_EVENT = "event";

/** Keys for fields of Jaeger's JSON that OTLP lacks. */
export const JAEGER_WARNINGS = "jaeger.warnings";
export const OPENTRACING_REFERENCE = "opentracing.ref_type";

/** On derived spans: their relation to other spans. The only key that this program defines; see `facts/derivation.ts`. */
export const DERIVATION_KEYS = ["spanfold.derivation"] as const;
