import { highWord, lowWord } from "../../lib/hex.ts";
import { queriesOf } from "../summarise.ts";
import type { SpanTable } from "../table/span-table.ts";
import { outlineOf } from "../tree/outline.ts";
import type { Transcript } from "./transcript.ts";
import { foldTurn } from "./turn.ts";
import type { TranscriptSource } from "./turn.ts";

/** The transcript of a session. A turn depends on its own spans, and on what earlier turns told. */
export function foldTranscript(source: TranscriptSource): Transcript {
  const { table, fold, summary } = source;
  const { order, parents } = outlineOf(table, fold.groups);
  const rowsOf: number[][] = fold.queries.map(() => []);
  for (const place of order) if (place < table.size) rowsOf[fold.groups.queryOf[place] ?? -1]?.push(place);
  /** Keys of what any turn told. */
  const told = new Set<string>();
  const waiting = rowAt(table, summary.liveness.waiting?.span);
  const turns = queriesOf(table, fold).map((query, at) => {
    const { lead = -1, prompt = -1 } = fold.queries[at] ?? {};
    return foldTurn({ source, told, parents, rows: rowsOf[at] ?? [], lead, prompt, waiting }, query, at + 1);
  });
  return { summary, turns };
}

/** `span`: `<traceId>:<spanId>`. -1 without. */
function rowAt(table: SpanTable, span = ""): number {
  const [traceId = "", spanId = ""] = span.split(":");
  const trace = table.traceNumber(traceId);
  return trace < 0 ? -1 : table.rowOf(trace, highWord(spanId), lowWord(spanId));
}
