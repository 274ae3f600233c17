import { mkdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { noteOf } from "../../session/contract/export-line.ts";
import type { ExportNote } from "../../session/contract/export-line.ts";
import { CommandError } from "../dispatch.ts";
import { FAILED, UNREACHABLE } from "../server/exit-codes.ts";
import type { Server } from "../server/server.ts";
import type { Progress } from "../terminal/progress.ts";
import { ExportPart, partsIn } from "./export-parts.ts";
import { Ledger } from "./ledger.ts";
import { isWhole, linesOf } from "./lines.ts";

export type Exported = {
  /** Of all sessions, or of what came since the last complete export into the folder. */
  readonly of: "all" | "later";
  readonly files: number;
  readonly bytes: number;
  /** Traces that were deleted while they were read. */
  readonly deleted: number;
};

/** How far an export is. */
type State = {
  readonly store: string;
  /** Numbers of its parts, as far as they are written. */
  readonly first: number;
  readonly last: number;
  /** Where it goes on; absent of a complete one. */
  readonly cursor?: string;
  /** When the increment begins: the one under way, or the next one. */
  readonly since?: string;
};

/** A server that cuts the answer without a line of progress is asked so many times. */
const ATTEMPTS = 5;
const PAUSE = 1_000;

/**
 * Writes all sessions into a folder, in parts. It may be stopped and started again: it goes on after the last part, and after a complete
 * export it writes what came since.
 */
export async function exportAll(server: Server, folder: string, progress: Progress): Promise<Exported> {
  await mkdir(folder, { recursive: true });
  const run = new ExportRun(server, folder, progress, await Ledger.open(folder, "export"));
  let attempt = 0;
  for (;;) {
    const { place } = run;
    try {
      if (await run.request()) return run.done;
      attempt = 0;
    } catch (error) {
      progress.clear();
      const isCut = error instanceof CommandError && error.exitCode === UNREACHABLE && run.isBegun;
      attempt = run.place === place ? attempt + 1 : 1;
      if (!isCut || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE * attempt);
    }
  }
}

class ExportRun {
  readonly #server: Server;
  readonly #folder: string;
  readonly #progress: Progress;
  readonly #ledger: Ledger;
  #state: State | undefined;
  #isChecked = false;
  #of: Exported["of"] = "all";
  #files = 0;
  #deleted = 0;
  /** Read so far. */
  bytes = 0;
  /** The server answered once. */
  isBegun = false;

  constructor(server: Server, folder: string, progress: Progress, ledger: Ledger) {
    this.#server = server;
    this.#folder = folder;
    this.#progress = progress;
    this.#ledger = ledger;
  }

  get done(): Exported {
    this.#progress.clear();
    return { of: this.#of, files: this.#files, bytes: this.bytes, deleted: this.#deleted };
  }

  /** Where it goes on. */
  get place(): string | undefined {
    return this.#state?.cursor;
  }

  /** Whether the export is complete with this answer. */
  async request(): Promise<boolean> {
    if (!this.#isChecked) await this.#readState();
    const state = this.#state;
    const parameters = new URLSearchParams();
    if (state?.cursor !== undefined) parameters.set("from", state.cursor);
    if (state?.since !== undefined) parameters.set("since", state.since);
    const response = await this.#server.answer(`/export?${parameters.toString()}`);
    if (response.status === 404)
      throw new CommandError(`${this.#server.url} is of a version that exports one session at a time only.`, FAILED);
    if (response.status === 410) {
      await response.body?.cancel();
      this.#state = undefined;
      return false;
    }
    if (!response.ok) throw await this.#server.refusal(response);
    this.isBegun = true;
    return await this.#read(linesOf(Readable.from(response.body ?? [])), state);
  }

  /** Parts that are no longer there make it begin anew. */
  async #readState(): Promise<void> {
    this.#isChecked = true;
    const state = stateIn(this.#ledger.get(this.#server.url));
    if (state === undefined) return;
    const parts = await partsIn(this.#folder, state.store);
    for (let part = state.first; part <= state.last; part++) if (!parts.has(part)) return;
    this.#state = state;
    if (state.since !== undefined) this.#of = "later";
  }

  async #read(lines: AsyncIterable<Uint8Array>, known: State | undefined): Promise<boolean> {
    let state: State | undefined;
    let part: ExportPart | undefined;
    let cursor: string | undefined;
    const close = async (note: ExportNote, after: Partial<State>) => {
      if (state === undefined) return;
      const last = part === undefined ? state.last : state.last + 1;
      await part?.end(note);
      if (part !== undefined) this.#files++;
      part = undefined;
      const { cursor: _, ...rest } = state;
      this.#state = state = { ...rest, last, ...after };
      await this.#ledger.set(this.#server.url, JSON.stringify(state));
    };
    try {
      for await (const line of lines) {
        const note = isWhole(line) ? noteOf(line) : undefined;
        if (note === undefined) break;
        this.bytes += line.length;
        this.#progress.show(this.#server.url, this.bytes, 0);
        if ("store" in note) {
          state = known?.store === note.store ? known : await this.#begin(note.store);
          // The answer has only what came since an export of other data.
          if (known !== undefined && state !== known) {
            this.#state = undefined;
            this.#of = "all";
            return false;
          }
          continue;
        }
        if (state === undefined) break;
        if ("complete" in note) {
          // The last part of an export says that it is complete.
          if (state.cursor !== undefined || state.last < state.first) part ??= this.#nextPart(state);
          await close(note, { since: note.since });
          return true;
        }
        if ("next" in note) {
          await close(note, { cursor: note.next });
          return false;
        }
        if (note.deleted !== undefined) this.#deleted++;
        part ??= this.#nextPart(state);
        await part.write(line);
        ({ cursor } = note);
        if (part.isFull) await close({ next: cursor }, { cursor });
      }
      throw new CommandError(`${this.#server.url} cut the export. Started again, it goes on.`, UNREACHABLE);
    } finally {
      // What came before a fault is kept.
      if (part !== undefined && cursor !== undefined)
        await close({ next: cursor }, { cursor }).catch(async () => await part?.discard());
    }
  }

  #nextPart({ store, last }: State): ExportPart {
    return new ExportPart(this.#folder, store, last + 1);
  }

  async #begin(store: string): Promise<State> {
    const last = Math.max(0, ...(await partsIn(this.#folder, store)));
    return { store, first: last + 1, last };
  }
}

function stateIn(text: string | undefined): State | undefined {
  if (text === undefined) return undefined;
  try {
    const read = JSON.parse(text) as Partial<State>;
    const isState = typeof read.store === "string" && typeof read.first === "number" && typeof read.last === "number";
    return isState ? (read as State) : undefined;
  } catch {
    return undefined;
  }
}
