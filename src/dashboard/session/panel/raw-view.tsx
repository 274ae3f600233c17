import { jsonText } from "../../../otel/any-value.ts";
import type { Span } from "../../../otel/span.ts";
import type { SpanContent } from "../../../facts/span-content.ts";
import type { Content } from "../../../content/content-value.ts";
import { Section } from "../../ui/panel-frame.tsx";
import { LongText } from "../content/long-text.tsx";
import { LoadWhole, type OffloadedValues } from "../content/offloaded-values.tsx";

type RawProps = {
  readonly span: Span;
  readonly content: SpanContent;
  readonly values: OffloadedValues;
  readonly source: "sent" | "derived";
};

/** A span as it was sent: its texts without Markdown, then all of it as OTLP. */
export function RawView({ span, content, values, source }: RawProps) {
  const raw = (): string => jsonText(span, 2);
  return (
    <>
      <RawContent title="Output" content={content.output} values={values} />
      <RawContent title="Input" content={content.input} values={values} />
      <Section title={source === "sent" ? "Raw OTLP" : "As OTLP"} copy={raw}>
        <LongText text={raw()} as="json" />
      </Section>
    </>
  );
}

function RawContent({
  title,
  content,
  values,
}: Pick<RawProps, "values"> & { readonly title: string; readonly content: Content | undefined }) {
  if (content === undefined) return null;
  const text =
    content.kind === "text" ? content.text : jsonText(content.kind === "json" ? content.value : content.messages, 2);
  return (
    <Section title={title} copy={() => text}>
      <LongText
        text={text}
        as={content.kind === "text" ? "code" : "json"}
        of={content.offloaded === undefined ? "whole" : "preview"}
      />
      {content.offloaded === undefined ? null : (
        <LoadWhole offloaded={content.offloaded} values={values} when="shown" />
      )}
    </Section>
  );
}
