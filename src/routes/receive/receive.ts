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

/** `/v1/traces` and every path that ends so, slash or not: changing the host is all that an exporter of another product needs. */
export function signalOf(path: string): Signal | undefined {
  const match = /\/v1\/(traces|logs|metrics)\/?$/.exec(path);
  return match === null ? undefined : (match[1] as Signal);
}

/** An OTLP/HTTP export of one signal (specification: OTLP/HTTP Request, OTLP/HTTP Response). */
export async function receive(c: Context<AppEnv>, signal: Signal): Promise<Response> {
  const encoding = encodingOf(c.req.header("content-type") ?? null);
  if (c.req.method === "OPTIONS") return c.body(null, 204, corsOf(c));
  if (c.req.method !== "POST")
    return refuse(c, encoding, 405, `${c.req.method} is not taken here: POST an export`, { allow: "POST, OPTIONS" });
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), "write");
  if (!verdict.allowed) {
    // A wrong token is the likeliest mistake of a first minute, and nobody looks into an exporter's log.
    if (verdict.status !== 503) noteRefusal(c, signal, encoding, verdict.status, verdict.detail);
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
    if (signal === "metrics") return acceptUnkept(c, encoding);
    return await keep(c, signal, encoding, decode(signal, body.value, encoding));
  } catch (error) {
    return refuseFaulty(c, signal, encoding, error);
  } finally {
    account.close();
  }
}

type Kept = Exclude<Signal, "metrics">;

/** What a request holds, whichever of the kept signals it is of: `count` was accepted. */
type Decoded = Pick<DecodedRequest, "rejected" | "service"> & {
  readonly groups: readonly (TraceGroup | RecordGroup)[];
  readonly count: number;
};

function decode(signal: Kept, body: Uint8Array, encoding: OtlpEncoding): Result<Decoded> {
  if (signal === "traces") {
    const decoded = decodeTraces(body, encoding);
    return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.spans } } : decoded;
  }
  const decoded = decodeLogs(body, encoding);
  return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.records } } : decoded;
}

async function keep(
  c: Context<AppEnv>,
  signal: Kept,
  encoding: OtlpEncoding,
  decoded: Result<Decoded>,
): Promise<Response> {
  if (!decoded.ok) return fail(c, signal, encoding, decoded.error);
  const { groups, count, rejected, service } = decoded.value;
  const delivered = await deliver(c.env, c.var.tenant, groups);
  if (delivered.retry)
    return refuse(c, encoding, 503, "not all of it could be stored; send it again", { "retry-after": "1" });
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
 * A fault of ours in decoding would come again with the same bytes: not to be sent again, and said so in the encoding that
 * was asked in. What objects throw does not come here: that passes.
 */
function refuseFaulty(c: Context<AppEnv>, signal: Signal, encoding: OtlpEncoding, error: unknown): Response {
  const reference = crypto.randomUUID();
  console.error(JSON.stringify({ message: "an export could not be taken", reference, error: String(error) }));
  const message = `a fault of ours, not of the ${signal}; reference ${reference}`;
  noteRefusal(c, signal, encoding, 500, message);
  return refuse(c, encoding, 500, message);
}

/** Exporters send all signals to one endpoint, and complain for ever if one is refused. */
function acceptUnkept(c: Context<AppEnv>, encoding: OtlpEncoding): Response {
  recordExport(c, { at: Date.now(), signal: "metrics", encoding, accepted: 0, rejected: 0 });
  const partial = { rejected: 0, message: "metrics are accepted and not kept" };
  return respond(c, encoding, 200, encodeSuccess("metrics", encoding, partial), {});
}

function fail(c: Context<AppEnv>, signal: Signal, encoding: OtlpEncoding | undefined, error: DecodeError): Response {
  const { http, message, field } = statusOf(error);
  noteRefusal(c, signal, encoding, http, message);
  const status = encodeStatus(encoding ?? "json", http, message, field);
  return respond(c, encoding ?? "json", http, status, http === 503 ? { "retry-after": "1" } : {});
}

function noteRefusal(
  c: Context<AppEnv>,
  signal: Signal,
  encoding: OtlpEncoding | undefined,
  status: number,
  reason: string,
): void {
  const about = { at: Date.now(), signal, accepted: 0, rejected: 0, reason };
  recordExport(c, encoding === undefined ? about : { ...about, encoding }, status);
}

/** An export to a path that is no receiver's: told where one is, and noted for the page. */
export function refusePath(c: Context<AppEnv>): Response {
  const encoding = encodingOf(c.req.header("content-type") ?? null);
  const here = new URL(c.req.url).origin;
  const message = `There is no receiver at ${c.req.path}. Export traces to ${here}/v1/traces: set OTEL_EXPORTER_OTLP_ENDPOINT=${here}`;
  const verdict = judgeAccess(c.env, c.req.header("host"), c.req.header("authorization"), "write");
  if (verdict.allowed) noteRefusal(c, "traces", encoding, 404, message);
  return refuse(c, encoding, 404, message);
}

/** An error as google.rpc.Status, in the request's encoding; JSON where it has none. */
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

/** Exporters in browsers may post. */
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
