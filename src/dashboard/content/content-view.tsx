import { jsonText } from "../../trace/content/any-value.ts";
import type { Content } from "../../trace/content/content-value.ts";
import { Conversation } from "./conversation.tsx";
import { JsonText } from "./json-text.tsx";
import { LoadWhole } from "./load-whole.tsx";
import { LongText } from "./long-text.tsx";
import type { Spills } from "./spills.ts";

/** What went in or came out: a conversation, JSON set to be read, or text. */
export function ContentView({ content, spills }: { content: Content; spills: Spills }) {
  return (
    <>
      {content.kind === "messages" ? (
        <Conversation messages={content.messages} />
      ) : content.kind === "json" ? (
        <JsonText value={content.value} />
      ) : (
        <LongText text={content.text} as="prose" of={content.spill === undefined ? "whole" : "preview"} />
      )}
      {content.spill === undefined ? null : <LoadWhole spill={content.spill} spills={spills} when="shown" />}
    </>
  );
}

/** The content as one text, for the clipboard. */
export function contentText(content: Content): string {
  return content.kind === "messages" ? jsonText(content.messages, 2) : content.text;
}
