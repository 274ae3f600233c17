import { expect, test } from "vitest";

import { LogChanged, walkLog } from "../../src/session/contract/log-reader.ts";
import type { LogReader, Walk } from "../../src/session/contract/log-reader.ts";
import type { Cursor, LogPage } from "../../src/session/contract/log-page.ts";

/** A log in memory: two tombstones a page. `before` runs before each read. */
class MemoryLog implements LogReader {
  readonly reads: string[] = [];
  readonly #before: (log: MemoryLog, read: number) => void;
  generation = "a";
  state: "present" | "absent" | "moved" = "present";
  head: number;

  constructor(head: number, before: (log: MemoryLog, read: number) => void = () => undefined) {
    this.head = head;
    this.#before = before;
  }

  async read(view: string, from: Cursor | undefined, _: number, until?: number, also?: "claims"): Promise<LogPage> {
    this.#before(this, this.reads.length);
    this.reads.push(`${view} ${from?.generation ?? "-"}:${from?.revision ?? 0}..${until ?? ""} ${also ?? ""}`.trim());
    if (this.state === "absent") return { state: "absent" };
    if (this.state === "moved") return { state: "moved", sessions: ["other"], tombstones: [] };
    const head = Math.min(this.head, until ?? this.head);
    const reset = from !== undefined && from.generation !== this.generation;
    const after = reset ? 0 : (from?.revision ?? 0);
    const next = Math.min(head, after + 2);
    const entries = Array.from({ length: next - after }, (_entry, at) => ({
      kind: "gone" as const,
      revision: after + at + 1,
      traceId: "t",
    }));
    return await Promise.resolve({
      state: "present",
      generation: this.generation,
      head,
      reset,
      entries,
      next,
      lastTombstone: 0,
    });
  }
}

async function revisions(log: LogReader, walk: Walk = { view: "session" }): Promise<number[]> {
  const read: number[] = [];
  for await (const { entries } of walkLog(log, walk)) read.push(...entries.map(({ revision }) => revision));
  return read;
}

test("a walk reads every page up to the head that the log had when it began", async () => {
  const log = new MemoryLog(5, (growing, read) => (growing.head = 5 + 4 * read));
  expect(await revisions(log)).toEqual([1, 2, 3, 4, 5]);
  expect(log.reads).toEqual(["session -:0..", "session a:2..5", "session a:4..5"]);
});

test("a walk from a peek ends at its head, and asks for what its reader needs", async () => {
  const log = new MemoryLog(9);
  const walk = { view: "trace", peeked: { generation: "a", head: 3 }, also: "claims" } as const;
  expect(await revisions(log, walk)).toEqual([1, 2, 3]);
  expect(log.reads).toEqual(["trace a:0..3 claims", "trace a:2..3 claims"]);
});

test.each(["absent", "moved"] as const)("a log that is %s has no page", async (state) => {
  const log = new MemoryLog(4);
  log.state = state;
  expect(await revisions(log)).toEqual([]);
  // Its reader saw it a moment ago.
  await expect(revisions(log, { view: "session", peeked: { generation: "a", head: 4 } })).rejects.toThrow(LogChanged);
});

test.each([
  ["is deleted", (log: MemoryLog) => (log.state = "absent")],
  ["moves", (log: MemoryLog) => (log.state = "moved")],
  ["begins a new generation", (log: MemoryLog) => (log.generation = "b")],
] as [string, (log: MemoryLog) => unknown][])(
  "a log that %s meanwhile ends the walk with an error",
  async (_, change) => {
    const log = new MemoryLog(4, (changing, read) => {
      if (read === 1) change(changing);
    });
    await expect(revisions(log)).rejects.toThrow("the log changed its generation while it was read");
  },
);
