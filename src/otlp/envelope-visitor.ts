import type { Resource, Scope } from "../otel/span.ts";
import { isList, isObject } from "./json/scalars.ts";
import type { JsonObject } from "./json/scalars.ts";

/** A signal's field names in an export, from the outside in. The envelopes of spans and of log records are otherwise the same. */
export type SignalFields = { readonly resources: string; readonly scopes: string; readonly items: string };

export const TRACES: SignalFields = { resources: "resourceSpans", scopes: "scopeSpans", items: "spans" };
export const LOGS: SignalFields = { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" };

/** Receives a request's items while a decoder walks it: the resource, then the scope, then each item. */
export type EnvelopeVisitor<Item, Decoded> = {
  enterResource: (resource: Resource | undefined, schemaUrl: string) => void;
  enterScope: (scope: Scope | undefined, schemaUrl: string) => void;
  /** The current item, accepted or rejected: `Decoding.rejection` says which. */
  add: (item: Item) => void;
  /** Counts items of another signal that were posted as this one. */
  rejectOtherSignal: (count: number, reason: string) => void;
  close: () => Decoded;
};

export const LOOK_LIKE_LOGS = "these look like logs; post them to /v1/logs";
const LOOK_LIKE_SPANS = "these look like spans; post them to /v1/traces";
/** In protobuf spans and metrics begin alike: with a string or an id where a log record has its time. */
export const LOOK_LIKE_NO_LOGS = "these look like spans or metrics; post them to /v1/traces or /v1/metrics";
const LOOK_LIKE_METRICS = "these look like metrics; post them to /v1/metrics";

const SIGNALS: readonly (readonly [SignalFields, reason: string])[] = [
  [TRACES, LOOK_LIKE_SPANS],
  [LOGS, LOOK_LIKE_LOGS],
  [{ resources: "resourceMetrics", scopes: "scopeMetrics", items: "metrics" }, LOOK_LIKE_METRICS],
];

/** In JSON another signal is an unknown field of the request. Accepting it silently would lose it silently. */
export function rejectOtherSignals(
  posted: SignalFields,
  visitor: EnvelopeVisitor<never, unknown>,
  request: JsonObject,
): void {
  for (const [signal, reason] of SIGNALS) {
    const count = signal === posted ? 0 : countItems(request[signal.resources], signal);
    if (count > 0) visitor.rejectOtherSignal(count, reason);
  }
}

function countItems(resources: unknown, { scopes, items }: SignalFields): number {
  let count = 0;
  for (const resource of listOf(resources)) {
    for (const scope of listOf(isObject(resource) ? resource[scopes] : undefined)) {
      count += listOf(isObject(scope) ? scope[items] : undefined).length;
    }
  }
  return count;
}

function listOf(input: unknown): readonly unknown[] {
  return isList(input) ? input : [];
}
