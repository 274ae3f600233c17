import { resolve } from "node:path";
import { endpointVariable, EXPORTER_VARIABLES, isBearerToken } from "../../otel/exporter-variables.ts";
import { TELEMETRY_SETTINGS } from "../../otel/telemetry-settings.ts";
import { readSettings, SETTINGS } from "../../session/contract/settings.ts";

/** The settings of `npm start`, from the environment. */
export type Configuration = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** For OTLP/gRPC, on the same host. `undefined`: off. */
  readonly grpcPort: number | undefined;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Passed to the Worker unchanged. */
  readonly bindings: Readonly<Record<string, string>>;
  /** The program's own exporter variables: the one with the endpoint. Without `endpoint` they point at this program, and are left out. */
  readonly upstream?: { readonly variable: string; readonly endpoint?: string };
};

/** `directory`: what relative paths are relative to. */
export type Folders = { readonly directory: string; readonly data: string };

export type ConfigurationOutcome =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly error: string };

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);
/** More objects than an embedded runtime could use; a deployment takes no more either. */
const MOST_SHARDS = 1_024;
const TOKENS = ["ADMIN_TOKEN", "INGEST_TOKEN", "VIEW_TOKEN"] as const;

/** Reads and checks the environment. Without tokens only this machine is served. `data`: the data directory without DATA_DIR. */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  { directory, data }: Folders,
): ConfigurationOutcome {
  // An empty variable is unset: shells and compose files leave variables out in this way.
  const read = (name: string) => environment[name]?.trim() || undefined;

  const port = portIn(read("PORT") ?? "8787");
  if (Number.isNaN(port)) {
    return { ok: false, error: `PORT is "${read("PORT")}": it must be a number from 0 to 65535.` };
  }

  const grpc = read("GRPC_PORT") ?? "4317";
  const grpcPort = grpc.toLowerCase() === "off" ? undefined : portIn(grpc);
  if (Number.isNaN(grpcPort)) {
    return { ok: false, error: `GRPC_PORT is "${grpc}": it must be a number from 0 to 65535, or off.` };
  }

  const tokens = TOKENS.flatMap((name) => {
    const token = read(name);
    return token === undefined ? [] : [[name, token] as const];
  });
  const unsendable = tokens.find(([, token]) => !isBearerToken(token))?.[0];
  if (unsendable !== undefined) {
    return { ok: false, error: `${unsendable} must be printable ASCII, without blanks: a header carries it.` };
  }
  const administered = tokens.some(([name]) => name === "ADMIN_TOKEN");
  if (tokens.length > 0 && !administered) {
    return { ok: false, error: `${tokens[0]?.[0]} needs ADMIN_TOKEN: set it too, or none of them.` };
  }

  const host = read("HOST") ?? "127.0.0.1";
  if (!LOOPBACK.has(host) && !administered) {
    return {
      ok: false,
      error: `HOST=${host} would open every session to the network: set ADMIN_TOKEN to a secret of your own, or leave HOST out.`,
    };
  }

  const shards = read("SHARDS");
  if (shards !== undefined && !(/^\d{1,4}$/.test(shards) && Number(shards) >= 1 && Number(shards) <= MOST_SHARDS)) {
    return { ok: false, error: `SHARDS is "${shards}": it must be a number from 1 to ${MOST_SHARDS}.` };
  }

  const settings = Object.fromEntries(
    [...SETTINGS, ...TELEMETRY_SETTINGS].flatMap((name) => {
      const setting = read(name);
      return setting === undefined ? [] : [[name, setting] as const];
    }),
  );
  const [fault] = readSettings(settings).faults;
  if (fault !== undefined) return { ok: false, error: `${fault}.` };

  // One machine has one place.
  const { LOCATION_HINT: _, ...bound } = settings;
  const exporter = exporterIn(read, { host, ports: [port, grpcPort] });
  const key = read("UPSTREAM_KEY");
  return {
    ok: true,
    configuration: {
      ...(exporter.upstream === undefined ? {} : { upstream: exporter.upstream }),
      host: host === "localhost" ? "127.0.0.1" : host,
      port,
      grpcPort,
      dataDirectory: resolve(directory, read("DATA_DIR") ?? data),
      bindings: {
        ...bound,
        ...(shards === undefined ? {} : { SHARDS: shards }),
        ...exporter.variables,
        // It runs where its user runs: a Jaeger on the same machine is an upstream like any other.
        PRIVATE_UPSTREAMS: read("PRIVATE_UPSTREAMS") ?? "allowed",
        ...(key === undefined ? {} : { UPSTREAM_KEY: key }),
        ...(administered ? Object.fromEntries(tokens) : { OPEN_ACCESS: "loopback" }),
      },
    },
  };
}

type Exporter = Pick<Configuration, "upstream"> & { readonly variables: Readonly<Record<string, string>> };

/** Where the program listens. */
type Listening = { readonly host: string; readonly ports: readonly (number | undefined)[] };

/** The program's own exporter variables. A shell often has those that point other programs at this one: they are left out. */
function exporterIn(read: (name: string) => string | undefined, own: Listening): Exporter {
  const endpoint = endpointVariable(read);
  if (endpoint === undefined) return { variables: {} };
  const { name: variable, value } = endpoint;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && isAt(url, own)) return { variables: {}, upstream: { variable } };
  const variables = EXPORTER_VARIABLES.flatMap((name) => {
    const text = read(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return { variables: Object.fromEntries(variables), upstream: { variable, endpoint: url?.origin ?? value } };
}

function isAt({ hostname, port, protocol }: URL, { host, ports }: Listening): boolean {
  const named = hostname.replace(/^\[|\]$/g, "");
  const isHere = LOOPBACK.has(named) || named === host.toLowerCase();
  return isHere && ports.includes(Number(port || (protocol === "https:" ? 443 : 80)));
}

/** NaN for a text that names no port. */
function portIn(text: string): number {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : Number.NaN;
}
