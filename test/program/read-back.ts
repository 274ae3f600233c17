import { setTimeout as sleep } from "node:timers/promises";
import type { LogRecord, ResourceLogs } from "../../src/otel/log-record.ts";
import type { ResourceSpans, Span } from "../../src/otel/span.ts";
import type { QuerySummary, SessionSummary } from "../../src/session/summary.ts";

/** The parts of public responses that these tests read. */
export type SessionList = { readonly resourceVersion: string; readonly sessions: readonly SessionSummary[] };
export type SessionAnswer = {
  readonly resourceVersion: string;
  readonly session: SessionSummary;
  readonly queries: readonly QuerySummary[];
  readonly resourceSpans: readonly ResourceSpans[];
};
export type Export = {
  readonly resourceSpans: readonly ResourceSpans[];
  readonly resourceLogs: readonly ResourceLogs[];
};

/** GETs JSON. Throws on any status but 200, with the response. */
export async function getJson<T>(url: string, path: string, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(url + path, { headers: { accept: "application/json", ...headers } });
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Retries until it succeeds: the list is up to two seconds behind its sessions. Throws the last error. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/**
 * The export of a session once it has what its traces have: these have an export when it is acknowledged, their session a moment
 * later.
 */
export async function wholeExport(url: string, path: string, traces: number): Promise<Export> {
  return await eventually(async () => {
    const exported = await getJson<Export>(url, `${path}/otlp`);
    const ids = [...new Set(spansOf(exported).map(({ traceId }) => traceId))];
    const owned = await Promise.all(ids.map((id) => getJson<Export>(url, `/traces/${id}`)));
    const [found, wanted] = [spansOf(exported).length, owned.flatMap(spansOf).length];
    if (ids.length !== traces || found !== wanted)
      throw new Error(`${path} has ${found} of ${wanted} spans, of ${ids.length} of ${traces} traces`);
    return exported;
  });
}

export function recordsOf(exported: Pick<Export, "resourceLogs">): LogRecord[] {
  return exported.resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
}

export function spansOf(exported: Pick<Export, "resourceSpans">): Span[] {
  return exported.resourceSpans.flatMap((resource) =>
    (resource.scopeSpans ?? []).flatMap((scope) => scope.spans ?? []),
  );
}
