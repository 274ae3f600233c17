import { exporterVariables } from "../../otel/exporter-variables.ts";
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
    ...exporterVariables(address, tokenIn(bindings)).map(([name, value]) => `  export ${name}=${value}`),
    "",
    `  or see it at work: npm run demo${address === DEMO_ENDPOINT ? "" : ` -- --endpoint ${address}`}`,
    "",
  ].join("\n");
}

/** The secret stays in the environment: others may see the terminal. */
function tokenIn(bindings: Configuration["bindings"]): string | undefined {
  return ["INGEST_TOKEN", "ADMIN_TOKEN"].filter((name) => bindings[name] !== undefined).map((name) => `$${name}`)[0];
}
