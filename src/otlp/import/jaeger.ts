import * as Key from "../../otel/semconv/attributes.ts";
import { isRecord } from "../../lib/plain-data.ts";
import { SERVICE_KEYS } from "../../otel/semconv/attributes.ts";
import type { AnyValue, KeyValue, ResourceSpans, Scope, Span, SpanEvent, SpanLink } from "../../otel/span.ts";

const KINDS: Readonly<Record<string, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
/** Tags that become a field of the span, its status or its scope instead of an attribute. */
const FIELDS = new Set<string>([
  Key.JAEGER_SPAN_KIND,
  Key.JAEGER_STATUS_CODE,
  Key.JAEGER_STATUS_DESCRIPTION,
  Key.JAEGER_TRACE_STATE,
  ...Key.JAEGER_SCOPE_NAMES,
  ...Key.JAEGER_SCOPE_VERSIONS,
]);

type Reference = { readonly type: string; readonly traceId: string; readonly spanId: string };

/**
 * Converts a trace of Jaeger's JSON to OTLP: the inverse of the mapping of OpenTelemetry's Jaeger exporters. Each process
 * becomes a resource, repeated for every `spansPerResource` spans. Throws a `TypeError` if the input is not a trace. Faults in
 * a span pass through: the decoder then names the field.
 */
export function* resourceSpansOfJaeger(trace: unknown, spansPerResource: number): Generator<ResourceSpans> {
  if (!isRecord(trace) || !Array.isArray(trace["spans"])) throw new TypeError("a trace must have a list of spans");
  const processes = isRecord(trace["processes"]) ? trace["processes"] : {};
  const open = new Map<unknown, OpenProcess>();
  for (const span of trace["spans"] as readonly unknown[]) {
    if (!isRecord(span)) throw new TypeError("a span must be an object");
    const tags = tagsIn(span["tags"]);
    const id = String(span["processID"]);
    let process = open.get(id);
    if (process === undefined) open.set(id, (process = new OpenProcess(span["process"] ?? processes[id])));
    process.add(scopeOf(tags), spanOf(span, tags));
    if (process.spans >= spansPerResource) yield process.take();
  }
  for (const process of open.values()) if (process.spans > 0) yield process.take();
}

/** A process and its spans by scope. It may have many tags: they are read once, and written once for all of its scopes. */
class OpenProcess {
  readonly #attributes: readonly KeyValue[];
  #scopes = new Map<string, { readonly scope: Scope; readonly spans: Span[] }>();
  spans = 0;

  constructor(process: unknown) {
    this.#attributes = isRecord(process) ? resourceAttributesOf(process) : [];
  }

  add(scope: Scope, span: Span): void {
    const key = JSON.stringify(scope);
    let group = this.#scopes.get(key);
    if (group === undefined) this.#scopes.set(key, (group = { scope, spans: [] }));
    group.spans.push(span);
    this.spans++;
  }

