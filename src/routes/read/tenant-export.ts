import { formatExportCursor } from "../../api/export-parameters.ts";
import type { ExportCursor } from "../../api/export-parameters.ts";
import type { Bindings } from "../../config.ts";
import { inflate } from "../../lib/body-codec.ts";
import { joinBytes } from "../../lib/join-bytes.ts";
import { streamOf } from "../../lib/stream-of.ts";
import { objectAt, sessionAt, shardPlace } from "../../place.ts";
import type { Caller } from "../../place.ts";
import { lineHead } from "../../session/contract/export-line.ts";
import type { ExportNote } from "../../session/contract/export-line.ts";
import type { ValueReader } from "../../session/contract/log-reader.ts";
import type { OwnedEntry, OwnedPage, OwnedPlace } from "../../session/contract/owned-traces.ts";
import { bodies } from "../receive/body-budget.ts";
import { wholeResources } from "./whole-resources.ts";

/** An invocation may make 10,000 calls; one line may need some. */
const CALLS = 9_000;
/** Bytes that are sent at once: small traces make short lines. */
const BLOCK_BYTES = 64_000;
/** Clocks of machines may differ by so much: an increment begins earlier. */
const CLOCKS_MILLIS = 60_000;
/** Bytes of text that one call reads: others wait for it. */
const PAGE_BYTES = 256_000;
/** While exporters send, an export rests as long as its last call took, times this. */
const REST = 1;
/** The longest rest, milliseconds: a call may have waited for others. */
const MAX_REST_MILLIS = 100;

const encoder = new TextEncoder();

export type ExportSource = {
  readonly env: Bindings;
  readonly caller: Caller;
  readonly shards: number;
};

/** A line, or only how far the export came. */
type Step = { readonly cursor: string; readonly parts: readonly Uint8Array[] };

/**
 * All traces of a tenant as lines of OTLP/JSON, shard by shard, by trace id. They are read from their owners, which no binding moves:
 * a place in this order stays what it is while sessions come and go.
 */
export class TenantExport {
  readonly #source: ExportSource;
  readonly #from: ExportCursor;
  readonly #since: number;
  readonly #most: number;
  #calls = 0;
  /** How long the last call took, milliseconds. */
  #took = 0;
  /** Bodies of exporters that had come before it. */
  #opened = bodies.opened;

  /** `from`: where it begins; its trace id is "" at the very beginning. `since`: only traces with later deliveries, Unix milliseconds. `most`: after so many calls the answer ends. */
  constructor(source: ExportSource, from: ExportCursor, since: number, most = CALLS) {
    this.#source = source;
    this.#from = from;
    this.#since = since;
    this.#most = most;
  }

  stream(): ReadableStream<Uint8Array> {
    return streamOf(inBlocks(this.#parts()));
  }

  async *#parts(): AsyncGenerator<Uint8Array, void> {
    yield* line({ store: this.#from.store });
    for await (const { parts, cursor } of this.#steps()) {
      yield* parts;
      if (this.#calls >= this.#most) return yield* line({ next: cursor });
    }
    const since = new Date(Math.max(0, this.#from.began - CLOCKS_MILLIS)).toISOString();
    yield* line({ complete: true, since });
  }

  async *#steps(): AsyncGenerator<Step, void> {
    const { env, caller, shards } = this.#source;
    let { shard, traceId: after } = this.#from;
    if (this.#from.place !== undefined) yield* this.#rest(shard, after, this.#from.place);
    while (shard < shards) {
      const owners = objectAt(env, caller, shardPlace(caller, shard), shards);
      const read = await this.#call(async () => await owners.readOwners(after, this.#since, PAGE_BYTES));
      for (const page of read.pages) {
        if ("moved" in page) {
          yield* this.#rest(shard, page.traceId);
          continue;
        }
        yield await this.#step(shard, page);
        if (page.next !== undefined) yield* this.#rest(shard, page.traceId, page.next);
      }
      if (read.next === undefined) [shard, after] = [shard + 1, ""];
      else after = read.next;
      if (read.pages.length === 0) yield { cursor: this.#cursor(shard, after), parts: [] };
    }
  }

  /** The rest of a trace that is larger than a page. From the beginning: a trace of a log that has moved, if it owns one. */
  async *#rest(shard: number, traceId: string, after = BEGINNING): AsyncGenerator<Step, void> {
    const owner = sessionAt(this.#source.env, this.#source.caller, traceId);
    for (let place: OwnedPlace | undefined = after; place !== undefined;) {
      const from: OwnedPlace = place;
      const isFirst = from === BEGINNING;
      const page = await this.#call(async () => await owner.readOwner(from, PAGE_BYTES, isFirst ? this.#since : 0));
      if (page === undefined && isFirst) return;
      if (page === undefined) {
        const cursor = this.#cursor(shard, traceId);
        return yield { cursor, parts: line({ cursor, deleted: traceId }) };
      }
      yield await this.#step(shard, page);
      place = page.next;
    }
  }

  async #step(shard: number, { traceId, entries, next }: OwnedPage): Promise<Step> {
    const cursor = this.#cursor(shard, traceId, next);
    const owner = sessionAt(this.#source.env, this.#source.caller, traceId);
    const reader: ValueReader = {
      values: async (hashes, maxBytes) => await this.#call(async () => await owner.values(hashes, maxBytes)),
    };
    const spans: Uint8Array[] = [];
    const records: Uint8Array[] = [];
    for (const entry of entries) (entry.kind === "spans" ? spans : records).push(await textOf(entry, reader));
    return { cursor, parts: line({ cursor }, spans, records) };
  }

  #cursor(shard: number, traceId: string, place?: OwnedPlace): string {
    const { store, began } = this.#from;
    return formatExportCursor({ store, began, shard, traceId, ...(place && { place }) });
  }

  /** Exporters come first: what they sent is in memory until it is stored. */
  async #call<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    this.#calls++;
    const isBusy = bodies.opened > this.#opened;
    this.#opened = bodies.opened;
    await scheduler.wait(isBusy ? Math.min(REST * this.#took, MAX_REST_MILLIS) : 0);
    const start = Date.now();
    const answer = await call();
    this.#took = Date.now() - start;
    return answer;
  }
}

/** The entry's resources as JSON without the brackets around them, with whole values. */
async function textOf(entry: OwnedEntry, reader: ValueReader): Promise<Uint8Array> {
  const whole = await wholeResources(reader, entry, inflate(entry.encoding, entry.body));
  return whole.subarray(1, -1);
}

/** A line in parts. An import of OTLP/JSON takes each as a document. */
function line(note: ExportNote, spans: readonly Uint8Array[] = [], records: readonly Uint8Array[] = []): Uint8Array[] {
  return [
    encoder.encode(lineHead(note)),
    ...listed(spans),
    ...(records.length === 0 ? [] : [encoder.encode('],"resourceLogs":['), ...listed(records)]),
    encoder.encode("]}\n"),
  ];
}

const BEGINNING: OwnedPlace = { generation: "", revision: 0 };

const COMMA = encoder.encode(",");

function listed(items: readonly Uint8Array[]): Uint8Array[] {
  return items.filter(({ length }) => length > 0).flatMap((item, at) => (at === 0 ? [item] : [COMMA, item]));
}

/** The same bytes, small parts together. */
async function* inBlocks(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    waiting.push(part);
    bytes += part.length;
    if (bytes < BLOCK_BYTES) continue;
    yield joinBytes(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield joinBytes(waiting);
}
