import { jsonText } from "../../../otel/any-value.ts";
import type { Content } from "../../../content/content-value.ts";
import { Conversation } from "./conversation.tsx";
import { JsonText, LongText } from "./long-text.tsx";
import { LoadWhole } from "./offloaded-values.tsx";
import type { OffloadedValues } from "./offloaded-values.tsx";

/** An input or output: a conversation, formatted JSON, or text. */
export function ContentView({ content, values }: { content: Content; values: OffloadedValues }) {
  return (
    <>
      {content.kind === "messages" ? (
        <Conversation messages={content.messages} />
      ) : content.kind === "json" ? (
        <JsonText value={content.value} />
      ) : (
        <LongText text={content.text} as="prose" of={content.offloaded === undefined ? "whole" : "preview"} />
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
