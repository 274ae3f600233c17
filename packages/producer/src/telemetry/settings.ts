import { credentialsOf, PROTOCOLS, tracesPath, UNREADABLE_CREDENTIALS, urlOf } from "../fork/target.ts";
import type { Protocol } from "../fork/target.ts";
import type { EnvironmentReader } from "./environment.ts";

/** The settings of a program's exporter in the OTLP variables. */
export type ExporterSettings = {
  readonly protocol: Protocol;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly compression: "gzip" | "none";
  /** Paths of PEM files by Node's names of what they hold; Workers have no files. */
  readonly certificates: Readonly<Record<string, string>>;
};

/** The specification's defaults. */
const DEFAULT_ENDPOINT = { grpc: "http://localhost:4317", http: "http://localhost:4318" } as const;
const DEFAULT_TIMEOUT_MILLIS = 10_000;

/** `undefined` where the environment asks for no exporter: neither an endpoint nor `OTEL_TRACES_EXPORTER=otlp` is set. */
export function readExporter(reader: EnvironmentReader): ExporterSettings | undefined {
  const exporter = reader.oneOf("OTEL_TRACES_EXPORTER", ["otlp", "none"]);
  const names = ["OTEL_EXPORTER_OTLP_TRACES", "OTEL_EXPORTER_OTLP"];
  const isAsked = exporter === "otlp" || names.some((name) => reader.text(`${name}_ENDPOINT`) !== undefined);
  if (!isAsked || exporter === "none") return undefined;
  /** The variable for traces wins over the one for all signals. */
  const first = <T>(read: (prefix: string) => T | undefined): T | undefined => {
    for (const name of names) {
      const value = read(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const protocol = first((name) => reader.oneOf(`${name}_PROTOCOL`, PROTOCOLS)) ?? "http/protobuf";
  return {
    protocol,
    url: readUrl(reader, protocol),
    headers:
      first((name) => (reader.text(`${name}_HEADERS`) === undefined ? undefined : reader.pairs(`${name}_HEADERS`))) ??
      {},
    timeoutMillis: first((name) => reader.whole(`${name}_TIMEOUT`)) ?? DEFAULT_TIMEOUT_MILLIS,
    compression: first((name) => reader.oneOf(`${name}_COMPRESSION`, ["gzip", "none"])) ?? "none",
    certificates: Object.fromEntries(
      CERTIFICATES.flatMap(([option, suffix]) => {
        const path = first((name) => reader.text(`${name}_${suffix}`));
        return path === undefined ? [] : [[option, path]];
      }),
    ),
  };
}

const CERTIFICATES = [
  ["ca", "CERTIFICATE"],
  ["cert", "CLIENT_CERTIFICATE"],
  ["key", "CLIENT_KEY"],
] as const;

/**
 * The endpoint for traces is used as it stands, the one for all signals is a base. Departing from the specification, a base
 * that ends in `/v1/traces` is not extended: no receiver has that path twice.
 */
function readUrl(reader: EnvironmentReader, protocol: Protocol): string {
  const own = readEndpoint(reader, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", protocol);
  if (own !== undefined) return own.href;
  const base =
    readEndpoint(reader, "OTEL_EXPORTER_OTLP_ENDPOINT", protocol) ??
    new URL(protocol === "grpc" ? DEFAULT_ENDPOINT.grpc : DEFAULT_ENDPOINT.http);
  if (protocol !== "grpc") base.pathname = tracesPath(base.pathname);
  return base.href;
}

function readEndpoint(reader: EnvironmentReader, name: string, protocol: Protocol): URL | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  // gRPC's endpoints may lack a scheme.
  const url = urlOf(protocol === "grpc" && !text.includes("://") ? `http://${text}` : text);
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (isHttp && credentialsOf(url) !== undefined) return url;
  reader.rejectSecret(name, isHttp ? `has a ${UNREADABLE_CREDENTIALS}` : "is no http(s) URL");
  return undefined;
}

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

export type SamplerSettings = { readonly name: (typeof SAMPLERS)[number]; readonly ratio: number };

export function readSampler(reader: EnvironmentReader): SamplerSettings {
  const name = reader.oneOf("OTEL_TRACES_SAMPLER", SAMPLERS) ?? "parentbased_always_on";
  return { name, ratio: name.endsWith("traceidratio") ? readRatio(reader) : 1 };
}

function readRatio(reader: EnvironmentReader): number {
  const variable = "OTEL_TRACES_SAMPLER_ARG";
  const text = reader.text(variable);
  const ratio = Number(text ?? 1);
  if (ratio >= 0 && ratio <= 1) return ratio;
  reader.reject(variable, text ?? "", "is no number from 0 to 1");
  return 1;
}

const PROPAGATORS = ["tracecontext", "baggage"] as const;
export type PropagatorName = (typeof PROPAGATORS)[number];

/** A name that is not known is left out of the list. */
export function readPropagators(reader: EnvironmentReader): readonly PropagatorName[] {
  const variable = "OTEL_PROPAGATORS";
  const text = reader.text(variable);
  if (text === undefined) return PROPAGATORS;
  const words = text
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
  if (words.includes("none")) return [];
  const known = PROPAGATORS.filter((name) => words.includes(name));
  for (const word of words)
    if (!known.some((name) => name === word))
      reader.reject(variable, word, `is none of ${PROPAGATORS.join(", ")}, none`, "it is left out");
  return known.length === 0 ? PROPAGATORS : known;
}

const SERVICE_NAME = "service.name";

/** The resource's attributes; `OTEL_SERVICE_NAME` wins over them. */
export function readResource(reader: EnvironmentReader): Readonly<Record<string, string>> {
  const service = reader.text("OTEL_SERVICE_NAME");
  const attributes = reader.pairsOrNone("OTEL_RESOURCE_ATTRIBUTES");
  return service === undefined ? attributes : { ...attributes, [SERVICE_NAME]: service };
}

export type BatchSettings = {
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
};

const BATCH_VARIABLES = {
  scheduledDelayMillis: "OTEL_BSP_SCHEDULE_DELAY",
  exportTimeoutMillis: "OTEL_BSP_EXPORT_TIMEOUT",
  maxQueueSize: "OTEL_BSP_MAX_QUEUE_SIZE",
  maxExportBatchSize: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
} as const;

export function readBatches(reader: EnvironmentReader): BatchSettings {
  return Object.fromEntries(
    Object.entries(BATCH_VARIABLES).flatMap(([field, name]) => {
      const value = reader.whole(name);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
