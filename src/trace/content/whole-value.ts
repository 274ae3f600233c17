import type { AnyValue, KeyValue, Span } from "../span.ts";

/** The span with the whole value in place of each preview of it, to be read again: `value` lies under `hash` in the log. */
export function withWholeValue(span: Span, hash: string, value: AnyValue): Span {
  const restore = (attributes: readonly KeyValue[] | undefined): readonly KeyValue[] | undefined =>
    attributes?.map((attribute) => (attribute.value?.spill?.hash === hash ? { key: attribute.key, value } : attribute));
  const attributes = restore(span.attributes);
  const events = span.events?.map((event) => {
    const restored = restore(event.attributes);
    return restored === undefined ? event : { ...event, attributes: restored };
  });
  return { ...span, ...(attributes === undefined ? {} : { attributes }), ...(events === undefined ? {} : { events }) };
}
