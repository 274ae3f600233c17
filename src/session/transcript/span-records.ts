import { highWord, lowWord } from "../../lib/hex.ts";
import type { QueryFold } from "../queries.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { RecordSaid } from "./record-said.ts";
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
  add(traceId: string, said: RecordSaid, units: number, revision: number): void {
    if (this.#units + units > MAX_UNITS) return;
    this.#units += units;
    const key = `${traceId}:${said.subject}`;
    const known = this.#records.get(key);
    if (known === undefined) this.#records.set(key, [{ ...said, revision }]);
    else known.push({ ...said, revision });
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

function byTime(a: SpanRecord, b: SpanRecord): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.revision - b.revision;
}
