import { isList, isObject, type JsonObject } from "./json/json-decoding.ts";
import type { RequestShards } from "./shards/request-shards.ts";

export const LOOK_LIKE_LOGS = "these look like logs; post them to /v1/logs";
export const LOOK_LIKE_SPANS = "these look like spans; post them to /v1/traces";
/** In protobuf the two begin alike: with a text or an id where a log record has its time. */
export const LOOK_LIKE_NO_LOGS = "these look like spans or metrics; post them to /v1/traces or /v1/metrics";
export const LOOK_LIKE_METRICS = "these look like metrics; post them to /v1/metrics";

/** In JSON logs and metrics are unknown fields of a request for traces: to accept them silently would lose them silently. */
export function rejectOtherSignals(shards: RequestShards, request: JsonObject): void {
  const logs = countRecords(request["resourceLogs"], "scopeLogs", "logRecords");
  if (logs > 0) shards.rejectOtherSignal(logs, LOOK_LIKE_LOGS);
  const metrics = countRecords(request["resourceMetrics"], "scopeMetrics", "metrics");
  if (metrics > 0) shards.rejectOtherSignal(metrics, LOOK_LIKE_METRICS);
}

/** Of a signal's request, whatever it holds. */
export function countRecords(resources: unknown, scopesField: string, recordsField: string): number {
  let count = 0;
  for (const resource of listOf(resources)) {
    for (const scope of listOf(isObject(resource) ? resource[scopesField] : undefined)) {
      count += listOf(isObject(scope) ? scope[recordsField] : undefined).length;
    }
  }
  return count;
}

function listOf(input: unknown): readonly unknown[] {
  return isList(input) ? input : [];
}
