import type { Context } from "hono";
import { decodeLogs } from "../../otlp/logs/decode-logs.ts";
import { directoryOf, sessionIdOf } from "../../place.ts";
import type { ArkEvent } from "../../trace/ark/ark-event.ts";
import { readArkEvent } from "../../trace/ark/read-event.ts";
import { recordOfArkEvent } from "../../trace/records/ark-event-record.ts";
import type { AppEnv } from "../app-env.ts";
import { noteArrival } from "../receive/arrivals.ts";
import { deliver } from "../receive/deliver.ts";
import { readSent } from "../receive/sent-body.ts";
import { arkError, invalid } from "./ark-error.ts";
import { queryNameOf } from "./tell-events.ts";

/** Of one event: a tool's parameters may be long, its results are not in it. */
const MAX_EVENT_BYTES = 1_000_000;

/** Takes an event as Ark posts it: a log record like any other from there on. Acknowledged when on disk; again it changes nothing. */
export async function postEvent(c: Context<AppEnv>): Promise<Response> {
  const sent = await readSent(c.req.raw, MAX_EVENT_BYTES, () => true);
  if (!sent.ok) {
    if (sent.error.reason !== "too-large") return invalid(c, `body: ${sent.error.reason}`);
    const detail = `body: an event may have ${MAX_EVENT_BYTES} bytes`;
    return arkError(c, { status: 413, title: "Payload Too Large", detail });
  }
  const parsed = parse(sent.value);
  if (!parsed.ok) return invalid(c, `body: ${parsed.fault}`);
  const read = readArkEvent(parsed.value);
  if (!read.ok) return invalid(c, read.faults.join("; "));
  await noteQuery(c, read.event);
  const decoded = decodeLogs(requestOf(read.event), "json");
  if (!decoded.ok) return invalid(c, `event: ${decoded.error.reason}`);
  const { shards, rejected } = decoded.value;
  if (rejected.count > 0) return invalid(c, rejected.reason ?? "event: could not be taken");
  const { env, var: variables } = c;
  const delivered = await deliver(env, variables.tenant, shards);
  if (delivered.retry) {
    const detail = "The event could not be stored; send it again.";
    return arkError(c, { status: 503, title: "Service Unavailable", detail }, "UNAVAILABLE", { "retry-after": "1" });
  }
  noteArrival(c, {
    at: Date.now(),
    signal: "logs",
    encoding: "json",
    accepted: 1 - delivered.rejected,
    rejected: delivered.rejected,
    ...(delivered.reason === undefined ? {} : { reason: delivered.reason }),
  });
  if (delivered.reason !== undefined)
    return arkError(c, { status: 413, title: "Payload Too Large", detail: delivered.reason });
  return c.json({ status: "success" }, 201);
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

function parse(body: Uint8Array): Parsed {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body)) };
  } catch (error) {
    return { ok: false, fault: error instanceof SyntaxError ? error.message : "is no UTF-8" };
  }
}

function requestOf(event: ArkEvent): Uint8Array {
  const { resource, scope, record } = recordOfArkEvent(event);
  const resourceLogs = [{ ...(resource && { resource }), scopeLogs: [{ scope, logRecords: [record] }] }];
  return new TextEncoder().encode(JSON.stringify({ resourceLogs }));
}

/** Queries that this isolate has told the directory of lately. */
const KNOWN_MILLIS = 60_000;
const MOST_KNOWN = 10_000;
const noted = new Map<string, number>();

/** First, so that whoever hears of the event finds its query. */
async function noteQuery(c: Context<AppEnv>, event: ArkEvent): Promise<void> {
  const { queryId = "", sessionId = "" } = event.data;
  const session = sessionIdOf(sessionId);
  const key = JSON.stringify([c.var.tenant, queryId, session]);
  if (Math.abs(Date.now() - (noted.get(key) ?? 0)) < KNOWN_MILLIS) return;
  await directoryOf(c.env, c.var.tenant).noteQuery(queryId, session, queryNameOf(event));
  noted.set(key, Date.now());
  for (const oldest of noted.keys()) {
    if (noted.size <= MOST_KNOWN) break;
    noted.delete(oldest);
  }
}
