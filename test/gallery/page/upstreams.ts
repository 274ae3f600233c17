import type {
  ParkedAnswer,
  UpstreamAnswer,
  UpstreamListAnswer,
  UpstreamTestAnswer,
} from "../../../src/api/upstream-schema.ts";
import { PRESETS } from "../../../src/sinks/upstreams/presets.ts";
import { PRESENT } from "./captured-session.ts";

const ago = (seconds: number): string => `${PRESENT - seconds * 1_000}000000`;

const SETTINGS = {
  protocol: "http/protobuf",
  compression: "gzip",
  timeout: 10_000,
  sampling: 1,
  errors: "sampled",
  running: "held",
  logs: "omitted",
  metrics: "omitted",
} as const;
const NOTHING = {
  delivered: 0,
  deliveredLogs: 0,
  deliveredMetrics: 0,
  rejected: 0,
  parked: 0,
  waiting: { traces: 0, spans: 0, logRecords: 0 },
};

const UPSTREAMS: readonly UpstreamAnswer[] = [
  {
    ...SETTINGS,
    name: "primary",
    endpoint: "http://127.0.0.1:4318/v1/traces",
    headers: [],
    state: "on",
    ...NOTHING,
    logs: "sent",
    metrics: "sent",
    delivered: 1_284_112,
    deliveredLogs: 40_217,
    deliveredMetrics: 9_020,
    rejected: 3,
    rejection: { reason: "3 spans are older than the retention of the tenant", at: ago(7_300) },
    lastAttempt: ago(2),
  },
  {
    ...SETTINGS,
    name: "honeycomb",
    endpoint: "https://api.honeycomb.io/v1/traces",
    headers: ["x-honeycomb-team"],
    match: { service: "checkout" },
    sampling: 0.1,
    errors: "always",
    state: "failing",
    failingSince: ago(754),
    reason: "the receiver answers 503: upstream connect error or disconnect/reset before headers",
    ...NOTHING,
    delivered: 8_120,
    waiting: { traces: 41, spans: 2_310, logRecords: 0, oldest: ago(760) },
    lastAttempt: ago(41),
  },
  {
    ...SETTINGS,
    name: "langfuse",
    endpoint: "https://cloud.langfuse.com/api/public/otel/v1/traces",
    headers: ["Authorization"],
    match: { namespace: "team-a" },
    state: "off",
    reason: "UPSTREAM_KEY has no key that decrypts its headers: put the key back",
    ...NOTHING,
    parked: 1_233,
  },
];

const TEST: UpstreamTestAnswer = {
  outcome: "refused",
  reason: "the receiver answers 401: unknown API key - check your credentials",
  status: 401,
  body: '{"error":"unknown API key - check your credentials"}',
  millis: 84,
};

const PARKED: ParkedAnswer = {
  parked: [1, 2].map((at) => ({
    traceId: `0af7651916cd43dd8448eb211c80319${at}`,
    first: 1,
    last: 4,
    reason: "no success for 24 h: the receiver answers 503",
    at: ago(at * 4_000),
  })),
  total: 1_233,
};

/** What the server answers below `/admin/upstreams`, by the state that the gallery shows. */
export function upstreamAnswer(path: string, state: string): Response {
  if (state === "unauthorised") return problem(401, "Unauthorized", "A token is needed.");
  if (state === "failed") return problem(502, "Bad Gateway", "");
  if (path.endsWith("/test")) return Response.json(TEST);
  if (path.endsWith("/parked")) return Response.json(PARKED);
  if (path !== "/admin/upstreams")
    return problem(
      400,
      "Bad Request",
      "UPSTREAM_KEY has no secret of 16 characters or more, and header values are only stored encrypted.",
    );
  const presets = Object.entries(PRESETS).map(([name, { endpoint, headers }]) => ({
    name,
    ...(endpoint === undefined ? {} : { endpoint }),
    headers: headers.map((names) => [...names]),
  }));
  const upstreams = state === "empty" ? [] : [...UPSTREAMS];
  return Response.json({ upstreams, presets, delivery: "call" } satisfies UpstreamListAnswer);
}

function problem(status: number, title: string, detail: string): Response {
  return Response.json({ title, detail, status }, { status });
}
