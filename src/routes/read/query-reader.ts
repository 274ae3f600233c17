import { deriveFacts } from "../../facts/facts.ts";
import { requestOf } from "../../session/rerun/query-request.ts";
import type { QueryRequest, WholeSpan } from "../../session/rerun/query-request.ts";
import { rowsOfQuery, progressOf, sourceRows } from "../../session/query-rows.ts";
import type { QueryRows } from "../../session/query-rows.ts";
import { resumePoint } from "../../session/rerun/resume-point.ts";
import type { ResumePoint } from "../../session/rerun/resume-point.ts";
import * as Row from "../../session/table/span-rows.ts";
import { SpanTable } from "../../session/table/span-table.ts";
import type { QuerySummary } from "../../session/summary.ts";
import { isDerivedAs } from "../../logs/derived-id.ts";
import { QUERY_INPUT } from "../../otel/semconv/ark.ts";
import type { Span } from "../../otel/span.ts";
import { LogChanged, walkLog } from "../../session/contract/log-reader.ts";
import type { LogReader, ValueReader } from "../../session/contract/log-reader.ts";
import { LogChunk, LogChunks, withWholeValues } from "./log-chunks.ts";

/** The position of a span in the log. */
type SpanPosition = { readonly revision: number; readonly position: number };

/** Reads one query: the facts of its whole trace, then the few relevant spans with their large values. */
export class QueryReader {
  readonly #log: LogReader & ValueReader;
  readonly #chunks: LogChunks;
  readonly #table: SpanTable;
  readonly #found: QueryRows;
  readonly #startEvent: readonly SpanPosition[];

  private constructor(
    log: LogReader & ValueReader,
    generation: string,
    table: SpanTable,
    found: QueryRows,
    startEvent: readonly SpanPosition[],
  ) {
    this.#log = log;
    this.#chunks = new LogChunks(log, generation);
    this.#table = table;
    this.#found = found;
    this.#startEvent = startEvent;
  }

  /** Throws if the session changes its generation meanwhile. A second request gets the new one. */
  static async open(log: LogReader & ValueReader, { key, traceId }: QuerySummary): Promise<QueryReader> {
    const table = new SpanTable();
    const startEvent: SpanPosition[] = [];
    let generation = "";
    for await (const page of walkLog(log, { view: "session" })) {
      ({ generation } = page);
      for (const entry of page.entries) {
        if (entry.kind === "gone" || entry.traceId !== traceId) continue;
        const spans = new LogChunk(entry).spans;
        for (let position = 0; position < spans.length; position++) {
          for (const { resource, scopeSpans = [] } of spans.pick([position])) {
            const { scope, spans: [span] = [] } = scopeSpans[0] ?? {};
            if (span === undefined) continue;
            const facts = deriveFacts(span, JSON.stringify(span), resource, scope);
            table.admit(traceId, facts, entry.revision, position);
            if (`${traceId}:${span.spanId}` === key && isStartEvent(span))
              startEvent[0] = { revision: entry.revision, position };
          }
        }
      }
    }
    const found = rowsOfQuery(table, key);
    if (found === undefined) throw new LogChanged();
    return new QueryReader(log, generation, table, found, startEvent);
  }

  async request(session: string): Promise<QueryRequest> {
    const { summary } = this.#found;
    const sources = await this.#read(sourceRows(this.#table, this.#found));
    return requestOf(session, summary, [...sources, ...(await this.#readPositions(this.#startEvent))]);
  }

  async resume(request: QueryRequest): Promise<ResumePoint> {
    const { lastAnswer: step, calls, omitted: more } = progressOf(this.#table, this.#found);
    const [answer] = await this.#read(step === undefined ? [] : [step]);
    return resumePoint(request, answer, await this.#read(calls), more);
  }

  async #read(rows: readonly number[]): Promise<WholeSpan[]> {
    const { rows: all } = this.#table;
    return await this.#readPositions(
      rows.map((row) => ({ revision: all.word(row, Row.REVISION), position: all.word(row, Row.POSITION) })),
    );
  }

  async #readPositions(positions: readonly SpanPosition[]): Promise<WholeSpan[]> {
    const read: WholeSpan[] = [];
    for (const { revision, position } of positions) {
      const chunk = await this.#chunks.at(revision);
      if (typeof chunk === "string" || chunk.entry.kind === "gone") throw new LogChanged();
      const picked = chunk.spans.pick([position]);
      const text = JSON.stringify(picked);
      const hashes = chunk.entry.hashes.filter((hash) => text.includes(hash));
      for (const { resource, scopeSpans } of await withWholeValues(this.#log, picked, hashes)) {
        const span = scopeSpans?.[0]?.spans?.[0];
        if (span !== undefined) read.push({ span, ...(resource === undefined ? {} : { resource }) });
      }
    }
    return read;
  }
}

/** The start event of a query contains the prompt. The end event supersedes it, and does not contain the prompt. */
function isStartEvent(span: Span): boolean {
  return isDerivedAs("event", span) && (span.attributes ?? []).some(({ key }) => key === QUERY_INPUT);
}
