import { exporterVariables, shellExports } from "./exporter-variables.ts";
import type { Variables, WriteToken } from "./exporter-variables.ts";

/** A text to copy, and where it goes. */
export type Snippet = { readonly into: string; readonly text: string };

/** How one agent or library is pointed at this server. */
export type AgentSettings = {
  /** As `spanfold setup` calls it. */
  readonly id: "claude-code" | "codex" | "gemini" | "ai-sdk" | "node" | "python" | "collector" | "cloudflare";
  readonly agent: string;
  readonly snippets: readonly Snippet[];
  /** What an agent reads from its environment. */
  readonly variables?: Variables;
  readonly note?: string;
};

/** `token` is absent where none is needed. docs/producers.md has the facts. */
export function agentSettings(endpoint: string, token: WriteToken | undefined): readonly AgentSettings[] {
  const variables = exporterVariables(endpoint, token);
  const shell = { into: "In the shell", text: shellExports(variables) };
  const bearer = token === undefined ? undefined : `Bearer ${typeof token === "string" ? token : token.secret}`;
  // A Collector expands references, and reads a doubled dollar sign as one.
  const collectorBearer = typeof token === "object" ? bearer?.replaceAll("$", "$$$$") : bearer;
  return [
    {
      id: "claude-code",
      agent: "Claude Code",
      snippets: [{ into: "In the shell, before claude", text: shellExports([...variables, ...CLAUDE_CODE]) }],
      variables: [...variables, ...CLAUDE_CODE],
      note: "The last four lines send prompts, answers and what tools are given and return. Without them they are redacted.",
    },
    { id: "codex", agent: "Codex", snippets: [{ into: "~/.codex/config.toml", text: codex(endpoint, bearer) }] },
    {
      id: "gemini",
      agent: "Gemini CLI",
      snippets: [
        { into: "~/.gemini/settings.json", text: geminiCli(endpoint) },
        ...(token === undefined ? [] : [shell]),
      ],
    },
    {
      id: "ai-sdk",
      agent: "AI SDK",
      snippets: [shell, { into: "Once, at the start of the program", text: AI_SDK }],
      variables,
      note: "Version 7. Earlier ones: experimental_telemetry: { isEnabled: true } in each call, in place of registerTelemetry.",
    },
    { id: "node", agent: "Node", snippets: [shell, { into: "Then", text: NODE }], variables },
    { id: "python", agent: "Python", snippets: [shell, { into: "Then", text: PYTHON }], variables },
    {
      id: "collector",
      agent: "Collector",
      snippets: [{ into: "The Collector's configuration", text: collector(endpoint, collectorBearer) }],
      note: "Small batches show spans sooner: batch: { timeout: 500ms }.",
    },
    {
      id: "cloudflare",
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

const CLAUDE_CODE: Variables = [
  ["CLAUDE_CODE_ENABLE_TELEMETRY", "1"],
  ["OTEL_LOGS_EXPORTER", "otlp"],
  // Without these two a session is made of its log records.
  ["CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", "1"],
  ["OTEL_TRACES_EXPORTER", "otlp"],
  ["OTEL_LOG_USER_PROMPTS", "1"],
  ["OTEL_LOG_ASSISTANT_RESPONSES", "1"],
  ["OTEL_LOG_TOOL_DETAILS", "1"],
  ["OTEL_LOG_TOOL_CONTENT", "1"],
];

/** Of TOML and YAML, a string in double quotes is that of JSON. */
const codex = (endpoint: string, bearer: string | undefined): string => {
  const headers = bearer === undefined ? "" : `, headers = { Authorization = ${JSON.stringify(bearer)} }`;
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

const NODE = `npm i @opentelemetry/api @opentelemetry/auto-instrumentations-node
OTEL_SERVICE_NAME=my-agent node --import @opentelemetry/auto-instrumentations-node/register agent.js`;

const PYTHON = `pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http
OTEL_SERVICE_NAME=my-agent OTEL_TRACES_EXPORTER=otlp opentelemetry-instrument python agent.py`;

/** A pipeline of its own: it can stand in a second file, and takes nothing from the others. */
const collector = (endpoint: string, bearer: string | undefined): string =>
  `exporters:
  otlp_http/spanfold: # called otlphttp before v0.144
    endpoint: ${endpoint}
${bearer === undefined ? "" : `    headers: { Authorization: ${JSON.stringify(bearer)} }\n`}service:
  pipelines:
    traces/spanfold: { receivers: [otlp], processors: [batch], exporters: [otlp_http/spanfold] }`;

const cloudflare = (endpoint: string, bearer: string | undefined): string =>
  [
    "Destination name: spanfold",
    "Destination type: Traces",
    `OTLP endpoint: ${endpoint}/v1/traces`,
    ...(bearer === undefined ? [] : [`Custom header: Authorization: ${bearer}`]),
  ].join("\n");

const CLOUDFLARE_WORKER = `{ "observability": { "traces": { "enabled": true, "destinations": ["spanfold"] } } }`;
