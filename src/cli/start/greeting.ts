import type { Configuration } from "./configuration.ts";

/** The demo's default endpoint. */
const DEMO_ENDPOINT = "http://127.0.0.1:8787";

/** The output of `npm start` once it listens: address, data directory, access, exporter variables. */
export function greeting(configuration: Configuration, url: URL): string {
  const { host, dataDirectory, bindings } = configuration;
  const open = bindings["ADMIN_TOKEN"] === undefined;
  const reached = new URL(url);
  if (host === "0.0.0.0" || host === "::") reached.hostname = "127.0.0.1";
  // `origin` leaves out port 80.
  const address = reached.origin;
  return [
    "",
    `  Spanfold  ${address}`,
    `  data      ${dataDirectory}`,
    `  access    ${open ? "open to this machine only" : "by token; the page asks for one"}`,
    "",
    "  Point an OpenTelemetry exporter here:",
    "",
    ...exporterVariables(address, bindings).map(([name, value]) => `  export ${name}=${value}`),
    "",
    `  or see it at work: npm run demo${address === DEMO_ENDPOINT ? "" : ` -- --endpoint ${address}`}`,
    "",
  ].join("\n");
}

/** Variables that every OpenTelemetry SDK reads, with values quoted for a shell if necessary. */
export function exporterVariables(
  address: string,
  bindings: Configuration["bindings"],
): readonly (readonly [name: string, value: string])[] {
  const variable = bindings["INGEST_TOKEN"] === undefined ? "ADMIN_TOKEN" : "INGEST_TOKEN";
  return [
    ["OTEL_EXPORTER_OTLP_ENDPOINT", address],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
    // The SDKs' default delay is 5 s, too long for a live view.
    ["OTEL_BSP_SCHEDULE_DELAY", "500"],
    ["OTEL_METRICS_EXPORTER", "none"],
    // The secret stays in the environment: others may see the terminal.
    ...(bindings[variable] === undefined
      ? []
      : [["OTEL_EXPORTER_OTLP_HEADERS", `"Authorization=Bearer%20$${variable}"`] as const]),
  ];
}
