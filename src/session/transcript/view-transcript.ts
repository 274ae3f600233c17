import { jsonText } from "../../otel/any-value.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { withStatus } from "../liveness.ts";
import type { PartFold } from "../part-fold.ts";
import type { QueryFold } from "../queries.ts";
import { isError } from "../table/annotated-rows.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { ViewSpan } from "../tree/tree.ts";
import type { ViewRecord } from "../view/log-view.ts";
import type { SessionView, ViewPart } from "../view/session-view.ts";
import { FIRST_ROWS, turnsOf, wantedTurns } from "./fold.ts";
import type { PartTurns } from "./fold.ts";
import { Passages } from "./passage.ts";
import { NOTHING, SaidReader } from "./said.ts";
import type { SpanSaid } from "./said.ts";
import { SpanRecords } from "./span-records.ts";
import type { Transcript } from "./transcript.ts";
import { TurnList } from "./turn-list.ts";
import type { MayGoOn } from "./turn-list.ts";
import type { TranscriptSource } from "./turn.ts";

/** The transcript of a session that a viewer holds; `undefined` without spans and log records. `now`: Unix milliseconds. */
export function transcriptOf(view: SessionView, now: number): Transcript | undefined {
  return new ViewTranscript(view, "left out").at(now);
}

type Read = { readonly records: number; readonly failed: boolean; readonly said: SpanSaid | undefined };

/** What spans say is read again for a turn that changes, beyond so many spans: a step holds only what it says itself. */
const MOST_READ = 1_024;

/** `folded`: so many turns are complete. The others have no steps yet, or those of an earlier fold. */
export type ViewedTranscript = Transcript & { readonly folded: number };

/** The transcript of a session that grows: each fold reads only spans that are new, and folds only turns that changed. */
export class ViewTranscript {
  readonly #view: SessionView;
  readonly #callingAnswers: TranscriptSource["callingAnswers"];
  #read = new WeakMap<ViewSpan, Read>();
  /** Spans in `#read`. */
  #readCount = 0;
  /** What was read before: it stays for turns that change again. */
  #readBefore = new WeakMap<ViewSpan, Read>();
  readonly #units = new WeakMap<LogRecord, number>();
  readonly #versions = new WeakMap<SpanSaid | ViewSpan, number>();
  #records: { readonly of: readonly ViewRecord[]; readonly records: SpanRecords } | undefined;
  /** By the fold of a part. */
  #parts = new WeakMap<QueryFold, { readonly of: SpanRecords; readonly turns: PartTurns }>();
  readonly #mostRead: number;
  readonly #firstRows: number;
  #turns = new TurnList();
  #reader = new SaidReader(new Passages());
  #version = 0;

  constructor(
    view: SessionView,
    callingAnswers: TranscriptSource["callingAnswers"] = "shown",
    mostRead: number = MOST_READ,
    firstRows: number = FIRST_ROWS,
  ) {
    this.#view = view;
    this.#callingAnswers = callingAnswers;
    this.#mostRead = mostRead;
    this.#firstRows = firstRows;
  }

  /**
   * As far as the view has come; `undefined` without spans and log records. `now`: Unix milliseconds. What `mayGoOn` leaves is folded by a
   * later call.
   */
  at(now: number, mayGoOn?: MayGoOn): ViewedTranscript | undefined {
    const summary = this.#view.summary();
    if (summary === undefined) {
      // Another session may follow under this name.
      this.#reader = new SaidReader(new Passages());
      this.#parts = new WeakMap();
      this.#turns = new TurnList();
      return undefined;
    }
    const records = this.#recordsOf(this.#view.logs().all());
    const parts = this.#view.parts();
    const spansOf = new Map(parts.map(({ fold, spans }) => [fold, spans]));
    const turnsIn = (part: PartFold): PartTurns => {
      let known = this.#parts.get(part.fold);
      if (known?.of !== records) {
        known = {
          of: records,
          turns: turnsOf(this.#sourceOf({ ...part, spans: spansOf.get(part.fold) ?? [] }, records)),
        };
        this.#parts.set(part.fold, known);
      }
      return known.turns;
    };
    const wanted = wantedTurns(parts, turnsIn, summary.liveness.waiting, this.#firstRows);
    const folded = this.#turns.fold(wanted, mayGoOn);
    if (this.#readCount > this.#mostRead && records.isEmpty && parts.every(isAlone)) this.#forget();
    return { summary: withStatus(summary, now), ...folded };
  }

  #forget(): void {
    this.#readBefore = this.#read;
    this.#read = new WeakMap();
    this.#readCount = 0;
    this.#reader = new SaidReader(new Passages());
  }

  #sourceOf(part: ViewPart, records: SpanRecords): PartTurns["source"] {
    const { table, fold, spans } = part;
    const readAt = (row: number): SpanSaid | undefined => {
      const span = spans[row];
      return span === undefined ? undefined : this.#readSpan(span, part, row, records);
    };
    const source = { table, fold, callingAnswers: this.#callingAnswers };
    // What nothing else reports is read when its turn is folded.
    if (records.isEmpty && isAlone(part))
      return { ...source, saidAt: readAt, versionAt: (row) => writtenAt(table, row) };
    const said = spans.map((_, row) => readAt(row));
    this.#view.records?.mergeDuplicates(fold, said, NOTHING);
    records.addLoose(table, fold, this.#reader, said);
    return {
      ...source,
      saidAt: (row) => said[row],
      versionAt: (row) => Math.max(this.#versionOf(spans[row]), this.#versionOf(said[row])),
    };
  }

  #readSpan(span: ViewSpan, { table }: PartFold, row: number, records: SpanRecords): SpanSaid | undefined {
    const about = records.of(table, row);
    const failed = isError(table, row);
    const recent = this.#read.get(span);
    const known = recent ?? this.#readBefore.get(span);
    const isKnown = known?.records === about.length && known.failed === failed;
    if (isKnown && recent !== undefined) return known.said;
    const said = isKnown ? known.said : this.#reader.read(span.span, span.facts, about, failed ? "failed" : "passed");
    this.#readCount++;
    this.#read.set(span, { records: about.length, failed, said });
    return said;
  }

  #recordsOf(all: readonly ViewRecord[]): SpanRecords {
    if (this.#records?.of !== all) {
      const records = new SpanRecords();
      for (const { traceId, record, said } of all)
        if (said !== undefined) records.add(traceId, said, this.#unitsOf(record), 0);
      this.#records = { of: all, records };
    }
    return this.#records.records;
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

/** No event has more spans. */
const MOST_POSITIONS = 2 ** 21;

/** A number for what stands in a row: no other version of a span has it. Counting the spans by themselves would take memory for each. */
const writtenAt = ({ rows }: SpanTable, row: number): number =>
  rows.word(row, Row.REVISION) * MOST_POSITIONS + rows.word(row, Row.POSITION);

/** What its spans say does not depend on log records. */
const isAlone = ({ table, fold }: PartFold): boolean =>
  table.annotations.size === 0 && fold.groups.derived === undefined;
