import type { Context } from "hono";
import { mayPageSend } from "../../auth/origin.ts";
import { statusOf } from "../../otlp/refusals.ts";
import type { DecodeError, Result } from "../../otlp/refusals.ts";
import { decodeTraces } from "../../otlp/decode-traces.ts";
import { decodeLogs } from "../../otlp/logs/decode-logs.ts";
import { MAX_JSON_BODY, MAX_PROTOBUF_BODY } from "../../otlp/limits.ts";
import { encodingOf, mediaTypeOf } from "../../otlp/media-type.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import { encodeStatus, encodeSuccess } from "../../otlp/response.ts";
import type { Signal } from "../../otlp/response.ts";
import type { DecodedRequest, RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { challenge, judgeAccess } from "../../auth/access.ts";
import type { AppEnv } from "../../config.ts";
import { recordExport } from "./recent-exports.ts";
import { bodies, readSent } from "./body-budget.ts";
import { deliver } from "./deliver.ts";
import { log } from "../../lib/log.ts";

/** `/v1/traces` and every path that ends so, slash or not: an exporter of another product only needs another host. */
export function signalOf(path: string): Signal | undefined {
  const match = /\/v1\/(traces|logs|metrics)\/?$/.exec(path);
  return match === null ? undefined : (match[1] as Signal);
}

/** An OTLP/HTTP export of one signal (specification: OTLP/HTTP Request, OTLP/HTTP Response). */
export async function receive(c: Context<AppEnv>, signal: Signal): Promise<Response> {
  const encoding = encodingOf(c.req.header("content-type") ?? null);
  if (c.req.method === "OPTIONS") return c.body(null, 204, corsOf(c));
  if (c.req.method !== "POST")
    return refuse(c, encoding, 405, `${c.req.method} is not allowed here: POST an export`, { allow: "POST, OPTIONS" });
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), "write");
  if (!verdict.allowed) {
    // A wrong token is the likeliest mistake of the first minute, and an exporter's log is rarely read: the page shows it.
    if (verdict.status !== 503) recordRefusal(c, signal, encoding, verdict.status, verdict.detail);
    return refuse(
      c,
      encoding,
      verdict.status,
      verdict.detail,
      verdict.status === 503 ? { "retry-after": "30" } : challenge(verdict.status),
    );
  }
  if (encoding === undefined)
    return fail(c, signal, encoding, { reason: "unsupported-media-type", contentType: c.req.header("content-type") });

  const account = bodies.open();
  try {
    const limit = encoding === "json" ? MAX_JSON_BODY : MAX_PROTOBUF_BODY;
    const body = await readSent(c.req.raw, limit, account.hold);
    if (!body.ok) return fail(c, signal, encoding, body.error);
    if (signal === "metrics") return acceptMetrics(c, encoding);
    return await store(c, signal, encoding, decode(signal, body.value, encoding));
  } catch (error) {
    return refuseFaulty(c, signal, encoding, error);
  } finally {
    account.close();
  }
}

type StoredSignal = Exclude<Signal, "metrics">;

/** A decoded request of either stored signal. `count`: accepted items. */
type Decoded = Pick<DecodedRequest, "rejected" | "service"> & {
  readonly groups: readonly (TraceGroup | RecordGroup)[];
  readonly count: number;
};

function decode(signal: StoredSignal, body: Uint8Array, encoding: OtlpEncoding): Result<Decoded> {
  if (signal === "traces") {
    const decoded = decodeTraces(body, encoding);
    return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.spans } } : decoded;
  }
  const decoded = decodeLogs(body, encoding);
  return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.records } } : decoded;
}

