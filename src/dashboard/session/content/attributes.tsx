import { displayValue } from "../../../otel/any-value.ts";
import type { KeyValue } from "../../../otel/span.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { counted } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { LoadWhole } from "./offloaded-values.tsx";
import { LongText } from "./long-text.tsx";
import type { OffloadedValues } from "./offloaded-values.tsx";

/** Keys and values, in the given order. `dropped`: how many the producer or one of our limits dropped. */
export function Attributes(props: {
  attributes: readonly KeyValue[];
  values: OffloadedValues;
  dropped?: number | undefined;
}) {
  const { attributes, values, dropped = 0 } = props;
  return (
    <>
      <dl class="attributes">
        {attributes.map((attribute, index) => (
          <Attribute key={`${attribute.key}/${index}`} attribute={attribute} values={values} />
        ))}
      </dl>
      {dropped > 0 ? <p class="muted">{`${counted(dropped, "attribute")} dropped`}</p> : null}
    </>
  );
}

function Attribute({ attribute, values }: { attribute: KeyValue; values: OffloadedValues }) {
  const preview = attribute.value;
  const value = values.fetched.get(preview?.offloaded?.hash ?? "") ?? preview;
  const text = displayValue(value);
  const structured = value?.arrayValue !== undefined || value?.kvlistValue !== undefined;
  return (
    <div>
      <dt>
        <UntrustedText text={attribute.key} limit={256} />
      </dt>
      <dd>
        <LongText
          text={text}
          as={structured ? "json" : "code"}
          of={value?.offloaded === undefined ? "whole" : "preview"}
        />
        {value?.offloaded === undefined ? null : (
          <LoadWhole offloaded={value.offloaded} values={values} when="pressed" />
        )}
        <CopyButton text={() => text} label="Copy the value" />
      </dd>
    </div>
  );
}

/** Attributes that no other section of the panel shows come first. */
export function unclaimedFirst(attributes: readonly KeyValue[], claimed: ReadonlySet<string>): KeyValue[] {
  const by = (a: KeyValue, b: KeyValue): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const free = attributes.filter(({ key }) => !claimed.has(key)).sort(by);
  return [...free, ...attributes.filter(({ key }) => claimed.has(key)).sort(by)];
}
