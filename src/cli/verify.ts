import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { decodeSessionEvent } from "../client/decode-event.ts";
import { openEventStream } from "../client/event-stream.ts";
import { headless } from "../client/platform.ts";
import { GRPC_PATHS } from "../lib/grpc-paths.ts";
import { randomHex } from "../lib/random-hex.ts";
import { decodeAnswer, encodeMessage, GRPC_WEB_TYPE } from "../otlp/grpc-web.ts";
import { percentile } from "../session/timing/percentile.ts";
import { UsageError } from "./dispatch.ts";
import type { Run } from "./dispatch.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { plain } from "./terminal/style.ts";

/** Exports, each of one span. */
const EXPORTS = 60;
/** Between two exports: a session of a person is no load test. */
const PAUSE_MILLIS = 50;
/** The stream is cut after each part of them, and resumes. */
const PARTS = 3;
const PATIENCE_MILLIS = 30_000;

type Check = { readonly what: string; readonly ok: boolean; readonly detail: string };

/** Posts spans to a program, watches them arrive, cuts the stream and resumes it, and prints what it measured. Removes what it sent. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: SERVER_OPTIONS });
  const [url, ...more] = positionals;
  if (more.length > 0) throw new UsageError("Name one program.");
  const server = Server.of(url === undefined ? values : { ...values, url }, environment);
  console.log(`\n  ${server.url}\n`);

  const checks: Check[] = [];
  const { response, isSpanfold, troubles } = await server.health();
  const why = isSpanfold ? [] : troubles.slice(0, 1).map(plain);
  const answered = response.ok && !isSpanfold ? "it is no Spanfold" : [response.status, ...why].join(": ");
  checks.push({ what: "answers", ok: isSpanfold, detail: answered });
  if (isSpanfold) {
    checks.push(await grpcWebCheck(server));
    checks.push(...(await sessionChecks(server)));
  }
  for (const { what, ok, detail } of checks) console.log(`  ${ok ? "✓" : "✗"} ${what.padEnd(30)} ${detail}`);
  console.log("");
  return checks.every(({ ok }) => ok) ? 0 : 1;
};

async function sessionChecks(server: Server): Promise<Check[]> {
  const session = `verify-${randomHex(4)}`;
  const path = `/sessions/${session}`;
  const traceId = randomHex(16);
  const sentAt = new Map<string, number>();
  const answered: number[] = [];
  const seen = new Map<string, number>();
  const delays: number[] = [];
  const resumed: number[] = [];
  let cutAt: number | undefined;

  const refusal = await server.writeRefusal();
  if (refusal !== undefined) return [{ what: "takes spans", ok: false, detail: refusal.message }];
  const first = await post(server, session, traceId, randomHex(8));
  if (first !== 200) return [{ what: "takes spans", ok: false, detail: `POST /v1/traces answered ${first}` }];

  const stream = openEventStream(
    {
      url: () => `${server.url}${path}?watch=true`,
      decode: decodeSessionEvent,
      kind: "watch",
      whenMissing: "retry",
      authorisation: () => server.authorisation,
      onState: ({ state }) => {
        if (state !== "live" || cutAt === undefined) return;
        resumed.push(performance.now() - cutAt);
        cutAt = undefined;
      },
      onEvents: (received) => {
        for (const { event } of received)
          for (const spanId of event.type === "spans" ? spanIdsOf(event.resourceSpans) : []) {
            seen.set(spanId, (seen.get(spanId) ?? 0) + 1);
            const sent = sentAt.get(spanId);
            // What came while the stream was cut waited for it, not for the program.
            if (sent !== undefined && cutAt === undefined) delays.push(performance.now() - sent);
          }
      },
    },
    headless,
  );
  try {
    if (!(await until(() => stream.state().state === "live")))
      return [
        { what: "streams a session", ok: false, detail: `after ${PATIENCE_MILLIS / 1000} s: ${stream.state().state}` },
      ];
    for (let sent = 1; sent <= EXPORTS; sent++) {
      const spanId = randomHex(8);
      const begun = performance.now();
      sentAt.set(spanId, begun);
      const status = await post(server, session, traceId, spanId);
      answered.push(performance.now() - begun);
      if (status !== 200) return [{ what: "takes spans", ok: false, detail: `POST ${sent} answered ${status}` }];
      if (sent % (EXPORTS / PARTS) === 0 && sent < EXPORTS) {
        // A busy program may still resume the stream after the cut before.
        await until(() => cutAt === undefined);
        cutAt = performance.now();
        stream.reconnect();
      }
      await sleep(PAUSE_MILLIS);
    }
    await until(() => [...sentAt.keys()].every((id) => seen.has(id)) && cutAt === undefined);
  } finally {
    stream.close();
  }
  const missed = [...sentAt.keys()].filter((id) => !seen.has(id)).length;
  const repeated = [...seen.values()].filter((times) => times > 1).length;
  const { session: stored } = (await server.json(path)) as { readonly session: { readonly spans: number } };
  return [
    { what: "takes spans", ok: true, detail: `${EXPORTS} exports, answered in ${percentiles(answered)}` },
    {
      what: "shows them live",
      ok: missed === 0 && delays.length > 0,
      detail: `${missed} missing, visible after ${percentiles(delays)}`,
    },
    {
      what: "resumes a cut stream",
      ok: repeated === 0 && resumed.length === PARTS - 1,
      detail: `${resumed.length} of ${PARTS - 1} times, ${repeated} spans repeated, live after ${percentiles(resumed)}`,
    },
    { what: "stores each span once", ok: stored.spans === EXPORTS + 1, detail: `${stored.spans} of ${EXPORTS + 1}` },
    await removal(server, path),
  ];
}

async function removal(server: Server, path: string): Promise<Check> {
  const response = await server.answer(path, { method: "DELETE" });
  const isRemoved = response.status === 202 || response.status === 204;
  const kept = `${response.status}: ${server.url}${path} stays`;
  return { what: "deletes what this sent", ok: isRemoved, detail: isRemoved ? "removed" : kept };
}

/** A call without spans stores nothing. */
async function grpcWebCheck(server: Server): Promise<Check> {
  const response = await server.answer(GRPC_PATHS.traces, {
    method: "POST",
    headers: { "content-type": GRPC_WEB_TYPE },
    body: encodeMessage(new Uint8Array()),
  });
  const answer = decodeAnswer(new Uint8Array(await response.arrayBuffer()));
  const detail =
    answer === undefined ? `HTTP ${response.status}` : `status ${answer.status.code} ${answer.status.message}`;
  return { what: "takes calls of gRPC-Web", ok: answer?.status.code === 0, detail };
}

async function post(server: Server, session: string, traceId: string, spanId: string): Promise<number> {
  const end = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId,
    spanId,
    name: "verify",
    startTimeUnixNano: String(end - 1_000_000n),
    endTimeUnixNano: String(end),
    attributes: [{ key: "session.id", value: { stringValue: session } }],
  };
  const response = await server.answer("/v1/traces", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

function spanIdsOf(
  resources: readonly {
    readonly scopeSpans?: readonly { readonly spans?: readonly { readonly spanId: string }[] }[];
  }[],
): string[] {
  return resources.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(({ spanId }) => spanId)),
  );
}

function percentiles(millis: readonly number[]): string {
  const sorted = Float64Array.from(millis).toSorted();
  const at = (share: number) => percentile(sorted, share).toFixed(1);
  return sorted.length === 0 ? "–" : `p50 ${at(0.5)} · p95 ${at(0.95)} · p99 ${at(0.99)} ms`;
}

async function until(isTrue: () => boolean): Promise<boolean> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MILLIS; await sleep(10))
    if (isTrue()) return true;
  return false;
}
