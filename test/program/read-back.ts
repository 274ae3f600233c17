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

export function recordsOf(exported: Pick<Export, "resourceLogs">): LogRecord[] {
  return exported.resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
}

export function spansOf(exported: Pick<Export, "resourceSpans">): Span[] {
  return exported.resourceSpans.flatMap((resource) =>
    (resource.scopeSpans ?? []).flatMap((scope) => scope.spans ?? []),
  );
}
