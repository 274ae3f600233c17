import type { TranscriptQuery } from "../../api/transcript-query.ts";
import { formatVersion } from "../../api/resource-version.ts";
import type { LogPage } from "../../session/contract/log-page.ts";
import type { LogPeeker, LogReader, ValueReader } from "../../session/contract/log-reader.ts";
import { withStatus } from "../../session/liveness.ts";
import { printTranscript } from "../../session/transcript/markdown.ts";
import type { Hints } from "../../session/transcript/markdown.ts";
import { select } from "../../session/transcript/select.ts";
import { TranscriptReader } from "./transcript-reader.ts";

/** UTF-16 units of text in memory, for each byte of the answer: what is left out later has its place too. */
const UNITS_A_BYTE = 4;
const LEAST_UNITS = 2_000_000;

export type SessionTranscript =
  | Exclude<LogPage, { readonly state: "present" }>
  | { readonly state: "no-turn" }
  /** Markdown, and the version of the log that it shows. */
  | { readonly state: "present"; readonly text: string; readonly version: string };

/** A session as Markdown, for people and models that read. `hints`: how they ask for what is left out. */
export async function readSessionTranscript(
  log: LogPeeker & LogReader & ValueReader,
  { turn, kinds, since, max }: TranscriptQuery,
  hints: Hints,
): Promise<SessionTranscript> {
  const peeked: LogPage = await log.peek("session", "queries");
  if (peeked.state !== "present") return peeked;
  const { summary, queries = [], generation, head } = peeked;
  if (summary === undefined) return { state: "absent" };
  const at =
    turn === undefined ? undefined : queries.findIndex(({ key }, place) => key === turn || String(place + 1) === turn);
  if (at === -1) return { state: "no-turn" };
  const reader = new TranscriptReader(log, peeked);
  const transcript = await reader.read(withStatus(summary, Date.now()), Math.max(LEAST_UNITS, max * UNITS_A_BYTE), at);
  const isContinued = since !== undefined && since.generation === generation && since.revision <= head;
  const notes = [
    ...(since === undefined || isContinued
      ? []
      : ["The version was of an earlier log of this session: this is all of it."]),
    ...reader.omissions,
  ];
  const selected = select(transcript, {
    ...(at === undefined ? {} : { turn: at + 1 }),
    ...(kinds && { kinds }),
    ...(isContinued && { since: since.revision }),
  });
  const version = formatVersion(generation, head);
  const note = notes.length === 0 ? {} : { note: notes.join(" ") };
  return { state: "present", text: printTranscript(selected, { max, hints, version, ...note }), version };
}
