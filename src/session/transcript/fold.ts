import { highWord, lowWord } from "../../lib/hex.ts";
import { queriesOf } from "../summarise.ts";
import type { SpanTable } from "../table/span-table.ts";
import { outlineOf } from "../tree/outline.ts";
import { Memory } from "./memory.ts";
import type { Transcript, Turn } from "./transcript.ts";
import { foldTurn } from "./turn.ts";
import type { TranscriptSource } from "./turn.ts";

/** The turns of an earlier fold over the same session, by place. */
export type KnownTurns = KnownTurn[];

type KnownTurn = {
  /** Equal for equal rows with equal contents. */
  readonly version: string;
  readonly turn: Turn;
  /** Keys of what this turn told first. */
  readonly told: readonly string[];
  readonly isUnanswered: boolean;
};

export type KnownSource = TranscriptSource & {
  /** Changes with what the row says. */
  versionAt(row: number): number;
};

/** The transcript of a session. A turn depends on its own spans, and on what earlier turns told. */
export function foldTranscript(source: TranscriptSource): Transcript {
  return foldAgain({ ...source, versionAt: () => 0 }, []);
}

/** As {@link foldTranscript}. Turns before the first that changed are the same objects but for their summaries. */
export function foldAgain(source: KnownSource, known: KnownTurns): Transcript {
  const { table, fold, summary } = source;
  const { order, parents } = outlineOf(table, fold.groups);
  const rowsOf: number[][] = fold.queries.map(() => []);
  for (const place of order) if (place < table.size) rowsOf[fold.groups.queryOf[place] ?? -1]?.push(place);
  const memory = new Memory();
  const waiting = rowAt(table, summary.liveness.waiting?.span);
  const turns = queriesOf(table, fold).map((query, at) => {
    const { lead = -1, prompt = -1 } = fold.queries[at] ?? {};
    const rows = rowsOf[at] ?? [];
    const question = rows.includes(waiting) ? JSON.stringify(summary.liveness.waiting) : "";
    const versions = rows.map((row) => source.versionAt(row));
    const last = versions.reduce((most, version) => Math.max(most, version), 0);
    const sum = versions.reduce((all, version) => all + version, 0);
    const version = [query.key, at, rows.length, last, sum, lead, prompt, question].join(" ");
    const earlier = known[at];
    if (earlier?.version === version) {
      for (const key of earlier.told) memory.add(key);
      memory.isUnanswered = earlier.isUnanswered;
      return { ...earlier.turn, summary: query };
    }
    // What this turn tells decides what the later ones tell.
    known.length = Math.min(known.length, at);
    memory.takeFresh();
    const turn = foldTurn({ source, memory, parents, rows, lead, prompt, waiting }, query, at + 1);
    known.push({ version, turn, told: memory.takeFresh(), isUnanswered: memory.isUnanswered });
    return turn;
  });
  known.length = turns.length;
  return { summary, turns };
}

/** `span`: `<traceId>:<spanId>`. -1 without. */
function rowAt(table: SpanTable, span = ""): number {
  const [traceId = "", spanId = ""] = span.split(":");
  const trace = table.traceNumber(traceId);
  return trace < 0 ? -1 : table.rowOf(trace, highWord(spanId), lowWord(spanId));
}
