import { callerOf } from "../../place.ts";
import { Hono } from "hono";
import type { Context } from "hono";
import { needs } from "../../auth/guard.ts";
import { exporterCors } from "../../auth/headers.ts";
import type { AppEnv } from "../../config.ts";
import { log } from "../../lib/log.ts";
import { decodeTraces } from "../../otlp/decode-traces.ts";
import { decodeLogs } from "../../otlp/logs/decode-logs.ts";
import type { DecodedLogs, DecodedRequest, RecordGroup, TraceGroup } from "../../otlp/group/trace-group.ts";
import { MAX_JSON_BODY, MAX_PROTOBUF_BODY } from "../../otlp/limits.ts";
import { GRPC_PATHS } from "../../lib/grpc-paths.ts";
import { GRPC_WEB_TYPE, isGrpcWeb } from "../../otlp/grpc-web.ts";
import { encodingOf } from "../../otlp/media-type.ts";
import type { OtlpEncoding } from "../../otlp/media-type.ts";
import type { Result } from "../../otlp/refusals.ts";
import { SIGNALS } from "../../otlp/response.ts";
import type { Signal } from "../../otlp/response.ts";
import { answer } from "./answer.ts";
import type { ExportOutcome } from "./answer.ts";
import { bodies, readCall, readSent } from "./body-budget.ts";
import { countExport } from "./export-layouts.ts";
import { diskProblemBehind } from "../disk.ts";
import { deliver, exportCallerOf } from "./deliver.ts";
import type { Delivered } from "./deliver.ts";
import { VIA_HEADER } from "../../sinks/upstreams/otlp-upstream.ts";
import { loadUpstreams } from "../../sinks/upstreams/registry.ts";
import { receiveMetrics, relayUnplaced } from "./relay.ts";
import { isGrpcPath } from "./wire.ts";

/** OTLP/HTTP (specification: OTLP/HTTP Request), at `/v1/traces` and every path that ends so. */
export const receiver = new Hono<AppEnv>({ strict: false });

for (const signal of SIGNALS) {
  const path = `/:path{(?:.*/)?v1/${signal}}`;
  receiver.use(path, needs("public"), exporterCors);
  receiver.post(path, needs("write"), async (c) => answer(c, signal, await receive(c, signal)));
  receiver.all(path, needs("public"), (c) => answer(c, signal, { outcome: "wrong-method" }));
}

/** OTLP/gRPC as gRPC-Web: a Worker can send no trailers of HTTP/2. `npm start` passes calls of gRPC on to it. */
for (const signal of SIGNALS) {
  const path = GRPC_PATHS[signal];
  receiver.use(path, needs("public"), exporterCors);
  receiver.post(path, needs("write"), async (c) => answer(c, signal, await receive(c, signal)));
}
receiver.all("/:service{opentelemetry\\.proto\\.collector\\..+}", needs("public"), (c) =>
  answer(c, "traces", { outcome: "wrong-path" }),
);

/** Reads the body of an admitted caller, decodes it and delivers its spans or log records. */
async function receive(c: Context<AppEnv>, signal: Signal): Promise<ExportOutcome> {
  countExport();
  const contentType = c.req.header("content-type");
  const isCall = isGrpcPath(c.req.path);
  const encoding = isCall ? (isGrpcWeb(contentType) ? "protobuf" : undefined) : encodingOf(contentType ?? null);
  if (encoding === undefined)
    return {
      outcome: "undecodable",
      error: { reason: "unsupported-media-type", contentType, ...(isCall ? { accepted: GRPC_WEB_TYPE } : {}) },
    };
  const via = await readVia(c);
  if (via === "loop") return { outcome: "loop" };
  const account = bodies.open();
  try {
    const limit = encoding === "json" ? MAX_JSON_BODY : MAX_PROTOBUF_BODY;
    const body = isCall
      ? await readCall(c.req.raw, limit, account.hold)
      : await readSent(c.req.raw, limit, account.hold);
    if (!body.ok) return { outcome: "undecodable", error: body.error };
    if (signal === "metrics") return await receiveMetrics(c, body.value, encoding, via);
    const read = () => decode(signal, body.value, encoding);
    const decoded = c.var.trace === undefined ? read() : c.var.trace.measure(`decode ${signal}`, read);
    if (!decoded.ok) return { outcome: "undecodable", error: decoded.error };
    const { count, rejected } = decoded.value;
    if (count + rejected.count === 0 && body.value.length > EMPTY_BYTES)
      return { outcome: "unread", field: encoding === "json" ? unknownList(body.value) : undefined };
    // What a session holds is stored whatever upstreams do with the rest.
    const { unplaced } = decoded.value;
    const [stored, relayed] = await Promise.all([
      store(c, decoded.value, via),
      unplaced === undefined ? undefined : relayUnplaced(c, unplaced, body.value, via),
    ]);
    if (stored.outcome !== "stored") return stored;
    if (relayed?.outcome === "failed") return relayed.failure;
    return relayed?.outcome === "relayed" && unplaced !== undefined
      ? sumOf(decoded.value, stored, [unplaced.rejected, relayed.rejected], relayed.accepted)
      : sumOf(decoded.value, stored, [rejected]);
  } catch (error) {
    // Failures of objects never get here: they are temporary, see `deliver`.
    const reference = crypto.randomUUID();
    log("export-not-processed", { level: "error", reference, error });
    return { outcome: "faulty", reference };
  } finally {
    account.close();
  }
}

