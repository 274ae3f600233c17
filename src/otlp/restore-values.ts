import type { LogRecord, ResourceLogs } from "../otel/log-record.ts";
import type { AnyValue, KeyValue, Offloaded, ResourceSpans, Span } from "../otel/span.ts";

export type Lookup = (hash: string) => AnyValue | undefined;

type WithAttributes = { readonly attributes?: readonly KeyValue[] };

/** Puts offloaded values back in place of their previews, for export. A preview of an unknown value stays, with its `offloaded`; a cut value keeps `offloaded` too. */
export function restoreValues(resourceSpans: readonly ResourceSpans[], lookup: Lookup): readonly ResourceSpans[] {
  return resourceSpans.map((group) => ({
    ...group,
    ...(group.resource === undefined ? {} : { resource: restored(group.resource, lookup) }),
    ...(group.scopeSpans === undefined
      ? {}
      : {
          scopeSpans: group.scopeSpans.map((scopeSpans) => ({
            ...scopeSpans,
            ...(scopeSpans.scope === undefined ? {} : { scope: restored(scopeSpans.scope, lookup) }),
            ...(scopeSpans.spans === undefined
              ? {}
              : { spans: scopeSpans.spans.map((span) => restoredSpan(span, lookup)) }),
          })),
        }),
  }));
}

export function restoredSpan(span: Span, lookup: Lookup): Span {
  const { events, links } = span;
  return {
    ...restored(span, lookup),
    ...(events === undefined ? {} : { events: events.map((event) => restored(event, lookup)) }),
    ...(links === undefined ? {} : { links: links.map((link) => restored(link, lookup)) }),
  };
}

/** Keys keep their order: overwriting a key after a spread does not move it. */
export function restored<Holder extends WithAttributes>(holder: Holder, lookup: Lookup): Holder {
  if (!holder.attributes?.some(({ value }) => value?.offloaded !== undefined)) return holder;
  return { ...holder, attributes: holder.attributes.map((attribute) => restoredAttribute(attribute, lookup)) };
}

function restoredAttribute(attribute: KeyValue, lookup: Lookup): KeyValue {
  const { key, value } = attribute;
  return value?.offloaded === undefined ? attribute : { key, value: restoredValue(value, lookup) };
}

export function restoredValue(preview: AnyValue, lookup: Lookup): AnyValue {
  const { offloaded } = preview;
  const value = offloaded === undefined ? undefined : lookup(offloaded.hash);
  if (offloaded === undefined || value === undefined) return preview;
  // A value that was cut on arrival can't be restored in full: `offloaded` says so.
  return offloaded.cutFrom === undefined ? value : { ...value, offloaded };
}

/** Like `restoreValues`, for log records: their bodies may be large too. */
export function restoreLogValues(resourceLogs: readonly ResourceLogs[], lookup: Lookup): readonly ResourceLogs[] {
  return resourceLogs.map((group) => ({
    ...group,
    ...(group.resource === undefined ? {} : { resource: restored(group.resource, lookup) }),
    ...(group.scopeLogs === undefined
      ? {}
      : {
          scopeLogs: group.scopeLogs.map((scopeLogs) => ({
            ...scopeLogs,
            ...(scopeLogs.scope === undefined ? {} : { scope: restored(scopeLogs.scope, lookup) }),
            ...(scopeLogs.logRecords === undefined
              ? {}
              : { logRecords: scopeLogs.logRecords.map((record) => restoredRecord(record, lookup)) }),
          })),
        }),
  }));
}

export function restoredRecord(record: LogRecord, lookup: Lookup): LogRecord {
  const whole = restored(record, lookup);
  return whole.body === undefined ? whole : { ...whole, body: restoredValue(whole.body, lookup) };
}

/** References to the large values of a span or a record. */
export function offloadedIn(item: Span | LogRecord): readonly Offloaded[] {
  const values: (AnyValue | undefined)[] = [];
  const add = (attributes: readonly KeyValue[] = []): void => {
    for (const { value } of attributes) values.push(value);
  };
  add(item.attributes);
  if ("body" in item) values.push(item.body);
  if ("events" in item) for (const { attributes } of item.events ?? []) add(attributes);
  return values.flatMap((value) => value?.offloaded ?? []);
}
