import { jsonText } from "../../otel/any-value.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { withStatus } from "../liveness.ts";
import { isError } from "../table/annotated-rows.ts";
import type { ViewSpan } from "../tree/tree.ts";
import type { SessionView } from "../view/session-view.ts";
import { mergeDuplicates } from "./duplicates.ts";
import { foldAgain } from "./fold.ts";
import type { KnownTurns } from "./fold.ts";
import { Passages } from "./passage.ts";
import { SaidReader } from "./said.ts";
import type { SpanSaid } from "./said.ts";
import { SpanRecords } from "./span-records.ts";
import type { Transcript } from "./transcript.ts";
import type { TranscriptSource } from "./turn.ts";

/** The transcript of a session that a viewer holds; `undefined` without spans and log records. `now`: Unix milliseconds. */
export function transcriptOf(view: SessionView, now: number): Transcript | undefined {
  return new ViewTranscript(view, "left out").at(now);
}

type Read = { readonly records: number; readonly failed: boolean; readonly said: SpanSaid | undefined };

/** The transcript of a session that grows: each fold reads only spans that are new, and folds only turns that changed. */
export class ViewTranscript {
  readonly #view: SessionView;
  readonly #callingAnswers: TranscriptSource["callingAnswers"];
  readonly #read = new WeakMap<ViewSpan, Read>();
  readonly #units = new WeakMap<LogRecord, number>();
  readonly #versions = new WeakMap<SpanSaid | ViewSpan, number>();
  readonly #known: KnownTurns = [];
  #reader = new SaidReader(new Passages());
  #version = 0;

  constructor(view: SessionView, callingAnswers: TranscriptSource["callingAnswers"] = "told") {
    this.#view = view;
    this.#callingAnswers = callingAnswers;
  }

  /** As far as the view has come; `undefined` without spans and log records. `now`: Unix milliseconds. */
  at(now: number): Transcript | undefined {
    const summary = this.#view.summary();
    if (summary === undefined) {
      // Another session may follow under this name.
      this.#reader = new SaidReader(new Passages());
      this.#known.length = 0;
      return undefined;
    }
    const { table, fold, spans } = this.#view.rows();
    const records = new SpanRecords();
    for (const { traceId, record } of this.#view.logs().all()) records.add(traceId, record, this.#unitsOf(record), 0);
    const said = spans.map((span, row) => {
      const about = records.of(table, row);
      const failed = isError(table, row);
      const known = this.#read.get(span);
      if (known?.records === about.length && known.failed === failed) return known.said;
      const one = this.#reader.read(span.span, span.facts, about, failed ? "failed" : "passed");
      this.#read.set(span, { records: about.length, failed, said: one });
      return one;
    });
    mergeDuplicates(fold, said);
    records.addLoose(table, fold, this.#reader, said);
    return foldAgain(
      {
        table,
        fold,
        summary: withStatus(summary, now),
        callingAnswers: this.#callingAnswers,
        saidAt: (row) => said[row],
        versionAt: (row) => Math.max(this.#versionOf(spans[row]), this.#versionOf(said[row])),
      },
      this.#known,
    );
  }

  #versionOf(of: SpanSaid | ViewSpan | undefined): number {
    if (of === undefined) return 0;
    let version = this.#versions.get(of);
    if (version === undefined) this.#versions.set(of, (version = ++this.#version));
    return version;
  }

  #unitsOf(record: LogRecord): number {
    let units = this.#units.get(record);
    if (units === undefined) this.#units.set(record, (units = jsonText(record).length));
    return units;
  }
}