/** Bytes. A larger request without a span or log record is not an empty one: its fields have other names. */
const EMPTY_BYTES = 100;

const KNOWN_LISTS: ReadonlySet<string> = new Set([
  "resourceSpans",
  "scopeSpans",
  "spans",
  "resourceLogs",
  "scopeLogs",
  "logRecords",
  "attributes",
  "values",
]);
/** Bytes of JSON in which an unknown list is looked for. */
const LOOK_AHEAD = 4_096;

/** The first list in the JSON that OTLP does not know, such as `instrumentationLibrarySpans`. */
function unknownList(body: Uint8Array): string | undefined {
  const head = new TextDecoder().decode(body.subarray(0, LOOK_AHEAD));
  for (const [, name = ""] of head.matchAll(/"(\w{1,64})"\s*:\s*\[/g)) if (!KNOWN_LISTS.has(name)) return name;
  return undefined;
}

/** A decoded request of either stored signal. `count`: accepted items. */
type Decoded = Pick<DecodedRequest, "rejected" | "service"> &
  Pick<DecodedLogs, "unplaced"> & {
    readonly groups: readonly (TraceGroup | RecordGroup)[];
    readonly count: number;
  };

function decode(signal: Exclude<Signal, "metrics">, body: Uint8Array, encoding: OtlpEncoding): Result<Decoded> {
  if (signal === "traces") {
    const decoded = decodeTraces(body, encoding);
    return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.spans } } : decoded;
  }
  const decoded = decodeLogs(body, encoding);
  return decoded.ok ? { ok: true, value: { ...decoded.value, count: decoded.value.records } } : decoded;
}

type Stored = { readonly outcome: "stored" } & Pick<Delivered, "rejected" | "reason">;

async function store(
  c: Context<AppEnv>,
  { groups }: Decoded,
  via: readonly string[],
): Promise<Stored | Extract<ExportOutcome, { readonly outcome: "not-stored" }>> {
  const delivered = await deliver(
    c.env,
    exportCallerOf(c),
    via.length === 0 ? groups : groups.map((group) => cameBy(group, via)),
  );
  if (!delivered.retry) return { outcome: "stored", ...delivered };
  const problem = await diskProblemBehind(c.env);
  return { outcome: "not-stored", ...(problem === undefined ? {} : { problem }) };
}

/** `refused`: what was rejected beside what sessions refused. `passedOn`: accepted by upstreams, and not stored. */
function sumOf(
  { count, service }: Decoded,
  stored: Stored,
  refused: readonly Decoded["rejected"][],
  passedOn = 0,
): ExportOutcome {
  const all = [...refused, { count: stored.rejected, reason: stored.reason }];
  const reasons = all.flatMap(({ reason }) => reason ?? []);
  return {
    outcome: "stored",
    accepted: count - stored.rejected + passedOn,
    rejected: all.reduce((sum, one) => sum + one.count, 0),
    ...(reasons.length === 0 ? {} : { reason: reasons.join("; ") }),
    ...(service === undefined ? {} : { service }),
  };
}

function cameBy<Group extends TraceGroup | RecordGroup>(group: Group, via: readonly string[]): Group {
  return { ...group, receipt: { ...group.receipt, via } };
}

/** Instances that an export may pass. */
const MOST_HOPS = 8;
const HOP = /^[\w-]{1,64}$/;

/** The instances of this program that forwarded the export; "loop" if this one is among them, or if they are too many. */
async function readVia(c: Context<AppEnv>): Promise<readonly string[] | "loop"> {
  const header = c.req.header(VIA_HEADER);
  if (header === undefined) return [];
  const via = header.split(",").map((name) => name.trim());
  if (via.length > MOST_HOPS || !via.every((name) => HOP.test(name))) return "loop";
  const { self } = await loadUpstreams(c.env, callerOf(c));
  return via.includes(self) ? "loop" : via;
}
