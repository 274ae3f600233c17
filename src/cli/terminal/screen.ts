import type { WriteStream } from "node:tty";
import type { Environment } from "../dispatch.ts";

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** A line that is too long is cut by the terminal instead of taking two. */
const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";
const CLEAR_BELOW = "\u001b[0J";
const CLEAR_LINE_END = "\u001b[K";
/** The terminal shows what lies between at once: no half drawn picture flickers. */
const BEGIN_UPDATE = "\u001b[?2026h";
const END_UPDATE = "\u001b[?2026l";

/** Whether lines can be redrawn there: in a terminal that moves its cursor. */
export const redraws = (out: { readonly isTTY?: boolean }, environment: Environment): boolean =>
  out.isTTY === true && environment["TERM"] !== "dumb";

/** Lines at the end of a terminal that are redrawn in place. What was printed before them stays. */
export class Screen {
  readonly #out: WriteStream;
  #drawn = 0;
  #last = "";

  constructor(out: WriteStream) {
    this.#out = out;
  }

  get columns(): number {
    return this.#out.columns || 80;
  }

  /** Lines that {@link draw} can redraw: the last line of the terminal holds the cursor. */
  get lines(): number {
    return Math.max(4, (this.#out.rows || 24) - 1);
  }

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.lines);
    const text = shown.map((line) => `${line}${CLEAR_LINE_END}\n`).join("");
    if (text === this.#last) return;
    this.#last = text;
    this.#out.write(
      `${BEGIN_UPDATE}${HIDE_CURSOR}${WRAP_OFF}${this.#up()}${text}${CLEAR_BELOW}${WRAP_ON}${SHOW_CURSOR}${END_UPDATE}`,
    );
    this.#drawn = shown.length;
  }

  /** Draws for the last time; later output goes below. */
  finish(lines: readonly string[]): void {
    // What does not fit in the terminal scrolls: nothing is redrawn any more.
    this.#out.write(`${this.#up()}${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join("")}`);
    this.#drawn = 0;
    this.#last = "";
  }

  /** Leaves what is drawn. */
  leave(): void {
    this.#drawn = 0;
    this.#last = "";
    this.#out.write(`${WRAP_ON}${SHOW_CURSOR}`);
  }

  #up(): string {
    return this.#drawn === 0 ? "" : `\u001b[${this.#drawn}A\r`;
  }
}
