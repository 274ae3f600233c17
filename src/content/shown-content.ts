import { textOrJson } from "../otel/any-value.ts";
import type { Content } from "./content-value.ts";
import type { MessagePart } from "./message-parts.ts";
import type { Message } from "./messages.ts";

/** A part of a message as programs receive it. */
export type ShownPart = {
  /** `text`, `reasoning`, `tool_call`, `tool_call_response`, or the producer's word for a picture, a file and the like. */
  readonly type: string;
  /** Of other parts their JSON. */
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: unknown;
  readonly result?: unknown;
};

export type ShownMessage = {
  readonly role: string;
  readonly name?: string;
  readonly parts: readonly ShownPart[];
  readonly finishReason?: string;
};

/** Set if something is missing: UTF-8 bytes of the whole text, as far as they are known. */
type Cut = { readonly cut?: { readonly bytes: number } };

/** An input or output as programs receive it. */
export type ShownContent =
  | ({ readonly type: "messages"; readonly messages: readonly ShownMessage[] } & Cut)
  | ({ readonly type: "text" | "json"; readonly text: string } & Cut);

/** `max`: UTF-8 bytes of all texts together. Of messages the newest stay, and each keeps its beginning. */
export function shownContent(content: Content, max = Number.POSITIVE_INFINITY): ShownContent {
  const { offloaded } = content;
  const arrived = offloaded === undefined ? undefined : (offloaded.cutFrom ?? offloaded.bytes);
  if (content.kind !== "messages") {
    const { text, bytes } = cutText(content.text, max);
    return { type: content.kind, text, ...cutNote(arrived ?? bytes) };
  }
  const { messages, bytes } = cutMessages(content.messages, max);
  return { type: "messages", messages, ...cutNote(arrived ?? bytes) };
}

function cutNote(bytes: number | undefined): Cut {
  return bytes === undefined ? {} : { cut: { bytes } };
}

/** `bytes`: of the whole text, if it was cut. */
function cutText(text: string, max: number): { readonly text: string; readonly bytes?: number } {
  // A unit of UTF-16 has at most three bytes.
  if (text.length * 3 <= max) return { text };
  const bytes = bytesOf(text);
  if (bytes <= max) return { text };
  const { read } = ENCODER.encodeInto(text, new Uint8Array(max));
  return { text: text.slice(0, read), bytes };
}

const ENCODER = new TextEncoder();

function bytesOf(text: string): number {
  return ENCODER.encode(text).length;
}

function cutMessages(
  all: readonly Message[],
  max: number,
): { readonly messages: readonly ShownMessage[]; readonly bytes?: number } {
  const shown = all.map(shownMessage);
  if (max === Number.POSITIVE_INFINITY) return { messages: shown };
  const bytes = all.reduce((sum, { parts }) => sum + parts.reduce((of, part) => of + bytesOf(partText(part)), 0), 0);
  if (bytes <= max) return { messages: shown };
  const messages: ShownMessage[] = [];
  let left = max;
  for (const message of all.toReversed()) {
    const parts: ShownPart[] = [];
    for (const part of message.parts) {
      if (left <= 0) break;
      const whole = partText(part);
      const { text } = cutText(whole, left);
      parts.push(text === whole ? shownPart(part) : withText(part, text));
      left -= text === whole ? bytesOf(whole) : left;
    }
    if (parts.length === 0 && message.parts.length > 0) break;
    messages.push({ ...shownMessage(message), parts });
  }
  return { messages: messages.toReversed(), bytes };
}

function shownMessage({ role, name, parts, finishReason }: Message): ShownMessage {
  return {
    role,
    ...(name === undefined ? {} : { name }),
    parts: parts.map(shownPart),
    ...(finishReason === undefined ? {} : { finishReason }),
  };
}

function shownPart(part: MessagePart): ShownPart {
  return part.type === "other" ? { type: part.is, text: part.text } : part;
}

/** What of a part may be cut. */
function partText(part: MessagePart): string {
  if (part.type === "tool_call") return textOrJson(part.arguments);
  return part.type === "tool_call_response" ? textOrJson(part.result) : part.text;
}

function withText(part: MessagePart, text: string): ShownPart {
  if (part.type === "tool_call") return { ...part, arguments: text };
  if (part.type === "tool_call_response") return { ...part, result: text };
  return { ...shownPart(part), text };
}
