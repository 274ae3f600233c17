import { exporterVariables } from "./exporter-variables.ts";

/** A text to copy, and where it goes. */
export type Snippet = { readonly into: string; readonly text: string };

/** How one agent or library is pointed at this server. */
export type AgentSettings = { readonly agent: string; readonly snippets: readonly Snippet[]; readonly note?: string };

/** `token`: a placeholder for the write token; absent where none is needed. docs/producers.md has the facts. */
export function agentSettings(endpoint: string, token: string | undefined): readonly AgentSettings[] {
  const variables = exporterVariables(endpoint, token)
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n");
  const shell = { into: "In the shell", text: variables };
  const bearer = token === undefined ? undefined : `Bearer ${token}`;
  return [
    {
      agent: "Claude Code",
      snippets: [{ into: "In the shell, before claude", text: `${variables}\n${CLAUDE_CODE}` }],
      note: "The last line sends prompts, answers and what tools are given and return. Without it they are redacted.",
    },
    { agent: "Codex", snippets: [{ into: "~/.codex/config.toml", text: codex(endpoint, bearer) }] },
    {
      agent: "Gemini CLI",
      snippets: [
        { into: "~/.gemini/settings.json", text: geminiCli(endpoint) },
        ...(token === undefined ? [] : [shell]),
      ],
    },
    {
      agent: "AI SDK",
      snippets: [shell, { into: "Once, at the start of the program", text: AI_SDK }],
      note: "Version 7. Earlier ones: experimental_telemetry: { isEnabled: true } in each call, in place of registerTelemetry.",
    },
    { agent: "Python", snippets: [shell, { into: "Then", text: PYTHON }] },
    {
      agent: "Collector",
      snippets: [{ into: "The Collector's configuration", text: collector(endpoint, bearer) }],
      note: "Small batches show spans sooner: batch: { timeout: 500ms }.",
    },
    {
      agent: "Cloudflare Workers",
      snippets: [
        {
          into: "Workers & Pages › Observability › Destinations › Add destination",
          text: cloudflare(endpoint, bearer),
        },
        { into: "wrangler.jsonc", text: CLOUDFLARE_WORKER },
      ],
      note: "Cloudflare has to reach this address.",
    },
  ];
}

const CLAUDE_CODE = `export CLAUDE_CODE_ENABLE_TELEMETRY=1 OTEL_LOGS_EXPORTER=otlp
export CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1 OTEL_TRACES_EXPORTER=otlp
export OTEL_LOG_USER_PROMPTS=1 OTEL_LOG_ASSISTANT_RESPONSES=1 OTEL_LOG_TOOL_DETAILS=1 OTEL_LOG_TOOL_CONTENT=1`;

const codex = (endpoint: string, bearer: string | undefined): string => {
  const headers = bearer === undefined ? "" : `, headers = { Authorization = "${bearer}" }`;
  return `[otel]
log_user_prompt = true
exporter = { otlp-http = { endpoint = "${endpoint}/v1/logs", protocol = "json"${headers} } }
trace_exporter = "none"
metrics_exporter = "none"`;
};

const geminiCli = (endpoint: string): string =>
  JSON.stringify(
    { telemetry: { enabled: true, target: "local", otlpEndpoint: endpoint, otlpProtocol: "http", logPrompts: true } },
    undefined,
    2,
  );

const AI_SDK = `import { registerTelemetry } from "ai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] }).register();
registerTelemetry(new OpenTelemetry({ agentSpanName: "functionId" }));`;

const PYTHON = `pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http
OTEL_SERVICE_NAME=my-agent OTEL_TRACES_EXPORTER=otlp opentelemetry-instrument python agent.py`;

const collector = (endpoint: string, bearer: string | undefined): string =>
  `exporters:
  otlp_http/spanfold: # called otlphttp before v0.144
    endpoint: ${endpoint}
${bearer === undefined ? "" : `    headers: { Authorization: "${bearer}" }\n`}service:
  pipelines:
    traces: { receivers: [otlp], processors: [batch], exporters: [otlp_http/spanfold] }`;

const cloudflare = (endpoint: string, bearer: string | undefined): string =>
  [
    "Destination name: spanfold",
    "Destination type: Traces",
    `OTLP endpoint: ${endpoint}/v1/traces`,
    ...(bearer === undefined ? [] : [`Custom header: Authorization: ${bearer}`]),
  ].join("\n");

const CLOUDFLARE_WORKER = `{ "observability": { "traces": { "enabled": true, "destinations": ["spanfold"] } } }`;
