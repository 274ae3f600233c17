import { bytes as bytesText } from "../lib/figures.ts";
import type { Locale } from "../lib/figures.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

/** A picture, a sound, a video or a file within a message, an argument or a result. */
export type Media = {
  readonly modality: "image" | "audio" | "video" | "file";
  readonly mimeType?: string;
  readonly name?: string;
  /** Where it is, or its id; absent if it is here. */
  readonly address?: string;
  /** The file itself as base64, and its bytes. */
  readonly data?: string;
  readonly bytes?: number;
};

const DATA_ADDRESS = /^data:([\w.+-]{1,64}\/[\w.+-]{1,64})?(?:;[\w.=-]{1,64})*;base64,/;
/** The shortest text of base64 letters alone that is a file's bytes, UTF-16 units: words, ids and hashes are shorter. */
const LEAST_BASE64 = 512;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}\s*$/;
/** How files of a type begin, as base64. */
const MAGIC: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["_9j_", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi0", "application/pdf"],
  ["SUQz", "audio/mpeg"],
  ["UEsDB", "application/zip"],
];
const MODALITIES = ["image", "audio", "video"] as const;

/** The media that a value is, in the form of any producer: a part of a message, a block of a result, a data address, base64. */
export function mediaOf(value: unknown): Media | undefined {
  if (typeof value === "string") return ofText(value);
  return isRecord(value) ? ofRecord(value) : undefined;
}

function ofText(text: string): Media | undefined {
  const start = text.startsWith("data:") ? DATA_ADDRESS.exec(text.slice(0, 400)) : null;
  if (start !== null) return embedded(text.slice(start[0].length), start[1]);
  return text.length >= LEAST_BASE64 && isBytes(text) ? embedded(text, undefined) : undefined;
}

/** Whether a long text is bytes as base64. Hexadecimal digits and repeated letters are not. */
function isBytes(text: string): boolean {
  const head = text.slice(0, LEAST_BASE64);
  return /[A-Z]/.test(head) && /[a-z]/.test(head) && /\d/.test(head) && BASE64.test(head) && BASE64.test(text);
}

function embedded(data: string, mimeType: string | undefined, name?: string): Media {
  const type = mimeType ?? MAGIC.find(([start]) => data.startsWith(start))?.[1];
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return {
    modality: modalityOf(type),
    ...(type === undefined ? {} : { mimeType: type }),
    ...(name === undefined ? {} : { name }),
    data,
    bytes: Math.floor((data.length * 3) / 4) - padding,
  };
}

const modalityOf = (mimeType: string | undefined): Media["modality"] =>
  MODALITIES.find((one) => mimeType?.startsWith(`${one}/`)) ?? "file";

/** Fields around a medium, in Gemini's, Genkit's, Bedrock's, OpenAI's and Anthropic's forms, and MCP's resources. */
const AROUND = [
  "inlineData",
  "inline_data",
  "fileData",
  "file_data",
  "media",
  "image_url",
  "input_audio",
  "file",
  "source",
  "resource",
] as const;
/** Bedrock's blocks: the field says what it is. */
const BLOCKS = ["image", "document", "video"] as const;

const DATA = ["data", "blob", "bytes", "content", "base64", "file_data", "image"] as const;
const ADDRESSES = ["url", "uri", "fileUri", "file_uri", "image_url", "file_id", "fileId", "file_url"] as const;
const TYPES = ["mimeType", "mime_type", "mediaType", "media_type", "contentType", "content_type"] as const;
const NAMES = ["filename", "file_name", "displayName", "display_name", "name", "title"] as const;
/** Of parts that are media, whatever else they have. */
const MEDIA_TYPE =
  /^(?:(?:input_)?(?:image|audio|video|file|document)(?:_url|-data|-url)?|blob|uri|media|resource|binary)$/;

function ofRecord(part: PlainRecord): Media | undefined {
  const type = nonEmpty(part.type);
  if (type !== undefined && !MEDIA_TYPE.test(type)) return undefined;
  for (const field of BLOCKS) {
    const block = part[field];
    const source = isRecord(block) ? (block.source ?? block) : undefined;
    if (isRecord(block) && isRecord(source)) {
      const format = nonEmpty(block.format);
      const known =
        format === undefined ? {} : { mimeType: field === "document" ? `application/${format}` : `${field}/${format}` };
      const media = inFields({ ...known, ...source }, field);
      if (media !== undefined) return media;
    }
  }
  for (const field of AROUND) {
    const inner = part[field];
    const media = isRecord(inner) ? inFields({ ...namedIn(part), ...inner }, type ?? field) : undefined;
    if (media !== undefined) return media;
  }
  if (type !== undefined) return inFields(part, type);
  // Other data has such fields too, such as a page that a tool fetched, or arguments with a picture in one field.
  const media = textIn(part, TYPES) === undefined ? undefined : inFields(part, "");
  return media?.data === undefined ? undefined : media;
}

