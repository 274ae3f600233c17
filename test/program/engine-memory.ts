/** Makes the runtime's engine print a record after each collection: variables for the program. */
export const TRACE_COLLECTIONS = { MINIFLARE_WORKERD_V8_FLAGS: "--trace-gc --trace-gc-verbose" } as const;

/** `[pid:isolate]`, before each line. */
const LINE = /^\[\d+:(0x[0-9a-f]+)\]\s+(.*)$/;
const COLLECTION = /^\d+ ms: (\S.*?) [\d.]+ \(/;
const USED = /^All spaces,\s+used:\s+(\d+) KB/;
const BUFFERS = /^Backing store memory:\s+(\d+) KB/;

/**
 * What the engine held when it had collected everything: the objects and the buffers of the isolate that has most, which is
 * the program's. Young collections leave old garbage, so their records do not count.
 */
export class EngineMemory {
  #read = 0;
  readonly #isolates = new Map<string, { isFull: boolean; used: number; held: number }>();

  /** MB after the last full collection that the program's output so far tells of; undefined before the first. */
  heldAfter(printed: string): number | undefined {
    const end = printed.lastIndexOf("\n") + 1;
    for (const line of printed.slice(this.#read, end).split("\n")) this.#take(line);
    this.#read = end;
    const most = Math.max(0, ...[...this.#isolates.values()].map(({ held }) => held));
    return most === 0 ? undefined : most / 1_024;
  }

  #take(line: string): void {
    const [, isolate, text] = LINE.exec(line) ?? [];
    if (isolate === undefined || text === undefined) return;
    const memory = this.#isolates.get(isolate) ?? { isFull: false, used: 0, held: 0 };
    this.#isolates.set(isolate, memory);
    const collection = COLLECTION.exec(text)?.[1];
    if (collection !== undefined) memory.isFull = collection.startsWith("Mark-Compact");
    memory.used = Number(USED.exec(text)?.[1] ?? memory.used);
    const buffers = BUFFERS.exec(text)?.[1];
    if (buffers !== undefined && memory.isFull) memory.held = memory.used + Number(buffers);
  }
}
