import type { SessionObject } from "../../durable/session/session.ts";
import type { ResourceSpans } from "../../trace/span.ts";
import type { LogEntry, LogPage, View } from "../../trace/watch.ts";
import { inflate } from "./inflate.ts";
import { formatVersion } from "../stream/resource-version.ts";
import { PAGE_BYTES } from "../stream/session-source.ts";
import { withWholeValues } from "./whole-values.ts";

type Stub = DurableObjectStub<SessionObject>;
type SpansEntry = Extract<LogEntry, { kind: "spans" }>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Present = Extract<LogPage, { state: "present" }>;

/**
 * Reads a log as it was when it was peeked at, page by page, as JSON documents whose `resourceSpans` are the log's own
 * bytes. What comes while it is read is left to the stream from `resourceVersion` on.
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
    return formatVersion(this.#peeked.incarnation, this.#peeked.head);
  }

  /** `{resourceSpans, …tail}`. */
  document(
    render: (entry: SpansEntry) => Promise<Uint8Array> | Uint8Array,
    tail: Record<string, unknown>,
  ): ReadableStream<Uint8Array> {
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

  async *#parts(
    render: (entry: SpansEntry) => Promise<Uint8Array> | Uint8Array,
    tail: Record<string, unknown>,
  ): AsyncGenerator<Uint8Array, void> {
    yield encoder.encode('{"resourceSpans":[');
    const { incarnation, head } = this.#peeked;
    let next = 0;
    let first = true;
    do {
      const page: LogPage = await this.#stub.read(this.#view, { incarnation, revision: next }, PAGE_BYTES, head);
      // Forgotten, moved or begun anew while it was read: what was sent can't be taken back, so the document must not end well.
      if (page.state !== "present" || page.reset) throw new Error("the session changed its life while it was read");
      if (page.left > head) throw new Error("a trace left the session while it was read");
      for (const entry of page.entries) {
        if (entry.kind === "gone") continue;
        const text = await render(entry);
        const inner = text.subarray(1, -1);
        if (inner.length === 0) continue;
        if (!first) yield encoder.encode(",");
        first = false;
        yield inner;
      }
      next = page.next;
    } while (next < head);
    const fields = JSON.stringify(tail).slice(1);
    yield encoder.encode(fields === "}" ? "]}" : `],${fields}`);
  }

  /** The spans that nothing better replaced, previews and all. */
  static current(entry: SpansEntry): Uint8Array {
    const text = inflate(entry.encoding, entry.body);
    if (entry.superseded.length === 0) return text;
    return encoder.encode(JSON.stringify(without(parse(text), new Set(entry.superseded))));
  }

  /** As `current`, with every value in its place again. */
  async whole(entry: SpansEntry): Promise<Uint8Array> {
    const text = LogReader.current(entry);
    if (entry.hashes.length === 0) return text;
    return encoder.encode(JSON.stringify(await withWholeValues(this.#stub, parse(text), entry.hashes)));
  }
}

/** Canonical text that this program wrote. */
function parse(text: Uint8Array): ResourceSpans[] {
  return JSON.parse(decoder.decode(text)) as ResourceSpans[];
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