const namedIn = (part: PlainRecord): PlainRecord => ({
  ...(typeof part.mimeType === "string" ? { mimeType: part.mimeType } : {}),
  ...(typeof part.filename === "string" ? { filename: part.filename } : {}),
});

/** `word`: a type or a field's name that says what it is. */
function inFields(fields: PlainRecord, word: string): Media | undefined {
  const name = textIn(fields, NAMES);
  const format = nonEmpty(fields.format);
  const mimeType =
    textIn(fields, TYPES) ?? (format === undefined || !word.includes("audio") ? undefined : `audio/${format}`);
  for (const field of DATA) {
    const text = nonEmpty(fields[field]);
    if (text === undefined) continue;
    const start = DATA_ADDRESS.exec(text.slice(0, 400));
    if (start !== null) return embedded(text.slice(start[0].length), start[1] ?? mimeType, name);
    const isAddress = field === "image" && /^https?:/.test(text);
    if (isAddress) return addressed(text, mimeType, name, word);
    if (saysBytes(text, mimeType)) return embedded(text, mimeType, name);
  }
  const address = textIn(fields, ADDRESSES);
  if (address === undefined) return undefined;
  const start = DATA_ADDRESS.exec(address.slice(0, 400));
  if (start !== null) return embedded(address.slice(start[0].length), start[1] ?? mimeType, name);
  if (address.startsWith("data:")) return undefined;
  const modality = nonEmpty(fields.modality);
  return addressed(address, mimeType, name, modality ?? word);
}

/** A short text that could be base64 is some only if its type is that of no text. */
function saysBytes(text: string, mimeType: string | undefined): boolean {
  const isText = mimeType === undefined || /^text\/|json|xml|javascript|yaml/.test(mimeType);
  if (!isText || MAGIC.some(([magic]) => text.startsWith(magic))) return BASE64.test(text);
  return text.length >= LEAST_BASE64 && isBytes(text);
}

function addressed(address: string, mimeType: string | undefined, name: string | undefined, word: string): Media {
  return {
    modality: mimeType === undefined ? (MODALITIES.find((one) => word.includes(one)) ?? "file") : modalityOf(mimeType),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(name === undefined ? {} : { name }),
    address,
  };
}

function textIn(fields: PlainRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = nonEmpty(fields[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

const MAX_WORDS = 160;

/** "shot.png, image/png, 12.4 kB", "image, https://…". */
export function mediaText({ modality, mimeType, name, address, bytes }: Media, locale?: Locale): string {
  const size = bytes === undefined ? undefined : bytesText(bytes, locale).replaceAll("\u00a0", " ");
  const words = [name, mimeType ?? modality, address, size].filter((word) => word !== undefined);
  return words.map((word) => (word.length > MAX_WORDS ? `${word.slice(0, MAX_WORDS)}…` : word)).join(", ");
}

/** Data nested deeper than this stays as it is. */
const MAX_DEPTH = 32;

/** Text and data with a note in the place of each embedded file: `[image/png, 12.4 kB]`. The same value if there is none. */
export function withoutBytes(value: string): string;
export function withoutBytes(value: unknown): unknown;
export function withoutBytes(value: unknown): unknown {
  return replaced(value, 0);
}

function replaced(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length < LEAST_TEXT ? value : textWithoutBytes(value);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    let changed: unknown[] | undefined;
    for (const [at, item] of (value as readonly unknown[]).entries()) {
      const next = replaced(item, depth + 1);
      if (next !== item) (changed ??= [...value])[at] = next;
    }
    return changed ?? value;
  }
  const media = isRecord(value) ? ofRecord(value) : undefined;
  if (media?.data !== undefined) return note(media);
  let changed: [string, unknown][] | undefined;
  for (const [at, [field, inner]] of Object.entries(value).entries()) {
    const next = replaced(inner, depth + 1);
    if (next !== inner) (changed ??= Object.entries(value))[at] = [field, next];
  }
  return changed === undefined ? value : Object.fromEntries(changed);
}

const note = (media: Media): string => `[${mediaText(media, "en")}]`;

/** UTF-16 units: shorter texts have no file that is worth a note. */
const LEAST_TEXT = 80;
/** Data addresses, long runs of base64, and such runs in the lines of a program's output. */
const WITHIN =
  /data:[\w.+-]{1,64}\/[\w.+-]{1,64}(?:;[\w.=-]{1,64})*;base64,[A-Za-z0-9+/_=-]{64,}|(?:[A-Za-z0-9+/]{60,76}\r?\n){6,}[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9+/_-]{512,}={0,2}/g;

function textWithoutBytes(text: string): string {
  if (text.length < LEAST_BASE64 && !text.includes(";base64,")) return text;
  return text.replaceAll(WITHIN, (run) => {
    const media = ofText(run.replaceAll(/[\r\n]+/g, ""));
    return media === undefined ? run : `${note(media)}${run.endsWith("\n") ? "\n" : ""}`;
  });
}
