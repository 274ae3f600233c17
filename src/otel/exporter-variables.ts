/** The variables of an exporter of traces over HTTP (specification: OTLP Exporter Configuration). The program's own name its primary upstream. */
export const EXPORTER_VARIABLES = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
  "OTEL_EXPORTER_OTLP_TIMEOUT",
  "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
  "OTEL_EXPORTER_OTLP_COMPRESSION",
  "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
  "OTEL_LOGS_EXPORTER",
  "OTEL_METRICS_EXPORTER",
] as const;

/** `isBase`: a signal's path is appended to it; else it is used as it is (Endpoint URLs for OTLP/HTTP). */
type EndpointVariable = { readonly name: string; readonly value: string; readonly isBase: boolean };

/** The variable that names where an exporter sends traces: that of traces wins. `undefined` if neither is set. */
export function endpointVariable(read: (name: string) => string | undefined): EndpointVariable | undefined {
  for (const name of ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]) {
    const value = read(name);
    if (value !== undefined) return { name, value, isBase: name === "OTEL_EXPORTER_OTLP_ENDPOINT" };
  }
  return undefined;
}

export type Variables = readonly (readonly [name: string, value: string])[];

/** The write token itself, which is encoded as the place needs it, or a text that stands for it: a reference, a placeholder. */
export type WriteToken = { readonly secret: string } | string;

/** Whether a header carries this token: printable ASCII, without blanks. */
export function isBearerToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** The variables that point the exporter of any OpenTelemetry SDK at this program. `token` is absent where none is needed. */
export function exporterVariables(endpoint: string, token: WriteToken | undefined): Variables {
  return [
    ["OTEL_EXPORTER_OTLP_ENDPOINT", endpoint],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
    // The SDKs' default delay is 5 s, too long for a live view.
    ["OTEL_BSP_SCHEDULE_DELAY", "500"],
    ["OTEL_METRICS_EXPORTER", "none"],
    // A header's value is a URL's text there: %20 is the space.
    ...(token === undefined
      ? []
      : [["OTEL_EXPORTER_OTLP_HEADERS", `Authorization=Bearer%20${percentEncoded(token)}`] as const]),
  ];
}

function percentEncoded(token: WriteToken): string {
  if (typeof token === "string") return token;
  // What encodeURIComponent leaves is special to shells.
  return encodeURIComponent(token.secret).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}

/**
 * The pairs in a value of `OTEL_EXPORTER_OTLP_HEADERS`: between commas, each at its first `=`, percent-decoded. `undefined` stands
 * for one that is no percent-encoded name=value.
 */
export function headerPairs(list: string): readonly (readonly [name: string, value: string] | undefined)[] {
  return list
    .split(",")
    .filter((pair) => pair.trim() !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      try {
        return at < 1
          ? undefined
          : ([decodeURIComponent(pair.slice(0, at).trim()), decodeURIComponent(pair.slice(at + 1).trim())] as const);
      } catch {
        return undefined;
      }
    });
}

/** As a shell exports them, one a line. A reference to another variable stays one. */
export function shellExports(variables: Variables): string {
  return variables
    .map(([name, value]) => `export ${name}=${/[\s$<>&;"'=*?#~]/.test(value) ? `"${value}"` : value}`)
    .join("\n");
}
