import { isRecord, nonEmpty } from "../../lib/plain-data.ts";
import type { PlainRecord } from "../../lib/plain-data.ts";
import { readEnvironmentManifest } from "../../otel/environment-manifest.ts";
import { endpointVariable } from "../../otel/exporter-variables.ts";
import { LONGEST_TIMEOUT_MILLIS } from "../../session/contract/outbox.ts";
import { UPSTREAM_CHOICES } from "../../session/contract/upstreams.ts";
import type { UpstreamMatch, UpstreamSettings } from "../../session/contract/upstreams.ts";
import { judgeUrl } from "../http/judge-url.ts";
import type { PrivateHosts } from "../http/judge-url.ts";
import { choiceIn, Fault, numberIn, readingOf, recordOf } from "../read-body.ts";
import type { Reading } from "../read-body.ts";
import { checkHeaders, readHeaderList } from "./header-list.ts";
import type { Headers } from "./header-list.ts";
import { hasSignalPaths } from "./otlp-upstream.ts";
import { PRESETS } from "./presets.ts";

/** `headers`: absent if they are not given. `preset`: its name. */
export type GivenUpstream = {
  readonly settings: UpstreamSettings;
  readonly headers?: Headers;
  readonly preset?: string;
};
/** The error names no value of a header. */
export type UpstreamOutcome = Reading<GivenUpstream>;

const TRACES_PATH = "/v1/traces";
const DEFAULT_TIMEOUT = 10_000;
const FIELDS: ReadonlySet<string> = new Set([
  "preset",
  "endpoint",
  "protocol",
  "headers",
  "match",
  "compression",
  "timeout",
  "sampling",
  "errors",
  "running",
  "logs",
  "metrics",
]);

/** The body of `PUT /admin/upstreams/:name`. */
export function readUpstream(given: unknown, privateHosts: PrivateHosts): UpstreamOutcome {
  return readingOf(() => {
    const body = recordOf(given, FIELDS, "an upstream");
    const preset = presetIn(body);
    const endpoint = nonEmpty(body["endpoint"]) ?? preset?.endpoint;
    if (endpoint === undefined) throw new Fault("endpoint must be the URL of an OTLP/HTTP receiver");
    const headers = headersIn(body["headers"]);
    const name = nonEmpty(body["preset"]);
    const lacking = headers === undefined ? undefined : lacksHeader(name, namesWithValue(headers));
    if (lacking !== undefined) throw new Fault(lacking);
    const defaults = { ...DEFAULTS, ...preset?.defaults };
    const settings: UpstreamSettings = {
      endpoint: tracesUrl(endpoint, privateHosts),
      protocol: choiceIn(body, "protocol", UPSTREAM_CHOICES.protocol) ?? defaults.protocol,
      compression: choiceIn(body, "compression", UPSTREAM_CHOICES.compression) ?? defaults.compression,
      errors: choiceIn(body, "errors", UPSTREAM_CHOICES.errors) ?? defaults.errors,
      running: choiceIn(body, "running", UPSTREAM_CHOICES.running) ?? defaults.running,
      logs: choiceIn(body, "logs", UPSTREAM_CHOICES.logs) ?? defaults.logs,
      metrics: choiceIn(body, "metrics", UPSTREAM_CHOICES.metrics) ?? defaults.metrics,
      timeout: numberIn(body, "timeout", 100, LONGEST_TIMEOUT_MILLIS) ?? defaults.timeout,
      sampling: numberIn(body, "sampling", 0, 1) ?? defaults.sampling,
      match: matchIn(body["match"]),
    };
    return {
      settings,
      ...(headers === undefined ? {} : { headers }),
      ...(name === undefined ? {} : { preset: name }),
    };
  });
}

export const DEFAULTS: Required<Omit<UpstreamSettings, "endpoint">> = {
  protocol: "http/protobuf",
  compression: "gzip",
  timeout: DEFAULT_TIMEOUT,
  match: { by: "all" },
  sampling: 1,
  errors: "sampled",
  running: "held",
  logs: "omitted",
  metrics: "omitted",
};

