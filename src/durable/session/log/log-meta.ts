import { DAY_MILLIS } from "../../../lib/nanoseconds.ts";
import { mintGeneration, timeOf } from "../../generation.ts";
import { PLACES } from "./tables.ts";
import type { ShardTables } from "./tables.ts";

/** A copy may be under way for so long at most. */
const FENCE_MILLIS = DAY_MILLIS;

/** What a deletion voids: copies to the session of this name, or bindings of the trace that this log owns. */
export type Fenced = "session" | "trace";

type LogRow = {
  /** 0: deleted; the row holds the fences and the last generation. */
  log: number;
  /** "" of a log that ended without having stored anything. */
  generation: string;
  head: number;
  listed: number;
  deleting: number;
  unreferenced: number;
  deleted_session: number;
  deleted_trace: number;
  wake: number | null;
  /** Number of the move by which the log came to an object of its own, of whose rows none are here then; 0 without one. */
  move: number;
};

/** What a log takes along when it moves. */
export type MovedMeta = Omit<LogRow, "log" | "deleting" | "wake" | "move">;

const NONE: LogRow = {
  log: 0,
  generation: "",
  head: 0,
  listed: 0,
  deleting: 0,
  unreferenced: 0,
  deleted_session: 0,
  deleted_trace: 0,
  wake: null,
  move: 0,
};

/** The log's own row: number, generation, fences, and what is under way. In memory as on disk, once it is flushed. */
export class LogMeta {
  readonly id: string;
  readonly #tables: ShardTables;
  #row: LogRow;
  #isStored: boolean;
  #isChanged = false;

  constructor(tables: ShardTables, id: string) {
    this.id = id;
    this.#tables = tables;
    const stored = tables.exists
      ? tables.sql.exec<LogRow & { id: string }>("SELECT * FROM log WHERE id = ?", id).toArray()[0]
      : undefined;
    this.#isStored = stored !== undefined;
    this.#row = { ...NONE, ...stored };
  }

  /** Whether there is a row, perhaps of a deleted log. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** `undefined` until the first append, and after a deletion. */
  get generation(): string | undefined {
    return this.#row.log === 0 ? undefined : this.#row.generation;
  }

  /** The move by which the log came to an object of its own; `undefined` while it is here. */
  get move(): number | undefined {
    return this.#row.move === 0 ? undefined : this.#row.move;
  }

  /** The log's number in the shard; 0 without a log. */
  get number(): number {
    return this.#row.log;
  }

  /** The chunks of this log have places after it. */
  get firstPlace(): number {
    return this.#row.log * PLACES;
  }

  /** Whether the directory may have a row of this session, to be removed when the session is empty. */
  get listed(): boolean {
    return this.#row.listed !== 0;
  }

  /** Set in the transaction that schedules the first report: before the directory has a row. */
  setListed(listed: boolean): void {
    this.#set({ listed: Number(listed) });
  }

  /** A deletion is under way: nothing is shown or admitted until it has ended. */
  get deleting(): boolean {
    return this.#row.deleting !== 0;
  }

  setDeleting(isDeleting: boolean): void {
    this.#set({ deleting: Number(isDeleting) });
  }

  /** Whether offloaded values may be stored that no chunk names any more: they are deleted when the log is folded next. */
  get hasUnreferenced(): boolean {
    return this.#row.unreferenced !== 0;
  }

  setUnreferenced(has: boolean): void {
    this.#set({ unreferenced: Number(has) });
  }

  /** The last revision as it was stored when rows were deleted; the rows that had it may be among them. */
  get storedHead(): number {
    return this.#row.head;
  }

  storeHead(head: number): void {
    this.#set({ head });
  }

  /** When a job is due that is more than a day ahead, or the fences are deleted; Unix milliseconds. */
  get wake(): number | undefined {
    return this.#row.wake ?? undefined;
  }

  setWake(at: number | undefined): void {
    this.#set({ wake: at ?? null });
  }

  /** The last epoch that a deletion made void, or that an earlier log of this id may have had; 0 without one. It counts bindings and is no time, so that nothing depends on two clocks. */
  fence(of: Fenced): number {
    return of === "session" ? this.#row.deleted_session : this.#row.deleted_trace;
  }

  raiseFence(of: Fenced, epoch: number): void {
    if (epoch > this.fence(of)) this.#set(of === "session" ? { deleted_session: epoch } : { deleted_trace: epoch });
  }

  /** A log of this id was deleted a day ago at most, and none began anew. One that only revocations made, and that ended, never had anything to delete. */
  get isDeleted(): boolean {
    return this.#row.log === 0 && this.#row.generation !== "";
  }

  /** Begins the log on first use; call inside the transaction that writes. */
  open(now: number): void {
    if (this.#row.log !== 0) return;
    this.#set({ log: this.#tables.nextLog(now), head: 0, wake: null });
    this.renew(Math.max(now, this.#tables.lastNumber + 1));
  }

  /** Begins a new generation over the same rows, later than `after`: every viewer reads from the beginning. */
  renew(now: number, after = this.#row.generation): void {
    this.#set({ generation: mintGeneration(now, after === "" ? undefined : after) });
  }

  /** Ends the log, which had revisions up to `head`. Its fences stay for a day. */
  close(now: number, head: number): void {
    if (head === 0) {
      this.#tables.rememberNumber(this.lastNumber);
      this.#set({ generation: "" });
    }
    this.#set({ log: 0, head: 0, listed: 0, deleting: 0, unreferenced: 0, wake: now + FENCE_MILLIS });
  }

  /** What the log takes along. */
  moving(head: number): MovedMeta {
    const { log: _, deleting: __, wake: ___, move: ____, ...row } = this.#row;
    return { ...row, head };
  }

  /** The log arrives from its shard, under this number. */
  arrive(log: number, row?: MovedMeta): void {
    this.#set({ ...NONE, ...row, log });
  }

  /** The log is in an object of its own: its row points there. */
  leave(move: number): void {
    this.#set({ ...NONE, move });
  }

  /** Writes what changed since: one row. Call inside the transaction that changed it. */
  flush(): void {
    if (!this.#isChanged) return;
    const { log, generation, head, listed, deleting, unreferenced, deleted_session, deleted_trace, wake, move } =
      this.#row;
    this.#tables.sql.exec(
      "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      this.id,
      log,
      generation,
      head,
      listed,
      deleting,
      unreferenced,
      deleted_session,
      deleted_trace,
      wake,
      move,
    );
    this.#isStored = true;
    this.#isChanged = false;
  }

  /** At least all epochs and generations that the row remembers. */
  get lastNumber(): number {
    return Math.max(this.fence("session"), this.fence("trace"), timeOf(this.#row.generation));
  }

  /** Deletes the row of a deleted log, with its fences. */
  forget(): void {
    this.#tables.rememberNumber(this.lastNumber);
    this.#tables.sql.exec("DELETE FROM log WHERE id = ?", this.id);
  }

  #set(change: Partial<LogRow>): void {
    for (const [key, value] of Object.entries(change) as [keyof LogRow, never][]) {
      if (this.#row[key] === value) continue;
      this.#row[key] = value;
      this.#isChanged = true;
    }
  }
}
