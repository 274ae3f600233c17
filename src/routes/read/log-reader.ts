import type { SessionObject } from "../../durable/session/object.ts";
import { restoreLogValues, restoreValues } from "../../otlp/restore-values.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import type { ChunkEntry, LogPage, View } from "../../session/contract/log-page.ts";
import { inflate } from "../../lib/body-codec.ts";
import { formatVersion } from "../../api/resource-version.ts";
import { PAGE_BYTES } from "../../session/contract/log-page.ts";
import { wholeValues } from "./log-chunks.ts";

type Stub = DurableObjectStub<SessionObject>;
type Present = Extract<LogPage, { state: "present" }>;
type Render = (entry: ChunkEntry) => Promise<Uint8Array> | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Reads a log as it was when it was peeked at, page by page, as JSON documents whose `resourceSpans` and `resourceLogs` are
 * the log's own bytes. What comes while it is read is left to the stream from `resourceVersion` on.
 */
export class LogReader {
  readonly #stub: Stub;
  readonly #view: View;
  readonly #peeked: Present;

  constructor(stub: Stub, view: View, peeked: Present) {
    this.#stub = stub;
    this.#view = view;
    this.#peeked = peeked;
  }

  get resourceVersion(): string {
    return formatVersion(this.#peeked.generation, this.#peeked.head);
  }

  /** `{resourceSpans, resourceLogs, …tail}`. */
  document(render: Render, tail: Record<string, unknown>): ReadableStream<Uint8Array> {
    const parts = this.#parts(render, tail);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value, done } = await parts.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await parts.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async *#parts(render: Render, tail: Record<string, unknown>): AsyncGenerator<Uint8Array, void> {
    const logs: number[] = [];
    yield encoder.encode('{"resourceSpans":[');
    yield* this.#items(this.#spans(logs), render);
    yield encoder.encode('],"resourceLogs":[');
    yield* this.#items(this.#logs(logs), render);
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

  /** What holds spans; the revisions of the others are noted. */
  async *#spans(logs: number[]): AsyncGenerator<ChunkEntry, void> {
    let next = 0;
    do {
      const page = await this.#page(next);
      for (const entry of page.entries) {
        if (entry.kind === "spans") yield entry;
        else if (entry.kind === "logs") logs.push(entry.revision);
      }
      next = page.next;
    } while (next < this.#peeked.head);
  }

  /** Read again, as a document says all of one kind before the other: a session's log records are few beside its spans. */
  async *#logs(revisions: readonly number[]): AsyncGenerator<ChunkEntry, void> {
    let read = 0;
    for (const revision of revisions) {
      if (revision <= read) continue;
      const page = await this.#page(revision - 1);
      for (const entry of page.entries) if (entry.kind === "logs") yield entry;
      read = page.next;
    }
  }

  async #page(after: number): Promise<Present> {
    const { generation, head } = this.#peeked;
    const page: LogPage = await this.#stub.read(this.#view, { generation, revision: after }, PAGE_BYTES, head);
    // Forgotten, moved or begun anew while it was read: what was sent can't be taken back, so the document must not end well.
    if (page.state !== "present" || page.reset) throw new Error("the session changed its life while it was read");
    if (page.lastTombstone > head) throw new Error("a trace left the session while it was read");
    return page;
  }

  /** The spans that nothing better replaced, or log records; previews and all. */
  static current(entry: ChunkEntry): Uint8Array {
    const text = inflate(entry.encoding, entry.body);
    if (entry.superseded.length === 0) return text;
    return encoder.encode(JSON.stringify(without(parse<ResourceSpans>(text), new Set(entry.superseded))));
  }

  /** As `current`, with every value in its place again. */
  async whole(entry: ChunkEntry): Promise<Uint8Array> {
    const text = LogReader.current(entry);
    if (entry.hashes.length === 0) return text;
    const values = await wholeValues(this.#stub, entry.hashes);
    const whole =
      entry.kind === "logs"
        ? restoreLogValues(parse<ResourceLogs>(text), values)
        : restoreValues(parse<ResourceSpans>(text), values);
    return encoder.encode(JSON.stringify(whole));
  }
}

/** Canonical text that this program wrote. */
function parse<Resources>(text: Uint8Array): Resources[] {
  return JSON.parse(decoder.decode(text)) as Resources[];
}

/** Positions count spans through resources and scopes in order. */
function without(resources: readonly ResourceSpans[], superseded: ReadonlySet<number>): ResourceSpans[] {
  let position = 0;
  const kept: ResourceSpans[] = [];
  for (const resource of resources) {
    const scopeSpans = [];
    for (const scope of resource.scopeSpans ?? []) {
      const spans = (scope.spans ?? []).filter(() => !superseded.has(position++));
      if (spans.length > 0) scopeSpans.push({ ...scope, spans });
    }
    if (scopeSpans.length > 0) kept.push({ ...resource, scopeSpans });
  }
  return kept;
}
