import { newTraceId } from "./batch.ts";
import type { OtlpEncoding } from "../../src/otlp/media-type.ts";
import { Batches, drive } from "./load.ts";

export const HELD = 50_000;
const SPANS = 100;

/** Batches of new spans for given traces, dealt in turn. */
export class BatchesFor {
  readonly #batches: Batches;
  readonly #traces: readonly Buffer[];
  #next = 0;

  constructor(encoding: OtlpEncoding, traces: readonly Buffer[]) {
    this.#traces = traces;
    this.#batches = new Batches({ encoding, spans: SPANS, traces: 1, session: false });
  }

  next(connection: number): Buffer {
    const trace = this.#traces[this.#next++ % this.#traces.length];
    if (trace === undefined) throw new RangeError("a load without traces");
    return this.#batches.next(connection, [trace]);
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
