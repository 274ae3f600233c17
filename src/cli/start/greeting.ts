import { exporterVariables, shellExports } from "../../otel/exporter-variables.ts";
import type { CalledAs } from "../called-as.ts";
import type { Configuration } from "./configuration.ts";
import type { GrpcOutcome } from "./grpc.ts";
import { reachedAt } from "./listening.ts";

/** The demo's default endpoint. */
const DEMO_ENDPOINT = "http://127.0.0.1:8787";

/** The output of the program once it listens: addresses, data directory, access, exporter variables. `grpc`: `undefined` if it is off. */
export function greeting(
  configuration: Configuration,
  url: URL,
  grpc: GrpcOutcome | undefined,
  { demo }: CalledAs,
): string {
  const { host, dataDirectory, bindings, upstream } = configuration;
  const open = bindings["ADMIN_TOKEN"] === undefined;
  const reached = reachedAt(url, host);
  // `origin` leaves out port 80.
  const address = reached.origin;
  return [
    "",
    `  Spanfold  ${address}`,
    `  gRPC      ${grpcLine(reached.hostname, grpc)}`,
    `  data      ${dataDirectory}`,
    `  access    ${open ? "open to this machine only" : "by token; the page asks for one"}`,
    ...(upstream === undefined ? [] : [`  upstream  ${upstreamLine(upstream)}`]),
    "",
    "  Point an OpenTelemetry exporter here:",
    "",
    ...shellExports(exporterVariables(address, tokenIn(bindings)))
      .split("\n")
      .map((line) => `  ${line}`),
    "",
    `  or see it at work: ${demo(address === DEMO_ENDPOINT ? "" : `--endpoint ${address}`)}`,
    "",
  ].join("\n");
}

function upstreamLine(upstream: NonNullable<Configuration["upstream"]>): string {
  return "endpoint" in upstream
    ? `${upstream.endpoint} also gets all traces, by ${upstream.variable}`
    : `none: ${upstream.variable} points at this program`;
}

function grpcLine(hostname: string, grpc: GrpcOutcome | undefined): string {
  if (grpc === undefined) return "off";
  if ("listening" in grpc) return `http://${hostname}:${grpc.listening}`;
  return `off: ${grpc.unavailable}; GRPC_PORT chooses another`;
}

/** The secret stays in the environment: others may see the terminal. */
function tokenIn(bindings: Configuration["bindings"]): string | undefined {
  return ["INGEST_TOKEN", "ADMIN_TOKEN"].filter((name) => bindings[name] !== undefined).map((name) => `$${name}`)[0];
}
