import { highWord, lowWord } from "../../lib/hex.ts";
import type { SummaryWithStatus } from "../liveness.ts";
import type { PartFold } from "../part-fold.ts";
import { queriesInOrder } from "../summarise.ts";
import type { OpenInputRequest } from "../summary.ts";
import type { SpanTable } from "../table/span-table.ts";
import { outlineOf } from "../tree/outline.ts";
import type { Memory } from "./memory.ts";
import type { Transcript, Turn } from "./transcript.ts";
import { foldTurn } from "./turn.ts";
import type { TranscriptSource } from "./turn.ts";
import { TurnList } from "./turn-list.ts";
import type { WantedTurn } from "./turn-list.ts";

/** The transcript of a session. */
export function foldTranscript(source: TranscriptSource & { readonly summary: SummaryWithStatus }): Transcript {
  const part = turnsOf({ ...source, versionAt: () => 0 });
  const wanted = wantedTurns([source], () => part, source.summary.liveness.waiting);
  return { summary: source.summary, turns: new TurnList().fold(wanted).turns };
}

export type PartSource = TranscriptSource & {
  /** Changes with what the row says. */
  versionAt(row: number): number;
};

/** The turns of a part of a session, by their place in its fold. */
export type PartTurns = {
  readonly source: PartSource;
  readonly parents: Int32Array;
  /** Depth first. */
  readonly rowsOf: readonly (readonly number[])[];
  readonly versions: readonly string[];
};

/** Whole numbers below it are exact, also when two are added. */
const EXACT = 2 ** 52;

export function turnsOf(source: PartSource): PartTurns {
  const { table, fold } = source;
  const { order, parents } = outlineOf(table, fold.groups);
  const rowsOf: number[][] = fold.queries.map(() => []);
  for (const place of order) if (place < table.size) rowsOf[fold.groups.queryOf[place] ?? -1]?.push(place);
  const versions = rowsOf.map((rows, at) => {
    const { lead = -1, prompt = -1 } = fold.queries[at] ?? {};
    let last = 0;
    let sum = 0;
    for (const row of rows) {
      const version = source.versionAt(row);
      last = Math.max(last, version);
      sum = (sum + version) % EXACT;
    }
    return [rows.length, last, sum, lead, prompt].join(" ");
  });
  return { source, parents, rowsOf, versions };
}

/** Rows of a long turn that are folded before the others, so that its first steps are shown early. */
export const FIRST_ROWS = 32;

/** The turns of all parts by start. `waiting`: the session's open input request. */
export function wantedTurns(
  parts: readonly PartFold[],
  turnsIn: (part: PartFold) => PartTurns,
  waiting: OpenInputRequest | undefined,
  firstRows = FIRST_ROWS,
): WantedTurn[] {
  return queriesInOrder(parts).map(({ place, summary, row: lead, ...part }) => {
    const { source, parents, rowsOf, versions } = turnsIn(part);
    const { queries, groups } = source.fold;
    const rows = rowsOf[place] ?? [];
    const asking = waiting === undefined ? -1 : rowAt(source.table, waiting);
    const isHere = asking >= 0 && groups.queryOf[asking] === place;
    const open = waiting === undefined || !isHere ? undefined : { row: asking, request: waiting };
    const { prompt = -1 } = queries[place] ?? {};
    const foldRows = (of: readonly number[], memory: Memory, number: number): Turn =>
      foldTurn({ source, memory, parents, rows: of, lead, prompt, waiting: open }, summary, number);
    return {
      summary,
      version: `${versions[place]} ${summary.prompt ?? ""}${open === undefined ? "" : JSON.stringify(waiting)}`,
      fold: (memory, number) => foldRows(rows, memory, number),
      ...(rows.length > 2 * firstRows && {
        begin: (memory: Memory, number: number) => foldRows(rows.slice(0, firstRows), memory, number),
      }),
    };
  });
}

/** -1 without. */
function rowAt(table: SpanTable, { span = "" }: OpenInputRequest): number {
  const [traceId = "", spanId = ""] = span.split(":");
  const trace = table.traceNumber(traceId);
  return trace < 0 ? -1 : table.rowOf(trace, highWord(spanId), lowWord(spanId));
}
