import { printTranscript, urlHints } from "../../src/session/transcript/markdown.ts";
import { transcriptOf } from "../../src/session/transcript/view-transcript.ts";
import type { Captured } from "./capture.ts";
import { viewOfExports } from "./portrait.ts";

/** What a person reads of captured exports: all sessions of the program as one. */
export function transcriptOfExports(exports: readonly Captured[]): string {
  const transcript = transcriptOf(viewOfExports(exports), Number.MAX_SAFE_INTEGER);
  if (transcript === undefined) throw new Error("nothing was captured");
  return printTranscript(transcript, { max: 100_000, hints: urlHints("/sessions/s") });
}
