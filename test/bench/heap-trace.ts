/** What makes the engine say after each collection what is left. */
export const HEAP_TRACE_FLAGS = ["--trace-gc", "--trace-gc-verbose"] as const;

const USED = /All spaces,\s+used:\s+(\d+) KB/;
const BUFFERS = /Backing store memory:\s+(\d+) KB/;

/**
 * The most that an isolate held when the engine had just collected: its heap and the buffers outside of it, which is what the
 * platform limits. Young garbage is gone from it, old garbage may not be, so it is no less than what was alive.
 */
export class HeapTrace {
  #rest = "";
  #used = 0;
  #peak = 0;

  /** Kilobytes. */
  get peak(): number {
    return this.#peak;
  }

  forget(): void {
    this.#peak = 0;
  }

  /** More of what the process printed. */
  take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const used = USED.exec(line)?.[1];
      if (used !== undefined) this.#used = Number(used);
      const buffers = BUFFERS.exec(line)?.[1];
      if (buffers !== undefined) this.#peak = Math.max(this.#peak, this.#used + Number(buffers));
    }
  }
}
