import type { SpanContent } from "../../../facts/span-content.ts";
import { jsonText } from "../../../otel/any-value.ts";
import { DERIVATION_KEYS } from "../../../otel/semconv/attributes.ts";
import type { KeyValue, Span } from "../../../otel/span.ts";
import type { ViewSpan } from "../../../session/tree/tree.ts";
import { Section } from "../../ui/panel-frame.tsx";
import { oneLine } from "../../ui/untrusted-text.tsx";
import { Attributes, unclaimedFirst } from "../content/attributes.tsx";
import type { OffloadedValues } from "../content/offloaded-values.tsx";

/** Without our own attribute, which marks spans derived from log records. */
export const ownAttributes = ({ attributes = [] }: Span): readonly KeyValue[] =>
  attributes.filter(({ key }) => key !== DERIVATION_KEYS[0]);

type AttributesProps = {
  readonly view: ViewSpan;
  /** With the values that are loaded. */
  readonly span: Span;
  readonly content: SpanContent;
  readonly values: OffloadedValues;
};

/** All attributes: those that no other view shows first, then those of the resource and of the scope. */
export function AttributesView({ view, span, content, values }: AttributesProps) {
  const attributes = unclaimedFirst(ownAttributes(span), content.claimed);
  const resource = view.resource?.attributes ?? [];
  return (
    <>
      <Section title="Span" note={String(attributes.length)} copy={() => jsonText(view.span.attributes, 2)}>
        {attributes.length === 0 ? <p class="muted">The span has no attributes.</p> : null}
        <Attributes attributes={attributes} values={values} dropped={span.droppedAttributesCount} />
      </Section>
      {resource.length === 0 ? null : (
        <Section title="Resource" note={String(resource.length)}>
          <Attributes attributes={resource} values={values} dropped={view.resource?.droppedAttributesCount} />
        </Section>
      )}
      {view.scope === undefined ? null : (
        <Section title="Scope" note={oneLine([view.scope.name, view.scope.version].filter(Boolean).join(" "), 120)}>
          <Attributes
            attributes={view.scope.attributes ?? []}
            values={values}
            dropped={view.scope.droppedAttributesCount}
          />
        </Section>
      )}
    </>
  );
}
