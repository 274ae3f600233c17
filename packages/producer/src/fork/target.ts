/** How spans are encoded and carried. */
export const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export type ForkOptions = {
  /**
   * A URL or `host:port`. Over HTTP `/v1/traces` is appended unless the path ends in it. Port 4317 without a path means gRPC
   * where no protocol is set.
   */
  readonly endpoint: string;
  /** By default `http/protobuf`. */
  readonly protocol?: Protocol;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one attempt: 10,000 by default. */
  readonly timeoutMillis?: number;
  /** Running spans are announced too, by `startTelemetry`: for receivers that read spans without an end. */
  readonly live?: boolean;
};

/** A place that takes spans, ready to be dialled. */
export type Target = {
  readonly protocol: Protocol;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMillis: number;
  readonly live: boolean;
  /** For messages: the URL without credentials and query. */
  readonly label: string;
};

export type TargetOutcome =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly error: string };

/** As the specification has it for one export. */
const TIMEOUT_MILLIS = 10_000;
const GRPC_PORT = "4317";
const HTTP_PORT = "4318";
const TRACES_PATH = "/v1/traces";

export function readTarget({
  endpoint,
  protocol,
  headers = {},
  timeoutMillis,
  live = false,
}: ForkOptions): TargetOutcome {
  const given = endpoint.trim();
  const hasScheme = given.includes("://");
  const url = urlOf(hasScheme ? given : `http://${given}`);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "")
    return { ok: false, error: `"${given}" is neither an http(s) URL nor host:port` };
  const chosen = protocol ?? (url.port === GRPC_PORT && url.pathname === "/" ? "grpc" : "http/protobuf");
  if (!hasScheme && url.port === "" && !given.endsWith(":80")) url.port = chosen === "grpc" ? GRPC_PORT : HTTP_PORT;
  if (chosen !== "grpc") url.pathname = tracesPath(url.pathname);
  const credentials = takeCredentials(url);
  return {
    ok: true,
    target: {
      protocol: chosen,
      url,
      headers: { ...credentials, ...headers },
      timeoutMillis: timeoutMillis ?? TIMEOUT_MILLIS,
      live,
      label: `${url.origin}${url.pathname === "/" ? "" : url.pathname}`,
    },
  };
}

/** Moves a URL's user and password to the header, for clients that refuse them in a URL. */
function takeCredentials(url: URL): Readonly<Record<string, string>> {
  if (url.username === "") return {};
  const text = decodeURIComponent(`${url.username}:${url.password}`);
  url.username = "";
  url.password = "";
  return { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}` };
}

/** The path of an export under a base, which may be that path already. */
export function tracesPath(base: string): string {
  const path = base.replace(/\/+$/, "");
  return path.endsWith(TRACES_PATH) ? path : `${path}${TRACES_PATH}`;
}

export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
