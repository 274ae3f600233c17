import type { UpstreamSettings } from "../../session/contract/upstreams.ts";

/** What a backend needs, by its own documentation. `endpoint`: its hosted address; absent where each user has another. */
type Preset = {
  readonly endpoint?: string;
  /** The headers that it asks for: one of each group. */
  readonly headers: readonly (readonly string[])[];
  readonly defaults?: Partial<UpstreamSettings>;
};

export const PRESETS: Readonly<Record<string, Preset>> = {
  langfuse: { endpoint: "https://cloud.langfuse.com/api/public/otel", headers: [["authorization"]] },
  phoenix: { endpoint: "https://app.phoenix.arize.com", headers: [["api_key", "authorization"]] },
  opik: {
    endpoint: "https://www.comet.com/opik/api/v1/private/otel",
    headers: [["authorization"], ["comet-workspace"]],
  },
  honeycomb: { endpoint: "https://api.honeycomb.io", headers: [["x-honeycomb-team"]] },
  jaeger: { headers: [] },
  tempo: { headers: [] },
  langsmith: { endpoint: "https://api.smith.langchain.com/otel", headers: [["x-api-key"]] },
  braintrust: { endpoint: "https://api.braintrust.dev/otel", headers: [["authorization"], ["x-bt-parent"]] },
  logfire: { endpoint: "https://logfire-us.pydantic.dev", headers: [["authorization"]] },
  // It shows running spans and joins both versions, and keeps log records.
  spanfold: { headers: [], defaults: { running: "sent", logs: "sent" } },
};
