import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { libraryDecode } from "../../otlp/oracle.ts";

export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As the official schema and a library of others read it, in OTLP/JSON. */
  readonly spans: readonly { readonly name: string; readonly traceId: string; readonly attributes?: unknown }[];
  /** Of other signals: the request. */
  readonly request: unknown;
};

type Request = { readonly resourceSpans?: { scopeSpans: { spans: Received["spans"] }[] }[] };

const TYPES = {
  traces: "ExportTraceServiceRequest",
  logs: "ExportLogsServiceRequest",
  metrics: "ExportMetricsServiceRequest",
};

/** A receiver of protobuf on loopback, at any path. `json`: whether it refuses JSON by its status, or fails. */
export async function otlpReceiver({ json = "unexpected" }: { readonly json?: "unexpected" | "refused" } = {}) {
  const received: Received[] = [];
  const state = { status: 200 };
  const server = createServer((request, response) => {
    if (json === "refused" && request.headers["content-type"] === "application/json")
      return void request.resume().once("end", () => response.writeHead(415).end());
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => {
      const sent = Buffer.concat(parts);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
      if (state.status === 200) {
        const path = request.url ?? "";
        const [, type] = Object.entries(TYPES).find(([signal]) => path.endsWith(`/v1/${signal}`)) ?? [];
        const decoded = libraryDecode(body, type) as Request;
        const spans = (decoded.resourceSpans ?? []).flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap((scope) => scope.spans),
        );
        received.push({ path, headers: request.headers, spans, request: decoded });
      }
      response.writeHead(state.status).end();
    });
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, received, answerWith: (status: number) => void (state.status = status) };
}

/** An export of one span, in OTLP/JSON. */
export function exportOf(traceId: string, name: string, attributes: Readonly<Record<string, string>> = {}): string {
  const [spanId = ""] = [name.split("").reduce((hash, unit) => (hash * 31 + unit.charCodeAt(0)) % 2 ** 48, 7)].map(
    (hash) => hash.toString(16).padStart(16, "1"),
  );
  const span = {
    traceId,
    spanId,
    name,
    kind: 1,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 1}000000`,
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "sinks-test" } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "test" }, spans: [span] }] }] });
}

export async function post(
  url: string,
  path: string,
  body: string,
  method: "POST" | "PUT" = "POST",
): Promise<Response> {
  const response = await fetch(`${url}${path}`, { method, headers: { "content-type": "application/json" }, body });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}
