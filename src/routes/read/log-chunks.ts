import { ChunkRecords } from "../../trace/facts/codec/chunk-records.ts";
import { ChunkSpans } from "../../trace/facts/codec/chunk-spans.ts";
import type { ResourceLogs } from "../../trace/log-record.ts";
import { spansInLogs } from "../../trace/records/spans-in-logs.ts";
import type { ResourceSpans } from "../../trace/span.ts";
import type { Cursor, LogEntry, LogPage } from "../../trace/watch.ts";
import { inflate } from "./inflate.ts";
import { PAGE_BYTES } from "../stream/session-source.ts";

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
  readonly #incarnation: string;
  /** Least recently asked for first. */
  readonly #kept = new Map<number, LogChunk>();
  #bytes = 0;
  /** Pages read so far. */
  reads = 0;

  constructor(pages: LogPages, incarnation: string) {
    this.#pages = pages;
    this.#incarnation = incarnation;
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
    const cursor = { incarnation: this.#incarnation, revision: revision - 1 };
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
