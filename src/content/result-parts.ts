import { isRecord } from "../lib/plain-data.ts";
import { parseJson } from "../otel/any-value.ts";
import { mediaOf } from "./media.ts";
import type { Media } from "./media.ts";
import { contentParts } from "./message-parts.ts";
import type { MessagePart } from "./message-parts.ts";

/** A result that has a picture, a sound or a file in a list of parts, as parts; `undefined` for any other data. */
export function resultParts(value: unknown): readonly MessagePart[] | undefined {
  const blocks = Array.isArray(value) ? value : isRecord(value) ? (listIn(value) ?? [value]) : [];
  if (blocks.length === 0 || !blocks.every(isBlock) || !blocks.some((block) => mediaOf(block) !== undefined))
    return undefined;
  return contentParts(blocks);
}

/** In results of the Model Context Protocol and of tools of the AI SDK. */
function listIn(value: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (Array.isArray(value.content)) return value.content;
  return value.type === "content" && Array.isArray(value.value) ? value.value : undefined;
}

function isBlock(block: unknown): boolean {
  return mediaOf(block) !== undefined || (isRecord(block) && typeof block.text === "string");
}

/** The media in a part that is no text: one, or a list of them. */
export function partMedia({ text }: Extract<MessagePart, { type: "other" }>): readonly Media[] {
  const value = parseJson(text) ?? text;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map(mediaOf).filter((media) => media !== undefined);
}
