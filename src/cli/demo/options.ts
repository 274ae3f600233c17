import { parseArgs } from "node:util";
import { calledAs } from "../called-as.ts";

export type DemoOptions = {
  readonly sessions: number;
  /** Factor on every duration of a story. */
  readonly pace: number;
  /** As in OTEL_EXPORTER_OTLP_ENDPOINT, without a final /v1/traces. */
  readonly endpoint: string;
};

export type DemoOptionsOutcome =
  | { readonly ok: true; readonly options: DemoOptions }
  | { readonly ok: false; readonly error: string };

/** Most sessions at once: each is a few timers here, but a real load on the server. */
const MAX_SESSIONS = 500;
/** Stories are written in short seconds: a session lasts 20 to 40 s. */
const PACE = { usual: 1.5, fast: 0.05 };

export const usage = calledAs.demo("[--sessions N] [--fast] [--endpoint URL]");

/** The command line wins over OTEL_EXPORTER_OTLP_ENDPOINT, which wins over the program's usual address. */
export function readDemoOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoOptionsOutcome {
  let values: { sessions?: string; fast?: boolean; endpoint?: string };
  try {
    const options = { sessions: { type: "string" }, fast: { type: "boolean" }, endpoint: { type: "string" } } as const;
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    return { ok: false, error: `${error instanceof Error ? error.message : String(error)}\n  ${usage}` };
  }
  const sessions = Number(values.sessions ?? 1);
  if (!Number.isInteger(sessions) || sessions < 1 || sessions > MAX_SESSIONS) {
    return { ok: false, error: `--sessions is "${values.sessions}": it must be a number from 1 to ${MAX_SESSIONS}.` };
  }
  const endpoint = values.endpoint ?? (environment["OTEL_EXPORTER_OTLP_ENDPOINT"] || "http://127.0.0.1:8787");
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    return { ok: false, error: `"${endpoint}" is no http address to send spans to.` };
  }
  return {
    ok: true,
    options: {
      sessions,
      pace: values.fast === true ? PACE.fast : PACE.usual,
      endpoint: endpoint.replace(/(\/v1\/traces)?\/?$/, ""),
    },
  };
}
