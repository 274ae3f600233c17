import { jsonText } from "../../otel/any-value.ts";
import { withStatus } from "../liveness.ts";
import { isError } from "../table/annotated-rows.ts";
import type { SessionView } from "../view/session-view.ts";
import { foldTranscript } from "./fold.ts";
import { Passages } from "./passage.ts";
import { SaidReader } from "./said.ts";
import { SpanRecords } from "./span-records.ts";
import type { Transcript } from "./transcript.ts";

/** The transcript of a session that a viewer holds; `undefined` without spans and log records. `now`: Unix milliseconds. */
export function transcriptOf(view: SessionView, now: number): Transcript | undefined {
  const summary = view.summary();
  if (summary === undefined) return undefined;
  const { table, fold, spans } = view.rows();
  const records = new SpanRecords();
  for (const { traceId, record } of view.logs().all()) records.add(traceId, record, jsonText(record).length, 0);
  const reader = new SaidReader(new Passages());
  const said = spans.map(({ span, facts }, row) =>
    reader.read(span, facts, records.of(table, row), isError(table, row) ? "failed" : "passed"),
  );
  records.addLoose(table, fold, reader, said);
  return foldTranscript({ table, fold, summary: withStatus(summary, now), saidAt: (row) => said[row] });
}