async function store(
  c: Context<AppEnv>,
  signal: StoredSignal,
  encoding: OtlpEncoding,
  decoded: Result<Decoded>,
): Promise<Response> {
  if (!decoded.ok) return fail(c, signal, encoding, decoded.error);
  const { groups, count, rejected, service } = decoded.value;
  const delivered = await deliver(c.env, c.var.tenant, groups);
  if (delivered.retry)
    return refuse(c, encoding, 503, "part of the export could not be stored; send it again", { "retry-after": "1" });
  const refused = rejected.count + delivered.rejected;
  const reason = [rejected.reason, delivered.reason].filter((text) => text !== undefined).join("; ");
  if (count + rejected.count > 0) {
    recordExport(c, {
      at: Date.now(),
      signal,
      encoding,
      accepted: count - delivered.rejected,
      rejected: refused,
      ...(service === undefined ? {} : { service }),
      ...(reason === "" ? {} : { reason }),
    });
  }
  const answer = encodeSuccess(signal, encoding, refused === 0 ? undefined : { rejected: refused, message: reason });
  return respond(c, encoding, 200, answer, {});
}

/**
 * A bug in our decoder would fail again with the same bytes: 500 in the request's encoding, so that the exporter does not
 * retry. Failures of objects never get here: they are temporary, see `deliver`.
 */
function refuseFaulty(c: Context<AppEnv>, signal: Signal, encoding: OtlpEncoding, error: unknown): Response {
  const reference = crypto.randomUUID();
  log("export-not-processed", { level: "error", reference, error });
  const message = `an internal error, not a fault of the ${signal}; reference ${reference}`;
  recordRefusal(c, signal, encoding, 500, message);
  return refuse(c, encoding, 500, message);
}

/** Exporters send all signals to one endpoint, and would log errors forever if one were refused. */
function acceptMetrics(c: Context<AppEnv>, encoding: OtlpEncoding): Response {
  recordExport(c, { at: Date.now(), signal: "metrics", encoding, accepted: 0, rejected: 0 });
  const partial = { rejected: 0, message: "metrics are accepted but not stored" };
  return respond(c, encoding, 200, encodeSuccess("metrics", encoding, partial), {});
}

function fail(c: Context<AppEnv>, signal: Signal, encoding: OtlpEncoding | undefined, error: DecodeError): Response {
  const { http, message, field } = statusOf(error);
  recordRefusal(c, signal, encoding, http, message);
  const status = encodeStatus(encoding ?? "json", http, message, field);
  return respond(c, encoding ?? "json", http, status, http === 503 ? { "retry-after": "1" } : {});
}

function recordRefusal(
  c: Context<AppEnv>,
  signal: Signal,
  encoding: OtlpEncoding | undefined,
  status: number,
  reason: string,
): void {
  const entry = { at: Date.now(), signal, accepted: 0, rejected: 0, reason };
  recordExport(c, encoding === undefined ? entry : { ...entry, encoding }, status);
}

/** Answers an export to a wrong path with the right one, and records the refusal for the page. */
export function refusePath(c: Context<AppEnv>): Response {
  const encoding = encodingOf(c.req.header("content-type") ?? null);
  const here = new URL(c.req.url).origin;
  const message = `There is no receiver at ${c.req.path}. Export traces to ${here}/v1/traces: set OTEL_EXPORTER_OTLP_ENDPOINT=${here}`;
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), "write");
  if (verdict.allowed) recordRefusal(c, "traces", encoding, 404, message);
  return refuse(c, encoding, 404, message);
}

/** An error as google.rpc.Status, in the request's encoding; JSON if that is unknown. */
export function refuse(
  c: Context<AppEnv>,
  encoding: OtlpEncoding | undefined,
  http: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return respond(c, encoding ?? "json", http, encodeStatus(encoding ?? "json", http, message), headers);
}

function respond(
  c: Context<AppEnv>,
  encoding: OtlpEncoding,
  http: number,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Response {
  return new Response(body, {
    status: http,
    headers: { "content-type": mediaTypeOf(encoding), "cache-control": "no-store", ...corsOf(c), ...headers },
  });
}

/** CORS headers: exporters in browsers may post. */
function corsOf(c: Context<AppEnv>): Record<string, string> {
  const origin = c.req.header("origin");
  if (origin === undefined || !mayPageSend(c.env, origin)) return {};
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    ...(c.req.method === "OPTIONS"
      ? {
          "access-control-allow-methods": "POST",
          "access-control-allow-headers": "*, authorization",
          "access-control-max-age": "7200",
        }
      : {}),
  };
}
