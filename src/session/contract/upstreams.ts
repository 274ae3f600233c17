/** What the tenant's upstreams are, between the Worker and their object. */

/** The path of their page, and of its data. */
export const UPSTREAMS_PATH = "/admin/upstreams";

/** Which traces an upstream gets: all, or each with a span that says so. */
export type UpstreamMatch =
  | { readonly by: "all" }
  /** The value of `query.namespace` on a span or its resource. */
  | { readonly by: "namespace"; readonly value: string }
  /** `service.name` of the resource. */
  | { readonly by: "service"; readonly value: string }
  /** An attribute of the resource, as text. */
  | { readonly by: "attribute"; readonly key: string; readonly value: string };

/** The values that a setting may have, the default first. */
export const UPSTREAM_CHOICES = {
  protocol: ["http/protobuf", "http/json"],
  compression: ["gzip", "none"],
  errors: ["sampled", "always"],
  running: ["held", "sent"],
  logs: ["omitted", "sent"],
  metrics: ["omitted", "sent"],
} as const;

type Choice<Name extends keyof typeof UPSTREAM_CHOICES> = (typeof UPSTREAM_CHOICES)[Name][number];

/** An upstream without the values of its headers. */
export type UpstreamSettings = {
  /** The URL that gets the traces. */
  readonly endpoint: string;
  readonly protocol: Choice<"protocol">;
  readonly compression: Choice<"compression">;
  /** Of one request, milliseconds. */
  readonly timeout: number;
  readonly match: UpstreamMatch;
  /** Share of the traces that are sent, by trace id: 0 to 1. */
  readonly sampling: number;
  /** Whether a trace with an error is sent although its id is not in the sample. */
  readonly errors: Choice<"errors">;
  /** Whether a span that still runs is sent as well. Most receivers keep the first of two versions. */
  readonly running: Choice<"running">;
  /** Whether log records go there, to `/v1/logs` beside the endpoint. Absent in upstreams that were stored before: `omitted`. */
  readonly logs?: Choice<"logs">;
  /** Whether metrics go there, to `/v1/metrics`. Absent as above. */
  readonly metrics?: Choice<"metrics">;
};

/** Texts by name, such as header values, encrypted. */
export type Sealed = {
  /** Names the secret that opens it. */
  readonly key: string;
  /** Base64. */
  readonly iv: string;
  readonly data: string;
};

export type StoredUpstream = {
  readonly name: string;
  readonly settings: UpstreamSettings;
  readonly headerNames: readonly string[];
  readonly sealed?: Sealed;
  /** When it was made, Unix milliseconds: traces whose last delivery is earlier are not sent. */
  readonly since: number;
};

export type UpstreamList = {
  /** The name of this instance in `spanfold-via`. */
  readonly self: string;
  /** As in {@link StoredUpstream}, of the upstream in the program's own variables. */
  readonly primarySince: number;
  readonly upstreams: readonly StoredUpstream[];
};

/** What goes to an upstream, each to a path of its own: one that fails holds up no other. */
export type SinkSignal = "traces" | "logs" | "metrics";

/** The name under which an upstream's signal has its cursors and counts. No upstream is called so: names have no blanks. */
export function sinkName(upstream: string, signal: SinkSignal): string {
  return signal === "traces" ? upstream : `${upstream} ${signal}`;
}

export function signalOfSink(sink: string): SinkSignal {
  return sink.endsWith(" logs") ? "logs" : sink.endsWith(" metrics") ? "metrics" : "traces";
}

export function upstreamOfSink(sink: string): string {
  return sink.split(" ", 1)[0] ?? sink;
}

/** What an upstream lacks of traces, by its cursors. Spans that are held while they run count too. */
export type UpstreamWaiting = {
  readonly traces: number;
  readonly spans: number;
  readonly logRecords: number;
  /** When the first of them was received, Unix milliseconds; absent without any. */
  readonly oldest?: number;
};

/** By upstream. `isPartial`: there is more than one call counts. */
export type ShardWaiting = {
  readonly upstreams: Readonly<Record<string, UpstreamWaiting>>;
  readonly isPartial: boolean;
};

/** What waits in one object. `moved`: logs of the shard that are in objects of their own, and may own a trace; each by its move. */
export type ObjectWaiting = ShardWaiting & {
  readonly moved: readonly { readonly id: string; readonly move: number }[];
};

/** What deliveries of one signal to an upstream came to, since the last report. */
export type UpstreamReport = {
  readonly name: string;
  readonly signal: SinkSignal;
  /** Spans, log records or data points. */
  readonly items: number;
  readonly rejected: number;
  /** Why the last attempt failed. */
  readonly message?: string;
  /** Why a partial success rejected spans, or its warning. */
  readonly rejection?: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Whether the last attempt succeeded. */
  readonly isUp: boolean;
};

/** Deliveries of a trace that an upstream did not get: from the first to the last, by the trace's own revisions. */
export type Parked = {
  readonly upstream: string;
  readonly traceId: string;
  readonly first: number;
  readonly last: number;
  readonly reason: string;
  /** Unix milliseconds. */
  readonly at: number;
};

/** `from`, `until`: when they were parked, Unix milliseconds. `after`: `next` of the page before. */
export type ParkedQuery = {
  readonly limit: number;
  readonly from?: number;
  readonly until?: number;
  readonly after?: string;
};

/** `total`: of the upstream. `omitted`: further ones in the query's range. */
export type ParkedPage = {
  readonly parked: readonly Parked[];
  readonly total: number;
  readonly omitted: number;
  readonly next?: string;
};

/** What the last attempt to send to a target came to. */
export type LastAttempt = {
  /** Whether it succeeded; also before the first one. */
  readonly isUp: boolean;
  /** Unix milliseconds; absent before the first one. */
  readonly at?: number;
  /** Why it failed. */
  readonly message?: string;
};

/** Since the upstream was made. */
export type UpstreamStatus = LastAttempt & {
  readonly name: string;
  readonly spans: number;
  readonly logRecords: number;
  readonly dataPoints: number;
  readonly rejected: number;
  readonly parked: number;
  /** The first of the failures since the last success; Unix milliseconds. */
  readonly failingSince?: number;
  /** The reason of the last partial success, and when it came; Unix milliseconds. */
  readonly rejection?: { readonly reason: string; readonly at: number };
};
