import { joinBytes } from "../lib/join-bytes.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { AnyValue, KeyValue } from "../otel/span.ts";
import type { OtlpEncoding } from "./media-type.ts";
import { decodeText, parseText, quoteLongIntegers } from "./json/text.ts";
import { LENGTH, ProtobufReader, VARINT } from "./protobuf/reader.ts";
import { Trail } from "./refusals.ts";
import type { Result } from "./refusals.ts";

/** The metrics of one resource. */
export type ResourcePart = {
  /** Of the resource, as far as they are texts, integers or booleans. */
  readonly attributes: readonly KeyValue[];
  /** Data points. */
  readonly points: number;
};

/**
 * An ExportMetricsServiceRequest as far as it has to be understood to be passed on: its resources. Everything in them stays as the
 * exporter wrote it.
 */
export type MetricsExport = {
  readonly parts: readonly ResourcePart[];
  /** The request with these parts only, in the same encoding; all of them: the body itself. `indexes`: ascending. */
  pick(indexes: readonly number[]): Uint8Array<ArrayBuffer>;
};

export function readMetrics(body: Uint8Array, encoding: OtlpEncoding): Result<MetricsExport> {
  return encoding === "json" ? readJson(body) : readProtobuf(body);
}

/** The fields of a Metric that hold data points, each in its field 1: gauge, sum, histogram, exponential histogram, summary. */
const POINTS: ReadonlySet<number> = new Set([5, 7, 9, 10, 11]);
const POINT_LISTS = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];

/**
 * | ExportMetricsServiceRequest | | ResourceMetrics | | ScopeMetrics | |
 * |---|---|---|---|---|---|
 * | 1 | resource_metrics: repeated | 1 | resource: Resource | 2 | metrics: repeated Metric |
 * | | | 2 | scope_metrics: repeated | | |
 */
function readProtobuf(body: Uint8Array): Result<MetricsExport> {
  const reader = new ProtobufReader(body, new Trail());
  const parts: ResourcePart[] = [];
  const slices: Uint8Array[] = [];
  fields(reader, (field, start) => {
    if (field !== 1) return "skip";
    const part = readPart(reader);
    parts.push(part);
    slices.push(body.subarray(start, reader.position));
    return "read";
  });
  if (reader.fault !== undefined) return { ok: false, error: { reason: "malformed-protobuf", ...reader.fault } };
  // The wire format of a list is the concatenation of its elements.
  return { ok: true, value: exportOf(body, parts, (indexes) => joinBytes(indexes.flatMap((at) => slices[at] ?? []))) };
}

function readPart(reader: ProtobufReader): ResourcePart {
  const attributes: KeyValue[] = [];
  let points = 0;
  within(reader, (field) => {
    if (field === 1) {
      within(reader, (inner) => {
        if (inner !== 1) return "skip";
        const attribute = readAttribute(reader);
        if (attribute !== undefined) attributes.push(attribute);
        return "read";
      });
      return "read";
    }
    if (field !== 2) return "skip";
    within(reader, (inner) => {
      if (inner !== 2) return "skip";
      points += countPoints(reader);
      return "read";
    });
    return "read";
  });
  return { attributes, points };
}

function countPoints(reader: ProtobufReader): number {
  let points = 0;
  within(reader, (field) => {
    if (!POINTS.has(field)) return "skip";
    within(reader, (inner) => {
      if (inner === 1) points++;
      return "skip";
    });
    return "read";
  });
  return points;
}

/** A KeyValue: 1 key, 2 value, an AnyValue with 1 string, 2 bool or 3 int. */
function readAttribute(reader: ProtobufReader): KeyValue | undefined {
  let key = "";
  let value: AnyValue | undefined;
  within(reader, (field) => {
    if (field === 1) key = reader.string("key");
    else if (field !== 2) return "skip";
    else {
      const outer = reader.enter();
      while (reader.more) {
        const tag = reader.tag();
        if (tag === ((1 << 3) | LENGTH)) value = { stringValue: reader.string("string_value") };
        else if (tag === ((2 << 3) | VARINT)) value = { boolValue: reader.bool() };
        else if (tag === ((3 << 3) | VARINT)) value = { intValue: reader.int64() };
        else reader.skip(tag);
      }
      reader.leave(outer);
    }
    return "read";
  });
  return value === undefined ? undefined : { key, value };
}

type ReadField = (field: number, start: number) => "read" | "skip";

/** The fields of the message that is open; `read` gets those with a length, and says whether it has read one. */
function fields(reader: ProtobufReader, read: ReadField): void {
  while (reader.more) {
    const start = reader.position;
    const tag = reader.tag();
    const isRead = (tag & 7) === LENGTH && read(tag >>> 3, start) === "read";
    if (!isRead) reader.skip(tag);
  }
}

function within(reader: ProtobufReader, read: ReadField): void {
  const outer = reader.enter();
  fields(reader, read);
  reader.leave(outer);
}

function readJson(body: Uint8Array): Result<MetricsExport> {
  const decoded = decodeText(body);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const parts = resourcesIn(parsed.value).map(partOf);
  const pick = (indexes: readonly number[]): Uint8Array<ArrayBuffer> => {
    // Integers of 64 bits as strings, which OTLP/JSON allows: a number would lose digits.
    const all = resourcesIn(JSON.parse(quoteLongIntegers(text)));
    const resourceMetrics = indexes.map((at) => all[at]);
    return new Uint8Array(new TextEncoder().encode(JSON.stringify({ resourceMetrics })));
  };
  return { ok: true, value: exportOf(body, parts, pick) };
}

function resourcesIn(request: unknown): readonly unknown[] {
  return listIn(request, "resourceMetrics");
}

function listIn(holder: unknown, name: string): readonly unknown[] {
  const list = isRecord(holder) ? holder[name] : undefined;
  return Array.isArray(list) ? (list as unknown[]) : [];
}

function partOf(resourceMetrics: unknown): ResourcePart {
  const resource = isRecord(resourceMetrics) ? resourceMetrics["resource"] : undefined;
  const attributes = listIn(resource, "attributes").flatMap((attribute) => attributeOf(attribute) ?? []);
  const metrics = listIn(resourceMetrics, "scopeMetrics").flatMap((scope) => listIn(scope, "metrics"));
  const points = metrics.reduce<number>((sum, metric) => sum + pointsOf(metric), 0);
  return { attributes, points };
}

function attributeOf(attribute: unknown): KeyValue | undefined {
  if (!isRecord(attribute)) return undefined;
  const { key, value } = attribute;
  if (typeof key !== "string" || !isRecord(value)) return undefined;
  const { stringValue, boolValue, intValue } = value;
  if (typeof stringValue === "string") return { key, value: { stringValue } };
  if (typeof boolValue === "boolean") return { key, value: { boolValue } };
  if (typeof intValue === "string" || typeof intValue === "number")
    return { key, value: { intValue: String(intValue) } };
  return undefined;
}

function pointsOf(metric: unknown): number {
  if (!isRecord(metric)) return 0;
  return POINT_LISTS.reduce((sum, name) => sum + listIn(metric[name], "dataPoints").length, 0);
}

function exportOf(
  body: Uint8Array,
  parts: readonly ResourcePart[],
  pick: (indexes: readonly number[]) => Uint8Array<ArrayBuffer>,
): MetricsExport {
  return {
    parts,
    pick: (indexes) => (indexes.length === parts.length ? new Uint8Array(body) : pick(indexes)),
  };
}
