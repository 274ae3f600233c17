import type { ResourceSpans } from "../../otel/span.ts";
import { unchanged, walkLog } from "../../session/contract/log-reader.ts";
import type { LogReader, PresentPage, ValueReader } from "../../session/contract/log-reader.ts";
import type { ChunkEntry, View } from "../../session/contract/log-page.ts";
import { backoff } from "../../lib/backoff.ts";
import { inflate } from "../../lib/body-codec.ts";
import { log } from "../../lib/log.ts";
import { streamOf } from "../../lib/stream-of.ts";
import { formatVersion } from "../../api/resource-version.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import { parseResources, wholeResources } from "./whole-resources.ts";

/** A page is read so often at most: an object is there again at once, unless its storage is broken. */
const ATTEMPTS = 4;
const FIRST_WAIT_MILLIS = 100;

type Render = (entry: ChunkEntry) => Promise<Uint8Array> | Uint8Array;

const encoder = new TextEncoder();

/**
 * Reads a log up to the head of a `peek`, page by page, as a JSON document. Its `resourceSpans` and `resourceLogs` are the log's
 * own bytes. Later entries are left to the stream from `resourceVersion` on.
 */
export class LogDocument {
  readonly #log: LogReader & ValueReader;
  readonly #view: View;
  readonly #peeked: PresentPage;
  readonly #also: "claims" | undefined;

  constructor(reader: LogReader & ValueReader, view: View, peeked: PresentPage, also?: "claims") {
    this.#log = {
      read: async (...page) => await again(async () => await reader.read(...page)),
      values: async (...page) => await again(async () => await reader.values(...page)),
    };
    this.#view = view;
    this.#peeked = peeked;
    this.#also = also;
  }

  get resourceVersion(): string {
    return formatVersion(this.#peeked.generation, this.#peeked.head);
  }

  /** `{resourceSpans, resourceLogs, …tail}`. */
  stream(render: Render, tail: Record<string, unknown>): ReadableStream<Uint8Array> {
    return streamOf(this.#parts(render, tail));
  }

  async *#parts(render: Render, tail: Record<string, unknown>): AsyncGenerator<Uint8Array, void> {
    const logs: number[] = [];
    yield encoder.encode('{"resourceSpans":[');
    yield* this.#items(this.#spanEntries(logs), render);
    yield encoder.encode('],"resourceLogs":[');
    yield* this.#items(this.#logEntries(logs), render);
    const fields = JSON.stringify(tail).slice(1);
    yield encoder.encode(fields === "}" ? "]}" : `],${fields}`);
  }

  async *#items(entries: AsyncGenerator<ChunkEntry, void>, render: Render): AsyncGenerator<Uint8Array, void> {
    let first = true;
    for await (const entry of entries) {
      const text = await render(entry);
      const inner = text.subarray(1, -1);
      if (inner.length === 0) continue;
      if (!first) yield encoder.encode(",");
      first = false;
      yield inner;
    }
  }

  /** The entries of spans. Adds the revisions of the others to `logs`. */
  async *#spanEntries(logs: number[]): AsyncGenerator<ChunkEntry, void> {
    const walk = { view: this.#view, peeked: this.#peeked, ...(this.#also && { also: this.#also }) };
    for await (const page of walkLog(this.#log, walk)) {
      for (const entry of this.#unrevoked(page).entries) {
        if (entry.kind === "spans") yield entry;
        else if (entry.kind === "logs") logs.push(entry.revision);
      }
    }
  }

  /** A second read: a document has all spans before all log records, and log records are few beside spans. */
  async *#logEntries(revisions: readonly number[]): AsyncGenerator<ChunkEntry, void> {
    let read = 0;
    for (const revision of revisions) {
      if (revision <= read) continue;
      const { generation, head } = this.#peeked;
      const from = { generation, revision: revision - 1 };
      const page = this.#unrevoked(unchanged(await this.#log.read(this.#view, from, PAGE_BYTES, head, this.#also)));
      for (const entry of page.entries) if (entry.kind === "logs") yield entry;
      read = page.next;
    }
  }

  /** The bytes of a trace that was revoked since are sent already: like a log that changed, the document must end with an error. */
  #unrevoked(page: PresentPage): PresentPage {
    if (page.lastTombstone > this.#peeked.head)
      throw new Error("a trace was revoked from the session while it was read");
    return page;
  }

  /** The text of an entry without superseded spans, with previews of large values. */
  static current(entry: ChunkEntry): Uint8Array {
    const text = inflate(entry.encoding, entry.body);
    if (entry.superseded.length === 0) return text;
    return encoder.encode(JSON.stringify(without(parseResources<ResourceSpans>(text), new Set(entry.superseded))));
  }

  /** As `current`, with all large values restored, and with the session of the trace on each resource of spans. */
  async exported(entry: ChunkEntry): Promise<Uint8Array> {
    return await wholeResources(this.#log, entry, LogDocument.current(entry));
  }
}

/**
 * Reads again after a fault, which would break off an answer that has begun: where the write of another caller fails, as on a full disk,
 * the runtime gives all who wait for the object its error. An overloaded object is not asked again.
 */
async function again<Page>(read: () => Promise<Page>): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === ATTEMPTS || isOverloaded(error)) throw error;
      log("page-not-read", { level: "warn", attempt, error });
      await scheduler.wait(backoff(attempt, FIRST_WAIT_MILLIS, Math.random()));
    }
  }
}

/** The platform marks such an error: a call more would make it worse. */
function isOverloaded(error: unknown): boolean {
  return error instanceof Error && "overloaded" in error && error.overloaded === true;
}

/** Positions count spans through resources and scopes in order. */
function without(resources: readonly ResourceSpans[], superseded: ReadonlySet<number>): ResourceSpans[] {
  let position = 0;
  const current: ResourceSpans[] = [];
  for (const resource of resources) {
    const scopeSpans = [];
    for (const scope of resource.scopeSpans ?? []) {
      const spans = (scope.spans ?? []).filter(() => !superseded.has(position++));
      if (spans.length > 0) scopeSpans.push({ ...scope, spans });
    }
    if (scopeSpans.length > 0) current.push({ ...resource, scopeSpans });
  }
  return current;
}
