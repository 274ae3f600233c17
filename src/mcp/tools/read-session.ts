import { SearchParameters } from "../../api/search-parameters.ts";
import { readTranscriptQuery, TranscriptParameters } from "../../api/transcript-query.ts";
import { readSessionTranscript } from "../../routes/read/session-transcript.ts";
import { byteLength } from "../../session/transcript/passage.ts";
import { STEP_KINDS } from "../../session/transcript/transcript.ts";
import { callText, largerThan, recordedRoom } from "../answer.ts";
import { MAX, SESSION } from "../shared-arguments.ts";
import { pageOf, readSession, refusal } from "../tool.ts";
import { searchSession } from "../search-session.ts";
import type { Tool } from "../tool.ts";

const { turn, kinds, since } = TranscriptParameters.entries;

/** Bytes for what is said beside the transcript. */
const WORDS_ROOM = 400;
/** An answer that is cut to its room is longer than this part of it. */
const ALMOST = 0.8;

export const readSessionTool: Tool = {
  name: "read_session",
  title: "Read a session",
  description:
    "What a session was asked, said, called and returned, turn by turn, as Markdown. Long texts are cut in their middle.",
  arguments: {
    session: SESSION,
    turn: { schema: turn, description: "Only this turn: its number from 1, or its key." },
    kinds: { schema: kinds, description: `Only these kinds, separated by commas: ${STEP_KINDS.join(", ")}.` },
    text: {
      schema: SearchParameters.entries.q,
      parameter: "q",
      description: "Instead: the spans and log records with this text.",
    },
    since: { schema: since, description: "Only what came after this version, which an earlier answer stated." },
    max: MAX,
  },
  run: async (params, call) => {
    if (params.has("q")) return await searchSession(params, call);
    const read = readTranscriptQuery(params);
    if (!read.ok) return refusal(read.detail);
    const session = params.get("session") ?? "";
    let from: number | undefined;
    let isCut = false;
    const hints = {
      leftOut: (number: number) => {
        from = number;
        return "The answer names the call.";
      },
      cut: (traceId: string, spanId: string) => {
        isCut = true;
        return `span \`${traceId}:${spanId}\` has it whole.`;
      },
    };
    const room = recordedRoom({ words: [], page: pageOf(call.base, session) }, call.max) - WORDS_ROOM;
    const found = await readSession(params, call, (stub) =>
      readSessionTranscript(stub, { ...read.query, max: Math.max(room, 500) }, hints),
    );
    if ("refused" in found) return found.refused;
    if (found.read.state === "no-turn") return refusal("The session has no such turn. Without turn, all are shown.");
    const { text, version } = found.read;
    // Stack traces are always cut: a larger answer would show no more of them.
    const isFull = from !== undefined || (isCut && byteLength(text) > room * ALMOST);
    const next = [
      ...(from === undefined || read.query.turn !== undefined
        ? []
        : [callText("read_session", { turn: String(from) })]),
      ...(isCut ? [`${callText("read_span")} with the span that a cut names`] : []),
      ...(isFull ? [callText("read_session", { max: largerThan(call.max) })] : []),
    ];
    return {
      words: [
        `Version ${version}: with "since": "${version}" the same call shows what came later.`,
        ...(from === undefined && !isCut ? [] : ["Parts are left out or cut, each where it says so."]),
      ],
      next,
      page: found.url,
      recorded: text,
    };
  },
};
