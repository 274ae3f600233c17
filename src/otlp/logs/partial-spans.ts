import type { SpilledValue } from "../../trace/delivery.ts";
import type { LogRecord } from "../../trace/log-record.ts";
import { decodeTraces } from "../decode-traces.ts";
import { statusOf } from "../refusals/decode-error.ts";
import { MAX_SHARD_TEXT } from "../limits.ts";
import type { OtlpEncoding } from "../body/media-type.ts";
import { OpenShard } from "../shards/open-shard.ts";
import type { TraceShard } from "../shards/shard.ts";
import { readPartial, spanAsOf } from "./partial-record.ts";

/**
 * Spans that come as log records (G-Research's partial spans): such a record says nothing that its span does not, so the
 * span is what is kept. Whoever reads the log then needs to know of running spans only, not of what they were wrapped in.
 */
export class PartialSpans {
  readonly #encoding: OtlpEncoding;
  readonly #open = new Map<string, OpenShard>();
  readonly #all: OpenShard[] = [];
  #size = 0;
  #spans = 0;

  constructor(encoding: OtlpEncoding) {
    this.#encoding = encoding;
  }

  /** `undefined` where the record holds no span; else why it was refused, if it was. */
  add(record: LogRecord, values: readonly SpilledValue[]): { readonly fault?: string } | undefined {
    const partial = readPartial(record, values);
    if (partial === undefined) return undefined;
    const decoded = decodeTraces(partial.body, partial.encoding, (span) => spanAsOf(partial, span));
    if (!decoded.ok) return { fault: `body: ${statusOf(decoded.error).message}` };
    const { shards, rejected } = decoded.value;
    if (rejected.reason !== undefined) return { fault: `body: ${rejected.reason}` };
    if (shards.length === 0) return { fault: "body: no span in it" };
    for (const shard of shards) this.#take(shard);
    return {};
  }

  /** As a shard's: what a request's limit counts. */
  get size(): number {
    return this.#size;
  }

  /** Repeats of one span included: a record may hold many. */
  get spans(): number {
    return this.#spans;
  }

  get traces(): number {
    return this.#open.size;
  }

  close(): readonly TraceShard[] {
    return this.#all.map((shard) => shard.close(this.#encoding, undefined));
  }

  #take({ traceId, resources }: TraceShard): void {
    let open = this.#open.get(traceId);
    if (open === undefined || open.size > MAX_SHARD_TEXT / 2) {
      open = new OpenShard(traceId);
      this.#open.set(traceId, open);
      this.#all.push(open);
    }
    const before = open.size;
    for (const { resource, scopes } of resources) {
      for (const { scope, items } of scopes) {
        for (const item of items) open.add(resource, scope, item);
        this.#spans += items.length;
      }
    }
    this.#size += open.size - before;
  }
}
