import type { SessionObject } from "../../durable/session/object.ts";
import { inflate } from "../../lib/body-codec.ts";
import { spansInLogs } from "../../logs/derived-spans.ts";
import { ChunkRecords, ChunkSpans } from "../../otel/chunk.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans, AnyValue } from "../../otel/span.ts";
import { restoreValues } from "../../otlp/restore-values.ts";
import type { Cursor, LogEntry, LogPage } from "../../session/contract/log-page.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";

/** What is read of an object: a session's stub has it. */
export type LogPages = { read(view: "session", from: Cursor | undefined, maxBytes: number): Promise<LogPage> };

/** An entry of the log with its text inflated, and parsed when somebody asks for what it holds. */
export class LogChunk {
  readonly entry: LogEntry;
  readonly text: Uint8Array;
  #spans: ChunkSpans | undefined;
  #records: ChunkRecords | undefined;

  constructor(entry: LogEntry) {
    this.entry = entry;
    this.text = entry.kind === "gone" ? new Uint8Array() : inflate(entry.encoding, entry.body);
  }

  /** Of log records those that they tell of: positions are those that facts count. */
  get spans(): ChunkSpans {
    return (this.#spans ??= new ChunkSpans(
      this.entry.kind === "logs" ? spansInLogs(this.#parse<ResourceLogs>()) : this.#parse<ResourceSpans>(),
    ));
  }

  get records(): ChunkRecords {
    return (this.#records ??= new ChunkRecords(this.entry.kind === "logs" ? this.#parse<ResourceLogs>() : []));
  }

  /** Canonical text that this program wrote. */
  #parse<Resources>(): Resources[] {
    return this.text.length === 0 ? [] : (JSON.parse(new TextDecoder().decode(this.text)) as Resources[]);
  }
}

/** Text that is kept at hand: what spans of some exporters' last batches lie in, and what a Worker can hold for a viewer. */
const KEPT_BYTES = 3_000_000;

/** The revisions of one life of a log, in any order. */
export class LogChunks {
  readonly #pages: LogPages;
  readonly #generation: string;
  /** Least recently asked for first. */
  readonly #kept = new Map<number, LogChunk>();
  #bytes = 0;
  /** Pages read so far. */
  reads = 0;

  constructor(pages: LogPages, generation: string) {
    this.#pages = pages;
    this.#generation = generation;
  }

  /** `absent` where its trace left, or was forgotten; `over` where the log is another one, or none, by now. */
  async at(revision: number): Promise<LogChunk | "absent" | "over"> {
    const kept = this.#kept.get(revision);
    if (kept !== undefined) {
      this.#kept.delete(revision);
      this.#kept.set(revision, kept);
      return kept;
    }
    this.reads++;
    const cursor = { generation: this.#generation, revision: revision - 1 };
    const page = await this.#pages.read("session", cursor, PAGE_BYTES);
    if (page.state !== "present" || page.reset) return "over";
    // From the back, so that what comes next is kept longest.
    for (const entry of page.entries.toReversed()) this.#keep(new LogChunk(entry));
    const found = this.#kept.get(revision);
    this.#trim();
    return found ?? "absent";
  }

  #keep(chunk: LogChunk): void {
    const { revision } = chunk.entry;
    if (this.#kept.has(revision)) return;
    this.#kept.set(revision, chunk);
    this.#bytes += chunk.text.length;
  }

  #trim(): void {
    for (const [revision, chunk] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES) return;
      this.#kept.delete(revision);
      this.#bytes -= chunk.text.length;
    }
  }
}

/** Bytes of compressed values in one answer: an RPC value may have 32 MiB. */
const VALUES_BYTES = 4_000_000;

/** Looks large values up by their hash, all fetched. Throws where one is unknown: a preview must not pass for the whole. */
export async function wholeValues(
  stub: DurableObjectStub<SessionObject>,
  hashes: readonly string[],
): Promise<(hash: string) => AnyValue | undefined> {
  const values = new Map<string, AnyValue>();
  const wanted = Array.from(new Set(hashes));
  while (values.size < wanted.length) {
    for (const value of await stub.values(wanted.slice(values.size), VALUES_BYTES)) {
      if (value === undefined) throw new Error("a value is in the log no more");
      const text = new TextDecoder().decode(inflate(value.encoding, value.body));
      // Canonical text that this program wrote.
      values.set(value.hash, JSON.parse(text) as AnyValue);
    }
  }
  return (hash) => values.get(hash);
}

/** Spans with their large values fetched and put in their places. `hashes`: of the values that they may name. */
export async function withWholeValues(
  stub: DurableObjectStub<SessionObject>,
  resourceSpans: readonly ResourceSpans[],
  hashes: readonly string[],
): Promise<readonly ResourceSpans[]> {
  return restoreValues(resourceSpans, await wholeValues(stub, hashes));
}
