import { randomBytes } from "node:crypto";
import { rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DiskReport } from "../../session/contract/disk-report.ts";

/** What a database grows by at once, generously: less room than this is none. */
const WRITE_BYTES = 256 * 1024;
/** Enough to delete a session by: a deletion writes few pages. */
const RESERVE_BYTES = 8 * 1024 * 1024;
/** Share of the free room that the reserve takes at most. */
const RESERVE_SHARE = 1 / 16;
/** A test of the disk holds for so long, milliseconds: many requests that fail at once ask. */
const TEST_MILLIS = 100;

/** In the data directory: a run met a damaged file, so the next one looks for it. */
export const DAMAGE_NOTE = "damage-noted";
const RESERVE = "reserve";

const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** What the runtime prints when SQLite finds a file damaged. The objects' errors don't say it. */
const DAMAGE = /\bSQLITE_(CORRUPT|NOTADB)\b/;

/** The disk under a data directory: whether it takes data, and a reserve by which sessions can be deleted when it does not. */
export class DataDisk {
  readonly #directory: string;
  readonly #command: string;
  #tested: { readonly at: number; readonly isFull: boolean } | undefined;
  #isDamaged = false;

  /** `command`: what a person types to start the program again. */
  constructor(directory: string, command: string) {
    this.#directory = directory;
    this.#command = command;
    this.#fillReserve();
  }

  report(): DiskReport {
    if (this.#isDamaged)
      return {
        problem: "damaged",
        detail: `A file of the data folder is damaged. Start the program again with ${this.#command}: it sets the file aside and goes on without it.`,
      };
    if (!this.#isFull()) return {};
    return {
      problem: "full",
      detail:
        "Nothing can be stored: the disk of the data folder is full. Free some megabytes of it, or delete sessions.",
    };
  }

  /** Gives the reserve to deletions. It is filled again once there is room. */
  makeRoom(): void {
    rmSync(join(this.#directory, RESERVE), { force: true });
    this.#tested = undefined;
  }

  /** A line that the runtime printed. */
  read(line: string): void {
    if (this.#isDamaged || !DAMAGE.test(line)) return;
    this.#isDamaged = true;
    try {
      writeFileSync(join(this.#directory, DAMAGE_NOTE), "");
    } catch {
      // The disk is full as well: `--rebuild` looks for damage without the note.
    }
  }

  #isFull(): boolean {
    const now = Date.now();
    if (this.#tested !== undefined && Math.abs(now - this.#tested.at) < TEST_MILLIS) return this.#tested.isFull;
    const isFull = !this.#takes(WRITE_BYTES);
    this.#tested = { at: now, isFull };
    if (!isFull) this.#fillReserve();
    return isFull;
  }

  /** Quotas and limits of a process don't show in the free room: only writing does. */
  #takes(bytes: number): boolean {
    const file = join(this.#directory, `write-test-${process.pid}`);
    try {
      write(file, bytes);
      return true;
    } catch (error) {
      return !NO_ROOM.has((error as NodeJS.ErrnoException).code);
    } finally {
      rmSync(file, { force: true });
    }
  }

  #fillReserve(): void {
    const file = join(this.#directory, RESERVE);
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
    try {
      const { bavail, bsize } = statfsSync(this.#directory);
      const bytes = Math.min(RESERVE_BYTES, Math.floor(bavail * bsize * RESERVE_SHARE));
      if (bytes >= WRITE_BYTES) write(file, bytes);
    } catch {
      // Without a reserve a deletion says what to do.
      rmSync(file, { force: true });
    }
  }
}

/** Random bytes: file systems that compress would take no room for others. */
function write(file: string, bytes: number): void {
  writeFileSync(file, randomBytes(bytes), { flush: true });
}
