import { Lru } from "../../lib/lru.ts";
import { inflate } from "../../lib/body-codec.ts";
import { spansInLogs } from "../../logs/derived-spans.ts";
import { ChunkRecords, ChunkSpans } from "../../otel/chunk.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import { restoreValues } from "../../otlp/restore-values.ts";
import type { LogEntry } from "../../session/contract/log-page.ts";
import type { LogReader, ValueReader } from "../../session/contract/log-reader.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import { wholeValues } from "../../session/whole-values.ts";

/** An entry of the log with its text inflated. It is parsed on the first use of its spans or records. */
export class LogChunk {
  readonly entry: LogEntry;
  readonly text: Uint8Array;
  #spans: ChunkSpans | undefined;
  #records: ChunkRecords | undefined;

  constructor(entry: LogEntry) {
    this.entry = entry;
    this.text = entry.kind === "gone" ? new Uint8Array() : inflate(entry.encoding, entry.body);
  }

  /** For log records, their derived spans. Positions are those of the facts. */
  get spans(): ChunkSpans {
    return (this.#spans ??= new ChunkSpans(
      this.entry.kind === "logs" ? spansInLogs(this.#parse<ResourceLogs>()) : this.#parse<ResourceSpans>(),
    ));
  }

  get records(): ChunkRecords {
    return (this.#records ??= new ChunkRecords(this.entry.kind === "logs" ? this.#parse<ResourceLogs>() : []));
  }

  /** The text is canonical: this program wrote it. */
  #parse<Resources>(): Resources[] {
    return this.text.length === 0 ? [] : (JSON.parse(new TextDecoder().decode(this.text)) as Resources[]);
  }
}

/** Bytes of text in the cache: the last batches of several exporters, and affordable for a Worker for each viewer. */
const CACHE_BYTES = 3_000_000;

/** The entries of one generation of a log, by revision, in any order. */
export class LogChunks {
  readonly #log: LogReader;
  readonly #generation: string;
  readonly #cached = new Lru<number, LogChunk>(CACHE_BYTES, ({ text }) => text.length);
  /** Pages read so far. */
  reads = 0;

  constructor(log: LogReader, generation: string) {
    this.#log = log;
    this.#generation = generation;
  }

  /** `absent`: its trace was revoked or deleted. `over`: the log has another generation by now, or was deleted. */
  async at(revision: number): Promise<LogChunk | "absent" | "over"> {
    const cached = this.#cached.get(revision);
    if (cached !== undefined) return cached;
    this.reads++;
    const cursor = { generation: this.#generation, revision: revision - 1 };
    const page = await this.#log.read("session", cursor, PAGE_BYTES);
    if (page.state !== "present" || page.reset) return "over";
    let found: LogChunk | undefined;
    // From the back, so that the next entries stay in the cache longest.
    for (const entry of page.entries.toReversed()) {
      const chunk = this.#cached.peek(entry.revision) ?? new LogChunk(entry);
      this.#cached.set(entry.revision, chunk);
      if (entry.revision === revision) found = chunk;
    }
    return found ?? "absent";
  }
}

/** Bytes of spans and log records that one answer about a session reads. Reading more takes too long. */
export const MAX_LOG = 200_000_000;
/** Bytes of large values that one such answer reads. The others count by their previews. */
export const MAX_VALUES = 64_000_000;
/** Bytes of large values in memory at once. */
export const VALUES_AT_ONCE = 8_000_000;

/** Spans with their large values restored. `hashes`: the values that the spans may name. */
export async function withWholeValues(
  reader: ValueReader,
  resourceSpans: readonly ResourceSpans[],
  hashes: readonly string[],
): Promise<readonly ResourceSpans[]> {
  return restoreValues(resourceSpans, await wholeValues(reader, hashes));
}
