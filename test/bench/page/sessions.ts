import { Random } from "../../session/seeded-random.ts";
import { realisticRequest } from "../realistic-spans.ts";
import type { Span } from "../../../src/otel/span.ts";

/** Spans of a trace in generated sessions: a turn of an agent. */
const TURN = 200;
/** Spans in one request. */
const REQUEST = 2_000;

/** `traces`: each is one turn. */
export type WantedSession = {
  readonly id: string;
  readonly spans: number;
  readonly traces?: number;
  readonly seed: number;
};

/** Sends a finished session. Returns the first span of its last trace, which all others of that trace are below. */
export async function sendSession(url: string, { id, spans, traces, seed }: WantedSession): Promise<Span | undefined> {
  const count = traces ?? Math.max(1, Math.round(spans / TURN));
  const { resourceSpans } = realisticRequest({ spans, traces: count, session: id, seed });
  const all = resourceSpans[0]?.scopeSpans?.[0]?.spans ?? [];
  inOrder(all);
  for (let at = 0; at < all.length; at += REQUEST) await send(url, all.slice(at, at + REQUEST));
  const last = all.at(-1)?.traceId;
  return all.find(({ traceId }) => traceId === last);
}

/** Sends a batch of spans of one new turn, which starts after all others; below `root` in its trace, if there is one. */
export async function sendBatch(url: string, id: string, spans: number, seed: number, root?: Span): Promise<void> {
  const { resourceSpans } = realisticRequest({ spans, traces: 1, session: id, seed });
  const all = resourceSpans[0]?.scopeSpans?.[0]?.spans ?? [];
  shiftTimes(all, BigInt(Date.now()) * 1_000_000n - BigInt(all[0]?.startTimeUnixNano ?? "0"));
  if (root !== undefined)
    for (const span of all) Object.assign(span, { parentSpanId: root.spanId, ...span, traceId: root.traceId });
  await send(url, all);
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
  let end = 0n;
  for (const turn of Map.groupBy(spans, ({ traceId }) => traceId).values()) {
    if (end > 0n) shiftTimes(turn, end + 1_000_000_000n - BigInt(turn[0]?.startTimeUnixNano ?? "0"));
    end = BigInt(turn.at(-1)?.endTimeUnixNano ?? "0");
  }
}

function shiftTimes(spans: readonly Span[], by: bigint): void {
  for (const span of spans)
    Object.assign(span, {
      startTimeUnixNano: String(BigInt(span.startTimeUnixNano ?? "0") + by),
      endTimeUnixNano: String(BigInt(span.endTimeUnixNano ?? "0") + by),
    });
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
