import type { Answer } from "./connection.ts";

/** Another OTLP receiver, which gets the same bodies. */
export type Peer = {
  readonly url: string;
  readonly hostname: string;
  readonly port: number;
  /** With the ending of traces. */
  readonly path: string;
  /** The Host header. */
  readonly host: string;
  readonly expect: (answer: Answer) => void;
};

const ENDING = "/v1/traces";

/** `url`: what exporters have in OTEL_EXPORTER_OTLP_ENDPOINT, or with /v1/traces at its end. Only http: the bench measures no TLS. */
export function peerAt(url: string): Peer | undefined {
  const { protocol, hostname, port, pathname, host } = URL.parse(url) ?? {};
  if (protocol !== "http:" || hostname === undefined || host === undefined) return undefined;
  const base = (pathname ?? "").replace(/\/+$/, "");
  const path = base.endsWith(ENDING) ? base : `${base}${ENDING}`;
  return { url, hostname, port: Number(port || 80), path, host, expect: (answer) => expectTaken(url, answer) };
}

function expectTaken(url: string, { status, text }: Answer): void {
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`);
}
