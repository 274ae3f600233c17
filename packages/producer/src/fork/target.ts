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
    return { ok: false, error: "it is neither an http(s) URL nor host:port" };
  const credentials = credentialsOf(url);
  if (credentials === undefined) return { ok: false, error: `it has a ${UNREADABLE_CREDENTIALS}` };
  const chosen = protocol ?? (url.port === GRPC_PORT && url.pathname === "/" ? "grpc" : "http/protobuf");
  if (!hasScheme && url.port === "" && !given.endsWith(":80")) url.port = chosen === "grpc" ? GRPC_PORT : HTTP_PORT;
  if (chosen !== "grpc") url.pathname = tracesPath(url.pathname);
  // Some clients refuse them in a URL.
  url.username = "";
  url.password = "";
  return {
    ok: true,
    target: {
      protocol: chosen,
      url,
      headers: { ...basicOf(credentials), ...headers },
      timeoutMillis: timeoutMillis ?? TIMEOUT_MILLIS,
      live,
      label: `${url.origin}${url.pathname === "/" ? "" : url.pathname}`,
    },
  };
}

export const UNREADABLE_CREDENTIALS = "user or password that is not percent-encoded";

/** A URL's `user:password`, empty where it has neither; `undefined` if it can't be decoded. */
export function credentialsOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    return decodeURIComponent(`${username}:${password}`);
  } catch {
    return undefined;
  }
}

function basicOf(credentials: string): Readonly<Record<string, string>> {
  if (credentials === "") return {};
  return { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(credentials)))}` };
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
