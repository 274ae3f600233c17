import type { AnyValue, KeyValue, Span } from "./span.ts";

/** The span with the whole values in place of their previews, by the hash under which the log has them; the same span if it has none of them. */
export function withLoadedValues(span: Span, values: ReadonlyMap<string, AnyValue>): Span {
  let isChanged = false;
  const restore = (attributes: readonly KeyValue[] | undefined): readonly KeyValue[] | undefined =>
    attributes?.map((attribute) => {
      const value = values.get(attribute.value?.offloaded?.hash ?? "");
      if (value === undefined) return attribute;
      isChanged = true;
      return { key: attribute.key, value };
    });
  const attributes = restore(span.attributes);
  const events = span.events?.map((event) => {
    const restored = restore(event.attributes);
    return restored === undefined ? event : { ...event, attributes: restored };
  });
  if (!isChanged) return span;
  return { ...span, ...(attributes === undefined ? {} : { attributes }), ...(events === undefined ? {} : { events }) };
}
