import { Random } from "../../session/seeded-random.ts";
import { realisticRequest } from "../realistic-spans.ts";
import type { Span } from "../../../src/otel/span.ts";

/** Spans of a trace in generated sessions: a turn of an agent. */
const TURN = 200;
/** Spans in one request. */
const REQUEST = 2_000;

/** Sends a finished session of so many spans, a trace a turn. */
export async function sendSession(url: string, id: string, spans: number, seed: number): Promise<void> {
  const request = realisticRequest({ spans, traces: Math.max(1, Math.round(spans / TURN)), session: id, seed });
  const [resourceSpans] = request.resourceSpans;
  const all = resourceSpans?.scopeSpans?.[0]?.spans ?? [];
  inOrder(all);
  for (let at = 0; at < all.length; at += REQUEST) await send(url, all.slice(at, at + REQUEST));
}

/** Sends a batch of spans of one new turn. */
export async function sendBatch(url: string, id: string, spans: number, seed: number): Promise<void> {
  const { resourceSpans } = realisticRequest({ spans, traces: 1, session: id, seed });
  await send(url, resourceSpans[0]?.scopeSpans?.[0]?.spans ?? []);
}

/** Sends so many sessions of a few spans each. */
export async function sendSessions(url: string, sessions: number): Promise<void> {
  const random = new Random(5);
  let batch: Span[] = [];
  for (let session = 0; session < sessions; session++) {
    const request = realisticRequest({ spans: 4, traces: 1, session: `s-${random.hex(12)}`, seed: 1_000 + session });
    batch.push(...(request.resourceSpans[0]?.scopeSpans?.[0]?.spans ?? []));
    if (batch.length < REQUEST && session < sessions - 1) continue;
    await send(url, batch);
    batch = [];
  }
}

/** Turns follow each other: the generator starts all traces in one second. */
function inOrder(spans: readonly Span[]): void {
  let shift = 0n;
  let last = 0n;
  let traceId = spans[0]?.traceId;
  for (const [at, span] of spans.entries()) {
    if (span.traceId !== traceId) {
      traceId = span.traceId;
      shift = last + 1_000_000_000n - BigInt(span.startTimeUnixNano ?? "0");
    }
    last = BigInt(span.endTimeUnixNano ?? "0") + shift;
    Object.assign(spans[at] ?? {}, {
      startTimeUnixNano: String(BigInt(span.startTimeUnixNano ?? "0") + shift),
      endTimeUnixNano: String(last),
    });
  }
}

async function send(url: string, spans: readonly Span[]): Promise<void> {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "travel-desk" } }] };
  const scopeSpans = [{ scope: { name: "agents.runtime", version: "0.9.3" }, spans }];
  for (;;) {
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }),
    });
    await response.arrayBuffer();
    if (response.ok) return;
    if (response.status !== 503 && response.status !== 429) throw new Error(`the server answered ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
