import type { Result } from "../refusals/decode-error.ts";
import { readJson } from "../json/decode-json.ts";
import type { JsonDecoding, JsonObject } from "../json/json-decoding.ts";
import { readText } from "../json/json-scalars.ts";
import { readResource, readScope } from "../json/json-span.ts";
import { countRecords, LOOK_LIKE_METRICS, LOOK_LIKE_SPANS } from "../other-signal.ts";
import type { DecodedLogs } from "../shards/shard.ts";
import { readRecord } from "./json-record.ts";
import { RequestRecords } from "./request-records.ts";

/** OTLP/JSON logs. A walk apart from that of spans, so that the path of spans knows one kind of message only. */
export function decodeJsonLogs(bytes: Uint8Array): Result<DecodedLogs> {
  return readJson(bytes, (parsed, decoding) => {
    const shards = new RequestRecords("json", decoding);
    const request = decoding.element("", parsed);
    if (request !== undefined) readRequest(decoding, shards, request);
    return shards;
  });
}

function readRequest(decoding: JsonDecoding, shards: RequestRecords, request: JsonObject): void {
  const list = decoding.list("resourceLogs", request["resourceLogs"]);
  decoding.trail.enter("resourceLogs");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const resourceLogs = decoding.element("", list[index]);
    if (resourceLogs !== undefined) readResourceLogs(decoding, shards, resourceLogs);
  }
  decoding.trail.leave();
  if (list.length === 0) rejectOtherSignals(shards, request);
}

function readResourceLogs(decoding: JsonDecoding, shards: RequestRecords, input: JsonObject): void {
  decoding.begin();
  shards.enterResource(readResource(decoding, input["resource"]), readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list("scopeLogs", input["scopeLogs"]);
  decoding.trail.enter("scopeLogs");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const scopeLogs = decoding.element("", list[index]);
    if (scopeLogs !== undefined) readScopeLogs(decoding, shards, scopeLogs);
  }
  decoding.trail.leave();
}

function readScopeLogs(decoding: JsonDecoding, shards: RequestRecords, input: JsonObject): void {
  decoding.begin();
  shards.enterScope(readScope(decoding, input["scope"]), readText(decoding, "schemaUrl", input["schemaUrl"]));
  const list = decoding.list("logRecords", input["logRecords"]);
  decoding.trail.enter("logRecords");
  for (let index = 0; index < list.length && !decoding.stopped; index++) {
    decoding.trail.item(index);
    const record = decoding.element("", list[index]);
    if (record === undefined) break;
    decoding.beginSpan();
    const read = readRecord(decoding, record);
    if (!decoding.stopped) shards.add(read);
    decoding.endSpan();
  }
  decoding.trail.leave();
}

/** In JSON spans and metrics are unknown fields of a request for logs: to accept them silently would lose them silently. */
function rejectOtherSignals(shards: RequestRecords, request: JsonObject): void {
  const spans = countRecords(request["resourceSpans"], "scopeSpans", "spans");
  if (spans > 0) shards.rejectOtherSignal(spans, LOOK_LIKE_SPANS);
  const metrics = countRecords(request["resourceMetrics"], "scopeMetrics", "metrics");
  if (metrics > 0) shards.rejectOtherSignal(metrics, LOOK_LIKE_METRICS);
}