/** The exporter variables of OpenTelemetry (specification: OTLP Exporter Configuration). Those of traces come before the general ones. */
export function readVariables(
  variables: Readonly<Record<string, string | undefined>>,
  privateHosts: PrivateHosts,
  match: UpstreamMatch,
): UpstreamOutcome | undefined {
  const text = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const read = (name: string): string | undefined =>
    text(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? text(`OTEL_EXPORTER_OTLP_${name}`);
  const endpoint = endpointVariable(text);
  if (endpoint === undefined) return undefined;
  return readingOf((): GivenUpstream => {
    const protocol = read("PROTOCOL") ?? "http/protobuf";
    if (protocol !== "http/protobuf" && protocol !== "http/json")
      throw new Fault(`the protocol is ${protocol}: it must be http/protobuf or http/json`);
    const timeout = Number(read("TIMEOUT") ?? DEFAULT_TIMEOUT);
    const headers = headersIn(read("HEADERS") ?? "") ?? {};
    const url = endpoint.isBase
      ? tracesUrl(endpoint.value, privateHosts)
      : allowedUrl(endpoint.value, privateHosts).href;
    const isWanted = (signal: "LOGS" | "METRICS"): boolean =>
      hasSignalPaths(url) && (text(`OTEL_${signal}_EXPORTER`) ?? "").split(",").some((name) => name.trim() === "otlp");
    return {
      settings: {
        ...DEFAULTS,
        endpoint: url,
        logs: isWanted("LOGS") ? "sent" : "omitted",
        metrics: isWanted("METRICS") ? "sent" : "omitted",
        protocol,
        compression: read("COMPRESSION") === "gzip" ? "gzip" : "none",
        timeout: timeout >= 1 && timeout <= LONGEST_TIMEOUT_MILLIS ? timeout : DEFAULT_TIMEOUT,
        match,
      },
      headers,
    };
  });
}

export type ManifestOutcome = Reading<GivenUpstream & { readonly namespace: string }>;

/** A Kubernetes Secret or ConfigMap of the name `otel-environment-variables`: the upstream of its namespace. */
export function readManifest(manifest: unknown, privateHosts: PrivateHosts): ManifestOutcome {
  const read = readEnvironmentManifest(manifest);
  if (!read.ok) return read;
  const { namespace, variables } = read;
  const outcome = readVariables(variables, privateHosts, { by: "namespace", value: namespace });
  if (outcome === undefined) return { ok: false, error: "it has no OTEL_EXPORTER_OTLP_ENDPOINT" };
  return outcome.ok ? { ...outcome, namespace } : outcome;
}

/** `/v1/traces` is appended unless the path ends in it. */
function tracesUrl(endpoint: string, privateHosts: PrivateHosts): string {
  const url = allowedUrl(endpoint, privateHosts);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(TRACES_PATH) ? path : `${path}${TRACES_PATH}`;
  return url.href;
}

function allowedUrl(endpoint: string, privateHosts: PrivateHosts): URL {
  const judged = judgeUrl(endpoint.trim(), privateHosts);
  if (!judged.ok) throw new Fault(`the endpoint is refused: ${judged.error}`);
  judged.url.hash = "";
  return judged.url;
}

function presetIn({ preset }: PlainRecord) {
  if (preset === undefined) return undefined;
  const known = typeof preset === "string" && Object.hasOwn(PRESETS, preset) ? PRESETS[preset] : undefined;
  if (known === undefined) throw new Fault(`preset must be one of ${Object.keys(PRESETS).join(", ")}`);
  return known;
}

/** Which header of a preset's backend is not among these names: English, without a full stop. `undefined`: none. */
export function lacksHeader(preset: string | undefined, names: readonly string[]): string | undefined {
  const given = new Set(names.map((name) => name.toLowerCase()));
  const needed = preset === undefined ? [] : (PRESETS[preset]?.headers ?? []);
  const missing = needed.find((group) => !group.some((name) => given.has(name)));
  return missing && `${preset} needs the header ${missing.join(" or ")}`;
}

function namesWithValue(headers: Headers): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => (value.trim() === "" ? [] : [name]));
}

/** An object of texts, or the text of `OTEL_EXPORTER_OTLP_HEADERS`. */
function headersIn(given: unknown): Headers | undefined {
  if (given === undefined) return undefined;
  const isObject = isRecord(given) && Object.values(given).every((value) => typeof value === "string");
  if (typeof given !== "string" && !isObject)
    throw new Fault("headers must be an object of texts, or name=value,name=value");
  const outcome = typeof given === "string" ? readHeaderList(given) : checkHeaders(given as Headers);
  if (!outcome.ok) throw new Fault(outcome.error);
  return outcome.headers;
}

const MATCH_SHAPE =
  'match must be {"namespace": …}, {"service": …} or {"attribute": {"key": …, "value": …}}; without it all traces match';

function matchIn(given: unknown): UpstreamMatch {
  if (given === undefined) return { by: "all" };
  if (!isRecord(given) || Object.keys(given).length !== 1) throw new Fault(MATCH_SHAPE);
  const { namespace, service, attribute } = given;
  if (nonEmpty(namespace) !== undefined) return { by: "namespace", value: String(namespace) };
  if (nonEmpty(service) !== undefined) return { by: "service", value: String(service) };
  const key = isRecord(attribute) ? nonEmpty(attribute["key"]) : undefined;
  const value = isRecord(attribute) ? nonEmpty(attribute["value"]) : undefined;
  if (key === undefined || value === undefined) throw new Fault(MATCH_SHAPE);
  return { by: "attribute", key, value };
}
