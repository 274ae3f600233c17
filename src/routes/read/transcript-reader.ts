import { deriveFacts } from "../../facts/facts.ts";
import type { SpanFacts } from "../../facts/facts.ts";
import { readRecord } from "../../logs/read-record.ts";
import { deriveRecordFacts } from "../../logs/record-facts.ts";
import { spansIn } from "../../otel/chunk.ts";
import type { SpanInScope } from "../../otel/chunk.ts";
import type { AnyValue, Span } from "../../otel/span.ts";
import { offloadedIn, restoredSpan } from "../../otlp/restore-values.ts";
import { LogChanged, walkLog } from "../../session/contract/log-reader.ts";
import type { LogReader, PresentPage, ValueReader } from "../../session/contract/log-reader.ts";
import type { SummaryWithStatus } from "../../session/liveness.ts";
import { listErrors } from "../../session/error-list.ts";
import type { ListedError } from "../../session/error-list.ts";
import { LIST_PRICES, readPrices } from "../../session/prices/prices.ts";
import { foldQueries } from "../../session/whole-session.ts";
import type { QueryFold } from "../../session/queries.ts";
import { isError } from "../../session/table/annotated-rows.ts";
import { admitRecords, knowsRecord } from "../../session/table/admit-records.ts";
import * as Row from "../../session/table/span-rows.ts";
import { SpanTable } from "../../session/table/span-table.ts";
import { mergeDuplicates } from "../../session/transcript/duplicates.ts";
import { foldTranscript } from "../../session/transcript/fold.ts";
import { Passages } from "../../session/transcript/passage.ts";
import { NOTHING, SaidReader } from "../../session/transcript/said.ts";
import type { SpanSaid } from "../../session/transcript/said.ts";
import { readSaid } from "../../session/transcript/record-said.ts";
import { SpanRecords } from "../../session/transcript/span-records.ts";
import { readStep } from "../../session/transcript/step-content.ts";
import type { Transcript } from "../../session/transcript/transcript.ts";
import { LogChunk, MAX_LOG, MAX_VALUES, VALUES_AT_ONCE } from "./log-chunks.ts";
import { wholeValues } from "../../session/whole-values.ts";

/** Spans whose contents one transcript reads: about a kilobyte of memory each. Of more, the first and the last. */
const MAX_SPEAKERS = 40_000;

type Waiting = SpanInScope & { readonly row: number; readonly hashes: readonly string[] };

/**
 * Reads the transcript of a session: first the facts of all spans, then what each says, cut as it is read. Neither the log
 * nor its texts are ever in memory as a whole.
 */
export class TranscriptReader {
  readonly #log: LogReader & ValueReader;
  readonly #peeked: PresentPage;
  readonly #maxSpeakers: number;
  readonly #table = new SpanTable();
  readonly #records = new SpanRecords();
  #valuesLeft = MAX_VALUES;
  /** The first revision that was not read. */
  #unread: number | undefined;
  #isCut = false;

  constructor(log: LogReader & ValueReader, peeked: PresentPage, maxSpeakers = MAX_SPEAKERS) {
    this.#log = log;
    this.#maxSpeakers = maxSpeakers;
    this.#peeked = peeked;
  }

  /** What was too much to read, as sentences. */
  get omissions(): readonly string[] {
    return [
      ...(this.#unread === undefined
        ? []
        : [`Spans and log records beyond the first ${MAX_LOG / 1e6} MB are left out.`]),
      ...(this.#isCut
        ? [`Of this many spans, the first and the last ${this.#maxSpeakers / 2} have their contents.`]
        : []),
    ];
  }

  /**
   * `units`: UTF-16 units of all texts together; beyond it the longest are cut.
   * `turn`: position of the turn whose texts are needed; without it all are.
   */
  async read(summary: SummaryWithStatus, units: number, turn: number | undefined): Promise<Transcript> {
    const fold = await this.#readFold();
    const said = await this.#readSaid(fold, units, turn);
    return foldTranscript({
      table: this.#table,
      fold,
      summary,
      callingAnswers: "left out",
      saidAt: (row) => said[row],
    });
  }

