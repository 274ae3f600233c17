import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Bindings } from "../../src/config.ts";
import worker from "../../src/index.ts";
import type { Span } from "../../src/otel/span.ts";
import { plainValue } from "../../src/otel/any-value.ts";
import type { Snapshot } from "../durable/world.ts";
import * as world from "../durable/world.ts";

export type SelfSettings = Partial<
  Pick<
    Bindings,
    | "ADMIN_TOKEN"
    | "VIEW_TOKEN"
    | "INGEST_TOKEN"
    | "TELEMETRY_ENABLED"
    | "TELEMETRY_SERVICE_NAME"
    | "TELEMETRY_SAMPLING_RATE"
  >
>;

let names = 0;

/** A program that records its requests; each has a session of its own. */
export class TracedProgram {
  readonly service = `service-${++names}`;
  readonly #env: Bindings;

  constructor(settings: SelfSettings = {}) {
    const traced = { TELEMETRY_SAMPLING_RATE: "1", TELEMETRY_SERVICE_NAME: this.service };
    const { OPEN_ACCESS, ...bound } = env as Bindings;
    const open = "ADMIN_TOKEN" in settings ? {} : { OPEN_ACCESS };
    this.#env = { ...bound, ...open, ...traced, ...settings } as Bindings;
  }

  /** Resolves with the answer once all work behind it is done, its trace stored included. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { response, ended } = await this.begin(path, init);
    const body = await response.arrayBuffer();
    await ended();
    return new Response(response.status === 204 || response.status === 304 ? null : body, response);
  }

  /** As `fetch`, without waiting: `ended` resolves when all work behind the answer is done. */
  async begin(path: string, init: RequestInit = {}): Promise<{ response: Response; ended: () => Promise<void> }> {
    const context = createExecutionContext();
    const request = new Request(world.ORIGIN + path, { redirect: "manual", ...init });
    request.headers.set("host", new URL(world.ORIGIN).host);
    const response = await worker.fetch(request, this.#env, context);
    return { response, ended: async () => await waitOnExecutionContext(context) };
  }

  async post(spans: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return await this.fetch("/v1/traces", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: spans,
    });
  }
}

/** Ids of the sessions in the list of the program's own traces. */
export async function selfSessions(): Promise<string[]> {
  const response = await world.request("/self/sessions?kind=all", { headers: { accept: "application/json" } });
  const { sessions } = await response.json<{ sessions: { id: string }[] }>();
  return sessions.map(({ id }) => id);
}

/** The spans of a service in the program's own traces, in the order of their storage. */
export async function selfSpans({ service }: { readonly service: string }): Promise<Span[]> {
  const spans: Span[] = [];
  for (const id of await selfSessions()) {
    if (!id.startsWith(`${service} `)) continue;
    const response = await world.request(`/self/sessions/${encodeURIComponent(id)}`);
    const { resourceSpans } = await response.json<Snapshot>();
    // An isolate asks now and then where to send traces on: some request pays for it.
    spans.push(...world.spansOf(resourceSpans).flatMap(({ span }) => (span.name === "upstreams/list" ? [] : [span])));
  }
  return spans;
}

/** One line a span, under its parent: what a reader of the trace sees. */
export function treeOf(spans: readonly Span[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const lines = (parent: string | undefined, indent: string): string[] =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined ? parentSpanId === undefined || !ids.has(parentSpanId) : parentSpanId === parent,
      )
      .flatMap((span) => [`${indent}${lineOf(span)}`, ...lines(span.spanId, `${indent}  `)]);
  return lines(undefined, "").join("\n");
}

const KINDS = ["", "internal", "server", "client"];

function lineOf({ name, kind, status }: Span): string {
  return `${name} · ${KINDS[kind ?? 0]}${status?.code === 2 ? " · error" : ""}`;
}

export function attributesOf({ attributes = [] }: Pick<Span, "attributes">): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}
