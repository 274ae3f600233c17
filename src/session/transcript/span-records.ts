import { highWord, lowWord } from "../../lib/hex.ts";
import { subjectOf } from "../../logs/derived-spans.ts";
import { readRecord } from "../../logs/read-record.ts";
import { contentEvents } from "../../logs/record-event.ts";
import { timeOfRecord } from "../../otel/log-record.ts";
import type { LogRecord } from "../../otel/log-record.ts";
import { EXCEPTION_EVENT } from "../../otel/semconv/attributes.ts";
import { DETAILS_EVENT, INPUT_EVENTS, OUTPUT_EVENT } from "../../otel/semconv/content.ts";
import type { QueryFold } from "../queries.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { SaidReader, SpanRecord, SpanSaid } from "./said.ts";
import { NOTHING } from "./said.ts";

/** UTF-16 units of JSON. Further records are not read. */
const MAX_UNITS = 16_000_000;

/** The log records of a session that say something about a span: messages, answers, exceptions. */
export class SpanRecords {
  readonly #records = new Map<string, SpanRecord[]>();
  #units = 0;

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** `units`: length of the record's JSON. */
  add(traceId: string, record: LogRecord, units: number, revision: number): void {
    const spanId = subjectOf(readRecord(record));
    if (spanId === "" || this.#units + units > MAX_UNITS) return;
    if (!contentEvents([record]).some(({ name = "" }) => SAYING.has(name) || INPUT_EVENTS.has(name))) return;
    this.#units += units;
    const key = `${traceId}:${spanId}`;
    const known = this.#records.get(key);
    if (known === undefined) this.#records.set(key, [{ record, revision }]);
    else known.push({ record, revision });
  }

  /** By time. */
  of(table: SpanTable, row: number): readonly SpanRecord[] {
    if (this.#records.size === 0) return [];
    return (this.#records.get(`${table.traceId(row)}:${table.rows.hex(row, Row.ID)}`) ?? []).toSorted(byTime);
  }

  /** What records say about spans that were not received counts for the first query of their trace. */
  addLoose(table: SpanTable, { queries }: QueryFold, reader: SaidReader, said: (SpanSaid | undefined)[]): void {
    for (const [key, records] of this.#records) {
      const [traceId = "", spanId = ""] = key.split(":");
      if (table.rowOf(table.traceNumber(traceId), highWord(spanId), lowWord(spanId)) >= 0) continue;
      const lead = queries.find((query) => table.traceId(query.lead) === traceId)?.lead;
      if (lead === undefined) continue;
      const known = said[lead] ?? { ...SILENT, subject: table.text(lead, Row.NAME) ?? "" };
      const moments = [...known.moments, ...reader.readMoments(records)];
      said[lead] = { ...known, moments: moments.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)) };
    }
  }
}

const SILENT: SpanSaid = {
  input: NOTHING,
  output: NOTHING,
  subject: "",
  callId: undefined,
  failure: undefined,
  moments: [],
  revision: 0,
};

const SAYING: ReadonlySet<string> = new Set([OUTPUT_EVENT, DETAILS_EVENT, EXCEPTION_EVENT]);

function byTime(a: SpanRecord, b: SpanRecord): number {
  const [x, y] = [BigInt(timeOfRecord(a.record) || 0), BigInt(timeOfRecord(b.record) || 0)];
  if (x !== y) return x < y ? -1 : 1;
  return a.revision - b.revision;
}