  /** The failures of the session, without what its spans say. */
  async readErrors(): Promise<readonly ListedError[]> {
    const fold = await this.#readFold();
    return listErrors(this.#table, fold);
  }

  async #readFold(): Promise<QueryFold> {
    await this.#readFacts();
    const read = readPrices(this.#peeked.prices);
    return foldQueries(this.#table, read.ok ? read.prices : LIST_PRICES);
  }

  async *#pages(): AsyncGenerator<PresentPage, void> {
    for await (const page of walkLog(this.#log, { view: "session", peeked: this.#peeked })) {
      // What was read of a trace that has left the session since is no longer true.
      if (page.lastTombstone > this.#peeked.head) throw new LogChanged();
      yield page;
    }
  }

  async #readFacts(): Promise<void> {
    let text = 0;
    for await (const page of this.#pages()) {
      for (const entry of page.entries) {
        if (entry.kind === "gone") continue;
        const chunk = new LogChunk(entry);
        text += chunk.text.length;
        if (text > MAX_LOG) {
          this.#unread = entry.revision;
          return;
        }
        if (entry.kind === "logs") this.#admitLogs(chunk, entry.traceId, entry.revision);
        else this.#admitSpans(chunk, entry.traceId, entry.revision, new Set(entry.superseded));
      }
    }
  }

  #admitSpans(chunk: LogChunk, traceId: string, revision: number, superseded: ReadonlySet<number>): void {
    let position = 0;
    for (const { span, resource, scope } of spansIn(chunk.spans.resourceSpans)) {
      // Each span is there in one version only: no text is needed to compare versions.
      if (!superseded.has(position))
        this.#table.admit(traceId, deriveFacts(span, "", resource, scope), revision, position);
      position++;
    }
  }

  #admitLogs(chunk: LogChunk, traceId: string, revision: number): void {
    let position = 0;
    for (const { resource, scopeLogs = [] } of chunk.records.resourceLogs) {
      for (const { scope, logRecords = [] } of scopeLogs) {
        for (const record of logRecords) {
          const text = JSON.stringify(record);
          const facts = deriveRecordFacts(record, text, resource, scope);
          const isNew = !knowsRecord(this.#table, traceId, facts);
          admitRecords(this.#table, traceId, [facts], revision, position);
          position += facts.spans.length;
          const said = isNew ? readSaid(readRecord(record)) : undefined;
          if (said !== undefined) this.#records.add(traceId, said, text.length, revision);
        }
      }
    }
  }

  async #readSaid(fold: QueryFold, units: number, turn: number | undefined): Promise<(SpanSaid | undefined)[]> {
    const said: (SpanSaid | undefined)[] = [];
    const shown = new SaidReader(new Passages(units));
    // Of other turns only the keys are needed: they say what is a repetition.
    const compared = new SaidReader(new Passages(0));
    const readerOf = (row: number): SaidReader =>
      turn === undefined || fold.groups.queryOf[row] === turn ? shown : compared;
    let waiting: Waiting[] = [];
    let bytes = 0;
    const readWaiting = async (): Promise<void> => {
      const lookup = await this.#lookup(waiting.flatMap(({ hashes }) => hashes));
      for (const { row, span, resource, scope } of waiting)
        said[row] = this.#say(readerOf(row), row, { span: restoredSpan(span, lookup), resource, scope });
      waiting = [];
      bytes = 0;
    };
    for await (const { row, ...placed } of this.#speakers(fold)) {
      const values = this.#valuesOf(row, placed.span);
      if (values.length === 0) {
        said[row] = this.#say(readerOf(row), row, placed);
        continue;
      }
      for (const { bytes: size } of values) bytes += size;
      waiting.push({ row, ...placed, hashes: values.map(({ hash }) => hash) });
      if (bytes >= VALUES_AT_ONCE) await readWaiting();
    }
    await readWaiting();
    mergeDuplicates(fold, said, NOTHING);
    this.#records.addLoose(this.#table, fold, shown, said);
    return said;
  }

  #say(reader: SaidReader, row: number, { span, resource, scope }: SpanInScope): SpanSaid | undefined {
    const facts: SpanFacts = { ...deriveFacts(span, "", resource, scope), error: isError(this.#table, row) };
    return reader.read(span, facts, this.#records.of(this.#table, row), facts.error ? "failed" : "passed");
  }

  /** The spans that may say something, in the order of the log. */
  async *#speakers({ queries }: QueryFold): AsyncGenerator<SpanInScope & { readonly row: number }, void> {
    const { rows } = this.#table;
    const leads = new Set(queries.map(({ lead }) => lead));
    const speakers: number[] = [];
    for (let row = 0; row < rows.length; row++) {
      const isSilent =
        SILENT.has(rows.kind(row)) && !rows.running(row) && !isError(this.#table, row) && !leads.has(row);
      if (!isSilent) speakers.push(row);
    }
    const byRevision = new Map<number, number[]>();
    for (const row of this.#outermost(speakers)) {
      const revision = rows.word(row, Row.REVISION);
      const others = byRevision.get(revision);
      if (others === undefined) byRevision.set(revision, [row]);
      else others.push(row);
    }
    for await (const page of this.#pages()) {
      for (const entry of page.entries) {
        const wanted = byRevision.get(entry.revision);
        if (entry.kind === "gone" || wanted === undefined) continue;
        const spans = Array.from(spansIn(new LogChunk(entry).spans.resourceSpans));
        for (const row of wanted) {
          const placed = spans[rows.word(row, Row.POSITION)];
          if (placed === undefined) throw new LogChanged();
          yield { row, ...placed };
        }
      }
      if (this.#unread !== undefined && page.next >= this.#unread) return;
    }
  }

  /** As many of the rows as one transcript reads: the first and the last of the log. */
  #outermost(speakers: readonly number[]): readonly number[] {
    const half = this.#maxSpeakers / 2;
    if (speakers.length <= this.#maxSpeakers) return speakers;
    this.#isCut = true;
    const { rows } = this.#table;
    const ordered = speakers.toSorted((a, b) => rows.word(a, Row.REVISION) - rows.word(b, Row.REVISION));
    return [...ordered.slice(0, half), ...ordered.slice(-half)];
  }

  /** The large values of the attributes that are shown, as far as the transcript still reads any. */
  #valuesOf(row: number, span: Span) {
    if (offloadedIn(span).length === 0) return [];
    const { claimed } = readStep(span, [], isError(this.#table, row) ? "failed" : "passed");
    const attributes = (span.attributes ?? []).filter(({ key }) => claimed.has(key));
    return offloadedIn({ ...span, attributes }).filter(({ bytes }) => {
      if (bytes > this.#valuesLeft) return false;
      this.#valuesLeft -= bytes;
      return true;
    });
  }

  async #lookup(hashes: readonly string[]): Promise<(hash: string) => AnyValue | undefined> {
    return hashes.length === 0 ? () => undefined : await wholeValues(this.#log, hashes);
  }
}

/** Kinds that say nothing to people. */
const SILENT: ReadonlySet<SpanFacts["kind"]> = new Set<SpanFacts["kind"]>(["http", "db", "messaging"]);
