import { jsonText, parseJson } from "../otel/any-value.ts";
import { isRecord } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";
import { mediaOf, mediaText } from "./media.ts";
import { isBlank, textInPreview } from "./prompt.ts";
import type { Content } from "./content-value.ts";

/** Fields of arguments and results that say by themselves what they are about, the most specific first. */
const SPECIFIC_FIELDS = [
  "command",
  "cmd",
  "script",
  "code",
  "sql",
  "query",
  "q",
  "question",
  "pattern",
  "url",
  "uri",
  "file_path",
  "filePath",
  "filepath",
  "path",
  "error",
  "answer",
  "result",
  "output",
  "stdout",
  "text",
  "content",
  "message",
  "page_content",
  "task",
  "prompt",
  "title",
  "name",
] as const;

/** Around the data of a call or an answer, whichever else stands beside it. */
const WRAPPING_FIELDS = ["arguments", "args", "kwargs", "input", "structuredContent"] as const;

/** Data nested deeper than this is written as JSON. */
const MAX_DEPTH = 6;
/** Items of a list, and fields of an object, that one line may show. */
const MAX_SHOWN = 8;
/** Fields that are looked at: objects come from outside and can be of any size. */
const MAX_FIELDS = 64;
/** Values that are visited, lists within lists included. */
const MAX_VISITS = 200;
/** UTF-16 units of a text that are tried as JSON. */
const MAX_PARSED = 20_000;

/** What a value is about, for one line: a main argument, a short result. Longer than a line, and not yet cut; "" of a blank value. */
export function gistOf(value: unknown): string {
  return new Gist().of(value, 0);
}

/** The same of an input or output without messages; of messages "". */
export function gistOfContent(content: Content | undefined): string {
  if (content === undefined || content.kind === "messages") return "";
  if (content.kind === "json") return gistOf(content.value);
  return content.offloaded === undefined ? gistOf(content.text) : textInPreview(content.text);
}

class Gist {
  #visits = MAX_VISITS;

  of(value: unknown, depth: number): string {
    if (this.#visits-- <= 0 || value === undefined || value === null) return "";
    const media = mediaOf(value);
    if (media !== undefined) return mediaText(media, "en");
    if (typeof value === "string") return this.#ofText(value, depth);
    if (typeof value !== "object") return jsonText(value);
    if (depth > MAX_DEPTH) return isBlank(value) ? "" : jsonText(value);
    return isRecord(value) ? this.#ofRecord(value, depth) : this.#ofList(value as readonly unknown[], depth);
  }

  #ofText(text: string, depth: number): string {
    const parsed = text.length > MAX_PARSED ? undefined : parseJson(text);
    if (parsed !== undefined) return this.of(parsed, depth + 1);
    // Python's way to write one argument.
    return /^\s*\{'\w+': '([^'\\]*)'\}\s*$/.exec(text)?.[1] ?? text;
  }

  #ofList(values: readonly unknown[], depth: number): string {
    const gists = values.slice(0, MAX_SHOWN).map((value) => this.of(value, depth + 1));
    return joined(
      gists.filter((gist) => gist !== ""),
      values.length > MAX_SHOWN,
    );
  }

  #ofRecord(record: PlainRecord, depth: number): string {
    for (const field of [...WRAPPING_FIELDS, ...SPECIFIC_FIELDS]) {
      const inner = Object.hasOwn(record, field) ? record[field] : undefined;
      const isReadable = typeof inner === "object" || (typeof inner === "string" && !isWrapping(field));
      const gist = isReadable ? this.of(inner, depth + 1) : "";
      if (gist !== "") return gist;
    }
    const filled: (readonly [string, unknown])[] = [];
    let looked = 0;
    for (const field in record) {
      if (++looked > MAX_FIELDS || filled.length > MAX_SHOWN) break;
      if (!isBlank(record[field])) filled.push([field, record[field]]);
    }
    const [only] = filled;
    if (only !== undefined && filled.length === 1) return this.of(only[1], depth + 1);
    const shown = filled.slice(0, MAX_SHOWN).map(([field, inner]) => `${field}=${this.of(inner, depth + 1)}`);
    return joined(shown, filled.length > MAX_SHOWN);
  }
}

function isWrapping(field: string): boolean {
  return WRAPPING_FIELDS.some((wrapping) => wrapping === field);
}

function joined(gists: readonly string[], isCut: boolean): string {
  return `${gists.join(", ")}${isCut && gists.length > 0 ? ", …" : ""}`;
}