  take(): ResourceSpans {
    const scopeSpans = Array.from(this.#scopes.values());
    this.#scopes = new Map();
    this.spans = 0;
    return { resource: { attributes: this.#attributes }, scopeSpans };
  }
}

function resourceAttributesOf(process: Readonly<Record<string, unknown>>): KeyValue[] {
  const service = process["serviceName"];
  const tags = attributesOf(tagsIn(process["tags"]), NONE);
  if (typeof service !== "string" || service === "") return tags;
  return [{ key: SERVICE_KEYS[0], value: { stringValue: service } }, ...tags];
}

const NONE: ReadonlySet<string> = new Set();

function scopeOf(tags: readonly Tag[]): Scope {
  const name = firstTag(tags, Key.JAEGER_SCOPE_NAMES);
  const version = firstTag(tags, Key.JAEGER_SCOPE_VERSIONS);
  return {
    ...(name === undefined ? {} : { name: textOf(name) }),
    ...(version === undefined ? {} : { version: textOf(version) }),
  };
}

function spanOf(span: Readonly<Record<string, unknown>>, tags: readonly Tag[]): Span {
  const traceId = idOf(span["traceID"], 32);
  const references = referencesIn(span, traceId);
  const parent = parentOf(span, references, traceId);
  const kind = KINDS[textOf(findTag(tags, Key.JAEGER_SPAN_KIND)).toLowerCase()];
  const state = findTag(tags, Key.JAEGER_TRACE_STATE);
  const start = microseconds(span["startTime"]);
  const status = statusOf(tags);
  return {
    traceId,
    spanId: idOf(span["spanID"], 16),
    ...(state === undefined ? {} : { traceState: textOf(state) }),
    ...(parent === "" ? {} : { parentSpanId: parent }),
    ...(typeof span["operationName"] === "string" ? { name: span["operationName"] } : {}),
    ...(kind === undefined ? {} : { kind }),
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + microseconds(span["duration"])),
    attributes: [
      ...attributesOf(tags, status === undefined ? FIELDS : FIELDS_OF_FAILED),
      ...warningsOf(span["warnings"]),
    ],
    events: eventsIn(span["logs"]),
    links: linksOf(references, parent, traceId),
    ...(status === undefined ? {} : { status }),
  };
}

const FIELDS_OF_FAILED = new Set([...FIELDS, Key.JAEGER_ERROR]);

/** By `otel.status_code` if there is one, else by `error`. */
function statusOf(tags: readonly Tag[]): Span["status"] {
  const written = textOf(findTag(tags, Key.JAEGER_STATUS_CODE)).toUpperCase();
  const message = textOf(findTag(tags, Key.JAEGER_STATUS_DESCRIPTION));
  const isError = written === "ERROR" || written === "2" || (written === "" && flagOf(findTag(tags, Key.JAEGER_ERROR)));
  const code = isError ? 2 : written === "OK" || written === "1" ? 1 : 0;
  return code === 0 ? undefined : { ...(message === "" ? {} : { message }), code };
}

function referencesIn(span: Readonly<Record<string, unknown>>, traceId: string): Reference[] {
  const list: readonly unknown[] = Array.isArray(span["references"]) ? span["references"] : [];
  return list.filter(isRecord).map((reference) => ({
    type: String(reference["refType"]),
    traceId: reference["traceID"] === undefined ? traceId : idOf(reference["traceID"], 32),
    spanId: idOf(reference["spanID"], 16),
  }));
}

/** The first CHILD_OF reference to a span of the same trace, else the first FOLLOWS_FROM. */
function parentOf(span: Readonly<Record<string, unknown>>, references: readonly Reference[], traceId: string): string {
  const inTrace = references.filter((reference) => reference.traceId === traceId);
  const parent = inTrace.find(({ type }) => type === "CHILD_OF") ?? inTrace.find(({ type }) => type === "FOLLOWS_FROM");
  if (parent !== undefined) return parent.spanId;
  const written = span["parentSpanID"];
  return typeof written === "string" && written !== "" ? idOf(written, 16) : "";
}

/** All other references, each with its type. */
function linksOf(references: readonly Reference[], parent: string, traceId: string): SpanLink[] {
  let left = false;
  const links: SpanLink[] = [];
  for (const { type, traceId: of, spanId } of references) {
    if (!left && type === "CHILD_OF" && of === traceId && spanId === parent) {
      left = true;
      continue;
    }
    const value = type === "CHILD_OF" ? "child_of" : "follows_from";
    links.push({
      traceId: of,
      spanId,
      attributes: [{ key: Key.OPENTRACING_REFERENCE, value: { stringValue: value } }],
    });
  }
  return links;
}

function eventsIn(logs: unknown): SpanEvent[] {
  const list: readonly unknown[] = Array.isArray(logs) ? logs : [];
  return list.filter(isRecord).map((log) => {
    const fields = tagsIn(log["fields"]);
    const name = textOf(findTag(fields, Key.JAEGER_EVENT));
    return {
      timeUnixNano: String(microseconds(log["timestamp"])),
      ...(name === "" ? {} : { name }),
      attributes: attributesOf(fields, name === "" ? NONE : EVENT_FIELDS),
    };
  });
}

const EVENT_FIELDS = new Set<string>([Key.JAEGER_EVENT]);

function warningsOf(warnings: unknown): KeyValue[] {
  const texts = (Array.isArray(warnings) ? warnings : []).filter((text): text is string => typeof text === "string");
  if (texts.length === 0) return [];
  const values: AnyValue[] = texts.map((stringValue) => ({ stringValue }));
  return [{ key: Key.JAEGER_WARNINGS, value: { arrayValue: { values } } }];
}

/** Jaeger omits leading zeros. */
function idOf(id: unknown, digits: number): string {
  return typeof id === "string" && id !== "" ? id.toLowerCase().padStart(digits, "0") : "";
}

/** Converts microseconds to nanoseconds. */
function microseconds(value: unknown): bigint {
  const micros = numberOf(value);
  // Whole microseconds are exact as doubles until the year 2255; some exporters write fractions.
  return BigInt(Math.round(micros)) * 1_000n + BigInt(Math.round((micros - Math.round(micros)) * 1_000));
}

/** A tag of a span or a process, or a field of a log, of Jaeger's JSON. */
export type Tag = { readonly key: string; readonly type: string; readonly value: unknown };

export function tagsIn(list: unknown): Tag[] {
  const tags: readonly unknown[] = Array.isArray(list) ? list : [];
  return tags.filter(isRecord).map(({ key, type, value }) => ({ key: String(key), type: String(type), value }));
}

export function findTag(tags: readonly Tag[], key: string): Tag | undefined {
  return tags.find((tag) => tag.key === key);
}

/** The tag of the first key that has one. */
export function firstTag(tags: readonly Tag[], keys: readonly string[]): Tag | undefined {
  return keys.map((key) => findTag(tags, key)).find((tag) => tag !== undefined);
}

export function textOf(tag: Tag | undefined): string {
  const value = tag?.value;
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

export function flagOf(tag: Tag | undefined): boolean {
  return tag?.value === true || textOf(tag).toLowerCase() === "true";
}

export function numberOf(value: unknown): number {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

/** The tags as attributes, except the keys in `without`. A value that does not fit its type becomes a string. */
export function attributesOf(tags: readonly Tag[], without: ReadonlySet<string>): KeyValue[] {
  return tags.filter(({ key }) => !without.has(key)).map((tag) => ({ key: tag.key, value: valueOf(tag) }));
}

function valueOf(tag: Tag): AnyValue {
  const { type, value } = tag;
  const text = textOf(tag);
  switch (type) {
    case "bool":
      return text === "true" || text === "false" ? { boolValue: text === "true" } : { stringValue: text };
    case "int64":
      return /^-?\d{1,19}$/.test(text) ? { intValue: text } : { stringValue: text };
    case "float64":
      return text !== "" && Number.isFinite(Number(text)) ? { doubleValue: Number(text) } : { stringValue: text };
    case "binary":
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? { bytesValue: text } : { stringValue: text };
    case "string":
      return { stringValue: text };
    default:
      // Some writers omit types.
      if (typeof value === "boolean") return { boolValue: value };
      if (typeof value === "number") return Number.isSafeInteger(value) ? { intValue: text } : { doubleValue: value };
      return { stringValue: text };
  }
}
