import { setTimeout as sleep } from "node:timers/promises";
import { Batch } from "./batch.ts";
import type { BatchShape } from "./batch.ts";
import type { Answer } from "./connection.ts";
import { Connection } from "./connection.ts";
import { processorTime, settle } from "./workerd.ts";
import type { Runtime } from "./workerd.ts";

export const CONNECTIONS = 16;

export type Load = {
  readonly port: number;
  /** This machine, if absent. */
  readonly hostname?: string;
  readonly connections?: number;
  /** Ends after so long, or after so many requests. */
  readonly until: { readonly millis: number } | { readonly requests: number };
  /** The next request of a connection: its bytes stay as they are until the answer has come. */
  readonly next: (connection: number) => Buffer;
  /** Throws for an answer that is no success. */
  readonly expect?: (answer: Answer) => void;
};

export type Measured = { readonly requests: number; readonly seconds: number };

/** What is left to do after the last answer counts in its processor time, copying for one. */
export type Run = Measured & { readonly processorSeconds: number };

export const rateOf = ({ requests, seconds }: Measured): number => requests / seconds;
export const microsecondsOf = ({ processorSeconds, requests }: Run): number => (processorSeconds / requests) * 1e6;

/** A batch of one shape for each connection. */
export class Batches {
  readonly #batches: readonly Batch[];

  constructor(
    shape: BatchShape,
    { connections = CONNECTIONS, path, host }: { connections?: number; path?: string; host?: string } = {},
  ) {
    this.#batches = Array.from({ length: connections }, (_, seed) => new Batch(shape, path, seed + 1, host));
  }

  get bodyBytes(): readonly number[] {
    return this.#batches.map((batch) => batch.bodyBytes);
  }

  of(connection: number): Batch {
    const batch = this.#batches[connection];
    if (batch === undefined) throw new RangeError("a connection without a batch");
    return batch;
  }

  /** A request of new spans of these traces. */
  next(connection: number, traces: readonly Buffer[]): Buffer {
    const batch = this.of(connection);
    batch.setTraces(traces);
    batch.renewSpans();
    return batch.request;
  }
}

/** Keeps every connection busy. Any answer but 200 ends the bench: a figure about refusals is no figure. */
export async function drive({
  port,
  hostname,
  connections = CONNECTIONS,
  until,
  next,
  expect = expectOk,
}: Load): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port, hostname)));
  let sent = 0;
  let answered = 0;
  const begun = performance.now();
  const isOver = () => ("millis" in until ? performance.now() - begun >= until.millis : sent >= until.requests);
  try {
    await Promise.all(
      open.map(async (connection, index) => {
        while (!isOver()) {
          sent += 1;
          expect(await connection.send(next(index)));
          answered += 1;
        }
      }),
    );
    return { requests: answered, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    for (const connection of open) connection.close();
  }
}

/** Drives a program, and waits until it has nothing left to do; what begins later than its answers begins within `restMillis`. */
export async function measure(
  { port, process }: Runtime,
  load: Omit<Load, "port"> & { readonly port?: number },
  restMillis = 0,
): Promise<Run> {
  const before = await processorTime(process);
  const measured = await drive({ port, ...load });
  if (restMillis > 0) await sleep(restMillis);
  await settle(process);
  return { ...measured, processorSeconds: (await processorTime(process)) - before };
}

/** Adds to each lane a run of each round. A run is so many short turns among the others', and not one long one: what slows the machine meanwhile slows all alike. */
export async function takeTurns<Lane extends { readonly runs: Run[] }>(
  lanes: readonly Lane[],
  { rounds, slices }: { readonly rounds: number; readonly slices: number },
  turn: (lane: Lane) => Promise<Run>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const sums = lanes.map(() => NOTHING);
    for (let slice = 0; slice < slices; slice++)
      for (const [at, lane] of lanes.entries()) sums[at] = sum(sums[at] ?? NOTHING, await turn(lane));
    for (const [at, lane] of lanes.entries()) lane.runs.push(sums[at] ?? NOTHING);
  }
}

const NOTHING: Run = { requests: 0, seconds: 0, processorSeconds: 0 };

const sum = (one: Run, other: Run): Run => ({
  requests: one.requests + other.requests,
  seconds: one.seconds + other.seconds,
  processorSeconds: one.processorSeconds + other.processorSeconds,
});

export function expectOk({ status, text }: Answer): void {
  if (status !== 200) throw new Error(`the program answered ${status}: ${text.slice(0, 500)}`);
  if (text.includes("rejectedSpans")) throw new Error(`the program rejected spans: ${text.slice(0, 500)}`);
}
