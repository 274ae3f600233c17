import { Lru } from "../../lib/lru.ts";
import type { Context } from "hono";
import { statusOf } from "../../otlp/refusals.ts";
import type { DecodeError } from "../../otlp/refusals.ts";
import { MAX_VALUE } from "../../otlp/limits.ts";
import { decodeLogs } from "../../otlp/logs/decode-logs.ts";
import { callerOf, sessionIdOf } from "../../place.ts";
import type { ArkEvent } from "./posted-event.ts";
import { recordOfArkEvent } from "./event-record.ts";
import type { RecordInScope } from "./event-record.ts";
import type { AppEnv } from "../../config.ts";
import { recordExport } from "../../routes/receive/recent-exports.ts";
import { bodies, readSent } from "../../routes/receive/body-budget.ts";
import { deliver, exportCallerOf } from "../../routes/receive/deliver.ts";
import { arkError, invalid } from "../error.ts";
import { feedOf } from "../feed/feed-of.ts";
import { readPostedEvent } from "./posted-event.ts";
import { queryNameOf } from "./session-events.ts";

/** Size of one event: a tool's parameters may be long, its results are not part of it. */
const MAX_EVENT_BYTES = 1_000_000;

/** Takes an event that Ark posts, and stores it as a log record. Acknowledged when it is on disk; repeating it changes nothing. */
export async function postEvent(c: Context<AppEnv>): Promise<Response> {
  const account = bodies.open();
  try {
    const sent = await readSent(c.req.raw, MAX_EVENT_BYTES, account.hold);
    return sent.ok ? await storeEvent(c, sent.value) : refuseBody(c, sent.error);
  } finally {
    account.close();
  }
}

function refuseBody(c: Context<AppEnv>, error: DecodeError): Response {
  const { http, message } = statusOf(error);
  if (http === 503) return busy(c, message);
  const detail = `body: ${message}`;
  if (http === 408) return arkError(c, { status: 408, title: "Request Timeout", detail });
  if (http === 413) return arkError(c, { status: 413, title: "Payload Too Large", detail });
  return invalid(c, detail);
}

function busy(c: Context<AppEnv>, detail: string): Response {
  const problem = { status: 503, title: "Service Unavailable", detail } as const;
  return arkError(c, problem, "UNAVAILABLE", { "retry-after": "1" });
}

async function storeEvent(c: Context<AppEnv>, body: Uint8Array): Promise<Response> {
  const parsed = parse(body);
  if (!parsed.ok) return invalid(c, `body: ${parsed.fault}`);
  const read = readPostedEvent(parsed.value);
  if (!read.ok) return invalid(c, read.faults.join("; "));
  const inScope = recordOfArkEvent(read.event);
  // A cut body is no event any more.
  const bytes = new TextEncoder().encode(JSON.stringify(inScope.record.body)).length;
  if (bytes > MAX_VALUE) return refuseBody(c, { reason: "too-large", what: "bytes, once quoted", limit: MAX_VALUE });
  await announceQuery(c, read.event);
  const decoded = decodeLogs(requestOf(inScope), "json");
  if (!decoded.ok) return invalid(c, statusOf(decoded.error).message);
  const { groups, rejected } = decoded.value;
  if (rejected.count > 0) return invalid(c, rejected.reason ?? "event: could not be taken");
  const delivered = await deliver(c.env, exportCallerOf(c), groups);
  if (delivered.retry) return busy(c, "The event could not be stored; send it again.");
  const { reason } = delivered;
  const received = { at: Date.now(), signal: "logs", encoding: "json", rejected: delivered.rejected } as const;
  recordExport(c, { ...received, accepted: 1 - delivered.rejected, ...(reason === undefined ? {} : { reason }) });
  if (reason !== undefined) return arkError(c, { status: 413, title: "Payload Too Large", detail: reason });
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

function requestOf({ resource, scope, record }: RecordInScope): Uint8Array {
  const resourceLogs = [{ ...(resource && { resource }), scopeLogs: [{ scope, logRecords: [record] }] }];
  return new TextEncoder().encode(JSON.stringify({ resourceLogs }));
}

/** Queries that this isolate announced to the directory lately, Unix milliseconds. */
const KNOWN_MILLIS = 60_000;
const MOST_KNOWN = 10_000;
const announced = new Lru<string, number>(MOST_KNOWN);

/** Comes before the event is stored, so that every reader of the event finds its query. */
async function announceQuery(c: Context<AppEnv>, event: ArkEvent): Promise<void> {
  const { queryId, sessionId } = event.data;
  const session = sessionIdOf(sessionId);
  const key = JSON.stringify([c.var.principal.tenant, queryId, session]);
  if (Math.abs(Date.now() - (announced.get(key) ?? 0)) < KNOWN_MILLIS) return;
  await feedOf(c.env, callerOf(c)).recordQuery(queryId, session, queryNameOf(event));
  announced.set(key, Date.now());
}
