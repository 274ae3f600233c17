import { Batch, newTraceId } from "./batch.ts";
import type { OtlpEncoding } from "../../src/otlp/media-type.ts";
import { CONNECTIONS, drive } from "./load.ts";

export const HELD = 50_000;
const SPANS = 100;

/** Batches of new spans for given traces, dealt in turn. */
export class BatchesFor {
  readonly #batches: readonly Batch[];
  readonly #traces: readonly Buffer[];
  #next = 0;

  constructor(encoding: OtlpEncoding, traces: readonly Buffer[]) {
    this.#traces = traces;
    this.#batches = Array.from(
      { length: CONNECTIONS },
      (_, seed) => new Batch({ encoding, spans: SPANS, traces: 1, session: false }, "/v1/traces", seed + 1),
    );
  }

  next(connection: number): Buffer {
    const batch = this.#batches[connection];
    const trace = this.#traces[this.#next++ % this.#traces.length];
    if (batch === undefined || trace === undefined) throw new RangeError("a connection without a batch");
    batch.setTraces([trace]);
    batch.renewSpans();
    return batch.request;
  }
}

export function newTraces(count: number): Buffer[] {
  return Array.from({ length: count }, newTraceId);
}

/** Fills each trace's session to `HELD` spans. */
export async function fill(port: number, traces: readonly Buffer[]): Promise<void> {
  const batches = new BatchesFor("protobuf", traces);
  const requests = (HELD / SPANS) * traces.length;
  await drive({ port, until: { requests }, next: (connection) => batches.next(connection) });
}
