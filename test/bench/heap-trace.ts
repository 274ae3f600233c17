/** What makes the engine say after each collection what is left. */
export const HEAP_TRACE_FLAGS = ["--trace-gc", "--trace-gc-verbose"] as const;

/** After a collection, kilobytes: an isolate's objects and the buffers outside of its heap, which is what the platform limits. */
type Collection = { readonly isolate: string; readonly isFull: boolean; readonly kilobytes: number };

/** `[pid:isolate]`, before each line. */
const LINE = /^\[\d+:(0x[0-9a-f]+)\]\s+(.*)$/;
const BEGINS = /^\d+ ms: (\S.*?) [\d.]+ \(/;
const USED = /^All spaces,\s+used:\s+(\d+) KB/;
const BUFFERS = /^Backing store memory:\s+(\d+) KB/;

/** What isolates held when the engine had just collected. Old garbage is gone after a full collection alone. */
export class HeapTrace {
  #rest = "";
  readonly #isolates = new Map<string, { isFull: boolean; used: number }>();
  readonly #held = new Map<string, number>();
  #peak = 0;

  /** The most of an isolate after any collection, kilobytes: no less than what was alive. */
  get peak(): number {
    return this.#peak;
  }

  /** Of the isolate that has most, which is the program's, after its last full collection, kilobytes. Undefined before the first. */
  get held(): number | undefined {
    return this.#held.size === 0 ? undefined : Math.max(...this.#held.values());
  }

  forget(): void {
    this.#peak = 0;
  }

  /** More of what the process printed. */
  take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const collection = this.#read(line);
      if (collection === undefined) continue;
      this.#peak = Math.max(this.#peak, collection.kilobytes);
      if (collection.isFull) this.#held.set(collection.isolate, collection.kilobytes);
    }
  }

  #read(line: string): Collection | undefined {
    const [, isolate, text] = LINE.exec(line) ?? [];
    if (isolate === undefined || text === undefined) return undefined;
    const last = this.#isolates.get(isolate) ?? { isFull: false, used: 0 };
    this.#isolates.set(isolate, last);
    const sort = BEGINS.exec(text)?.[1];
    if (sort !== undefined) last.isFull = sort.startsWith("Mark-Compact");
    last.used = Number(USED.exec(text)?.[1] ?? last.used);
    const buffers = BUFFERS.exec(text)?.[1];
    if (buffers === undefined) return undefined;
    const { isFull, used } = last;
    // If the line that begins the next record is lost, that record counts as one of a young collection.
    last.isFull = false;
    return { isolate, isFull, kilobytes: used + Number(buffers) };
  }
}
