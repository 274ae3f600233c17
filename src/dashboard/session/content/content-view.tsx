import { jsonText } from "../../../otel/any-value.ts";
import type { Content } from "../../../content/content-value.ts";
import { Conversation } from "./conversation.tsx";
import { DataView, TextView } from "./data-view.tsx";
import { LongText } from "./long-text.tsx";
import type { CallLinks } from "./message-view.tsx";
import { LoadWhole } from "./offloaded-values.tsx";
import type { OffloadedValues } from "./offloaded-values.tsx";

type ContentProps = {
  readonly content: Content;
  readonly values: OffloadedValues;
  readonly links?: CallLinks | undefined;
};

/** An input or output: a conversation, data as a tree, or text. */
export function ContentView({ content, values, links }: ContentProps) {
  return (
    <>
      {content.kind === "messages" ? (
        <Conversation messages={content.messages} links={links} />
      ) : content.kind === "json" ? (
        <DataView value={content.value} />
      ) : content.offloaded === undefined ? (
        <TextView text={content.text} />
      ) : (
        <LongText text={content.text} as="prose" of="preview" />
      )}
      {content.offloaded === undefined ? null : (
        <LoadWhole offloaded={content.offloaded} values={values} when="shown" />
      )}
    </>
  );
}

/** The content as text, for the clipboard. */
export function contentText(content: Content): string {
  return content.kind === "messages" ? jsonText(content.messages, 2) : content.text;
}
