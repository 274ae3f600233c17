import { readParameters } from "../api/parameter.ts";
import { SearchParameters } from "../api/search-parameters.ts";
import type { SearchMatch } from "../api/search-schema.ts";
import { counted } from "../lib/figures.ts";
import { SearchReader } from "../routes/read/search-reader.ts";
import type { LogPage } from "../session/contract/log-page.ts";
import { searchPattern } from "../session/search/pattern.ts";
import type { SearchPattern } from "../session/search/pattern.ts";
import { code, plain } from "../session/transcript/markdown-text.ts";
import { byteLength } from "../session/transcript/passage.ts";
import { callText, largerThan, recordedRoom } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readSession, refusal } from "./tool.ts";
import type { SessionStub, ToolCall } from "./tool.ts";

/** UTF-16 units around a place. */
const MAX_EXCERPT = 200;
/** An answer has no room for more. */
const BYTES_A_MATCH = 60;

/** The spans and log records of a session with a text, in place of its transcript. */
export async function searchSession(params: URLSearchParams, call: ToolCall): Promise<Answer> {
  const read = readParameters(SearchParameters, params);
  if (!read.ok) return refusal(read.detail);
  if (["turn", "kinds", "since"].some((name) => params.has(name)))
    return refusal("text searches the whole session: it goes without turn, kinds and since.");
  const { q } = read.value;
  const pattern = searchPattern(q);
  if (pattern === undefined) return refusal("q must be a text of 1 to 256 characters");
  const limit = Math.ceil(call.max / BYTES_A_MATCH);
  const found = await readSession(params, call, async (stub) => await search(stub, pattern, limit));
  if ("refused" in found) return found.refused;
  const { matches, omitted, isIncomplete } = found.read;
  const page = `${found.url}?q=${encodeURIComponent(q)}`;
  const incomplete = isIncomplete ? ["The session is larger than one search reads: some texts were not searched."] : [];
  const all = matches.length + omitted;
  if (all === 0) return { words: ["No span and no log record has the text.", ...incomplete], page };
  const words = [
    `Found in ${plain(counted(all, "span or log record", "spans and log records", "en"))}.`,
    ...incomplete,
  ];
  let room = recordedRoom({ words: [...words, leftOut(all)], page }, call.max);
  const lines = matches.map(matchLine);
  const end = lines.findIndex((line) => (room -= byteLength(line) + 1) < 0);
  const shown = end < 0 ? lines : lines.slice(0, end);
  const isCut = shown.length < all;
  return {
    words: isCut ? [...words, leftOut(all - shown.length)] : words,
    next: [
      `${callText("read_span")} with a span that is named here`,
      ...(isCut ? [`the same call with ${JSON.stringify({ max: largerThan(call.max) })}`] : []),
    ],
    page,
    recorded: shown.join("\n"),
  };
}

const leftOut = (count: number): string => `Left out here: ${count} of them.`;

async function search(stub: SessionStub, pattern: SearchPattern, limit: number) {
  const peeked: LogPage = await stub.peek("session");
  if (peeked.state !== "present") return peeked;
  const reader = new SearchReader(stub, pattern, limit);
  await reader.read(peeked);
  const { matches, omitted, isIncomplete } = reader;
  return { state: "read" as const, matches, omitted, isIncomplete };
}

function matchLine({ type, traceId, spanId, name, field, excerpt, count }: SearchMatch): string {
  const where = spanId === undefined ? "" : ` ${type === "log" ? "of " : ""}${code(`${traceId}:${spanId}`)}`;
  const named = name === "" ? "" : ` ${code(name)}`;
  const places = count > 1 ? ` (${count} places)` : "";
  return `- ${type === "log" ? "log record" : "span"}${where}${named}, ${code(field)}: ${code(excerpt, MAX_EXCERPT)}${places}`;
}
