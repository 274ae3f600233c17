/** Upstreams as they are set, and as answers show them. */
import * as v from "valibot";
import { UPSTREAM_CHOICES } from "../session/contract/upstreams.ts";
import { count, nanoseconds, text, traceId } from "./otlp-schema.ts";

const match = v.pipe(
  v.union([
    v.strictObject({ namespace: text }),
    v.strictObject({ service: text }),
    v.strictObject({ attribute: v.strictObject({ key: text, value: text }) }),
  ]),
  v.description(
    "Which traces go there: each with a span that has this `query.namespace`, this service, or this attribute of its resource. Absent: all.",
  ),
);

const SETTINGS = {
  endpoint: v.pipe(text, v.description("`/v1/traces` is appended unless the path ends in it.")),
  protocol: v.pipe(v.picklist(UPSTREAM_CHOICES.protocol), v.description("Default: `http/protobuf`.")),
  compression: v.pipe(v.picklist(UPSTREAM_CHOICES.compression), v.description("Default: `gzip`.")),
  timeout: v.pipe(v.number(), v.description("Of one request, milliseconds. Default: 10,000.")),
  sampling: v.pipe(v.number(), v.description("Share of the traces, by trace id. Default: 1.")),
  errors: v.pipe(
    v.picklist(UPSTREAM_CHOICES.errors),
    v.description("`always`: traces with an error go there whatever the sample says. Default: `sampled`."),
  ),
  running: v.pipe(
    v.picklist(UPSTREAM_CHOICES.running),
    v.description(
      "`sent`: spans that still run go there too. Default: `held`, as most receivers keep the first of two versions.",
    ),
  ),
  logs: v.pipe(
    v.picklist(UPSTREAM_CHOICES.logs),
    v.description("`sent`: log records go there too, to `/v1/logs` beside the endpoint. Default: `omitted`."),
  ),
  metrics: v.pipe(
    v.picklist(UPSTREAM_CHOICES.metrics),
    v.description(
      "`sent`: metrics are passed on to `/v1/metrics` beside the endpoint while their exporter waits. Default: `omitted`.",
    ),
  ),
};

export const UpstreamBodySchema = v.strictObject({
  preset: v.exactOptional(
    v.pipe(
      text,
      v.description(
        "A backend whose endpoint and headers are known: `langfuse`, `phoenix`, `opik`, `honeycomb`, `jaeger`, `tempo`, `langsmith`, `braintrust`, `logfire`, `spanfold`.",
      ),
    ),
  ),
  headers: v.exactOptional(
    v.pipe(
      v.union([v.record(text, text), text]),
      v.description(
        "By name, or as in OTEL_EXPORTER_OTLP_HEADERS. Absent: those that are stored stay, if the endpoint's origin does.",
      ),
    ),
  ),
  match: v.exactOptional(match),
  ...Object.fromEntries(Object.entries(SETTINGS).map(([name, schema]) => [name, v.exactOptional(schema)])),
});

export const UpstreamSchema = v.object({
  name: text,
  ...SETTINGS,
  match: v.exactOptional(match),
  headers: v.pipe(v.array(text), v.description("Names. Values are never shown.")),
  state: v.pipe(
    v.picklist(["on", "failing", "off"]),
    v.description("`failing`: the last attempt failed. `off`: nothing is sent."),
  ),
  failingSince: v.exactOptional(nanoseconds),
  reason: v.exactOptional(v.pipe(text, v.description("Why it is off or failing."))),
  delivered: v.pipe(count, v.description("Spans that it accepted.")),
  deliveredLogs: v.pipe(count, v.description("Log records that it accepted.")),
  deliveredMetrics: v.pipe(count, v.description("Data points that it accepted.")),
  rejected: v.pipe(count, v.description("Spans, log records and data points that it rejected in partial successes.")),
  rejection: v.exactOptional(
    v.pipe(
      v.object({ reason: text, at: nanoseconds }),
      v.description("The message of its last partial success, and when it came."),
    ),
  ),
  parked: v.pipe(count, v.description("Traces that it did not get whole.")),
  waiting: v.pipe(
    v.object({
      traces: count,
      spans: v.pipe(count, v.description("Those that are held while they run too.")),
      logRecords: count,
      oldest: v.exactOptional(v.pipe(nanoseconds, v.description("When the first of them was received."))),
      isPartial: v.exactOptional(
        v.pipe(v.boolean(), v.description("There may be more: of each shard 500 traces are counted.")),
      ),
    }),
    v.description(
      "What it lacks of traces, as its cursors say. A trace counts from the first run on that looks at it.",
    ),
  ),
  lastAttempt: v.exactOptional(nanoseconds),
});

export const UpstreamListSchema = v.object({
  upstreams: v.array(UpstreamSchema),
  presets: v.pipe(
    v.array(
      v.object({
        name: text,
        endpoint: v.exactOptional(text),
        headers: v.pipe(v.array(v.array(text)), v.description("Of each group it asks for one.")),
      }),
    ),
    v.description("Backends whose endpoint and headers are known."),
  ),
  delivery: v.pipe(
    v.picklist(["queue", "call"]),
    v.description("What makes Workers deliver: messages of a queue, or calls of traces' owners where none is bound."),
  ),
});

export const UpstreamTestSchema = v.object({
  outcome: v.picklist(["accepted", "retry", "refused", "split"]),
  reason: v.exactOptional(text),
  status: v.exactOptional(v.pipe(count, v.description("HTTP status; absent without an answer."))),
  body: v.exactOptional(v.pipe(text, v.description("Of the answer, at most 2,000 characters."))),
  millis: count,
});

export const ParkedSchema = v.object({
  parked: v.array(
    v.object({
      traceId,
      first: v.pipe(count, v.description("The first delivery that it lacks, in the trace's own order.")),
      last: count,
      reason: text,
      at: nanoseconds,
    }),
  ),
  total: v.pipe(count, v.description("All parked traces of the upstream.")),
  next: v.exactOptional(text),
});

export const DeliveredAgainSchema = v.object({
  traces: v.pipe(count, v.description("Traces whose deliveries begin again at the first that the upstream lacks.")),
  omitted: v.pipe(count, v.description("Further traces in the range: repeat the request.")),
});

export type UpstreamAnswer = v.InferOutput<typeof UpstreamSchema>;
export type UpstreamListAnswer = v.InferOutput<typeof UpstreamListSchema>;
export type UpstreamTestAnswer = v.InferOutput<typeof UpstreamTestSchema>;
export type ParkedAnswer = v.InferOutput<typeof ParkedSchema>;
export type DeliveredAgainAnswer = v.InferOutput<typeof DeliveredAgainSchema>;

export const UPSTREAM_COMPONENTS = { Upstream: UpstreamSchema };
