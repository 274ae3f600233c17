import type { LogPage } from "../../session/contract/log-page.ts";
import { errorLine } from "../../session/error-list.ts";
import { counted } from "../../lib/figures.ts";
import { plain } from "../../session/transcript/markdown-text.ts";
import { byteLength } from "../../session/transcript/passage.ts";
import { TranscriptReader } from "../../routes/read/transcript-reader.ts";
import { callText, largerThan, recordedRoom } from "../answer.ts";
import { MAX, SESSION } from "../shared-arguments.ts";
import { readSession } from "../tool.ts";
import type { SessionStub, Tool } from "../tool.ts";

export const errors: Tool = {
  name: "errors",
  title: "Causes of errors",
  description:
    "Why a session failed: the causes, without what only repeats them further up, each with its place in the session and its span.",
  arguments: { session: SESSION, max: MAX },
  run: async (params, call) => {
    const found = await readSession(params, call, readErrors);
    if ("refused" in found) return found.refused;
    const { url, read } = found;
    if (read.errors.length === 0) return { words: ["No span of this session failed."], page: url };
    const page = `${url}?kinds=errors`;
    const lines = read.errors.map(errorLine);
    const sum = read.errors.reduce((all, { count }) => all + count, 0);
    const words = [`${number(sum, "failure")} of ${number(lines.length, "kind")}, by time.`, ...read.omissions];
    let room = recordedRoom({ words: [...words, leftOut(lines.length)], page }, call.max);
    const shown = lines.filter((line) => (room -= byteLength(line) + 1) >= 0);
    const omitted = lines.length - shown.length;
    return {
      words: omitted === 0 ? words : [...words, leftOut(omitted)],
      next: [
        ...(omitted === 0 ? [] : [callText("errors", { max: largerThan(call.max) })]),
        ...read.errors
          .slice(0, 1)
          .map(({ traceId, spanId }) => callText("read_span", { span: `${traceId}:${spanId}` })),
      ],
      page,
      recorded: shown.join("\n"),
    };
  },
};

const number = (count: number, word: string): string => plain(counted(count, word, `${word}s`, "en"));
const leftOut = (kinds: number): string => `Left out here: ${number(kinds, "kind")}.`;

async function readErrors(stub: SessionStub) {
  const peeked: LogPage = await stub.peek("session");
  if (peeked.state !== "present") return peeked;
  const reader = new TranscriptReader(stub, peeked);
  const failures = await reader.readErrors();
  return { state: "read" as const, errors: failures, omissions: reader.omissions };
}
