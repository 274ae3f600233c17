import type { WriteStream } from "node:tty";
import { bytes } from "../../lib/figures.ts";
import { fit, plain } from "./style.ts";

const WIDTH = 24;
/** Between two pictures, milliseconds. */
const PAUSE = 100;

/** A bar on a terminal; in a pipe nothing, so that logs keep only what was done. */
export class Progress {
  readonly #out: WriteStream;
  #drawnAt = 0;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  /** `what`: may be text of spans. `total`: 0 if unknown. */
  show(what: string, done: number, total: number, unit: "bytes" | "items" = "bytes"): void {
    if (!this.#out.isTTY || Date.now() - this.#drawnAt < PAUSE) return;
    this.#drawnAt = Date.now();
    const share = total === 0 ? 0 : Math.min(1, done / total);
    const filled = Math.round(share * WIDTH);
    const text = unit === "bytes" ? bytes : String;
    const figures = total === 0 ? text(done) : `${text(done)} of ${text(total)}`;
    const bar = total === 0 ? "" : `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} `;
    this.#out.write(`\r\u001b[K${fit(`${bar}${figures}  ${plain(what)}`, (this.#out.columns || 80) - 1)}`);
  }

  /** Before other output. */
  clear(): void {
    if (this.#out.isTTY) this.#out.write("\r\u001b[K");
    this.#drawnAt = 0;
  }
}
