import { DAY_MILLIS } from "../../../lib/nanoseconds.ts";
import type { MetaTable } from "../../../lib/meta-table.ts";
import { shardOf } from "../../../place.ts";
import type { HeldLogs, LogReport, SessionRemoval, SessionReport } from "../../../session/contract/directory.ts";
import type { Cursor } from "../../../session/contract/log-page.ts";
import type { StorageUsage } from "../../../session/contract/retention.ts";
import type { FilteredFacts, ListFilter } from "../../../session/list/list-filter.ts";
import { matchExpression } from "../../../session/list/search-text.ts";
import { becauseIn, isVoid, laterGeneration } from "./report-order.ts";
import { deleteSession, insertSession, livenessIn, storedSession, updateSession } from "./row-write.ts";
import type { StoredSession } from "./row-write.ts";
import { openDirectory } from "./schema.ts";

/** Tombstones are kept for so long, for viewers that resume; later ones read from the beginning. */
export const TOMBSTONE_DAYS = 7;
/** UTF-16 units of summaries in one answer: an RPC may carry 32 MiB, and the object has to hold it. */
const MOST_UNITS = 4_000_000;

/** A session that changed, or the tombstone of one. */
export type ChangeRow =
  | { readonly revision: number; readonly id: string; readonly n: number; readonly facts: FilteredFacts }
  | { readonly revision: number; readonly id: string; readonly n?: never; readonly movedTo: string | undefined };

export type ChangedSession = { readonly revision: number; readonly n: number; readonly facts: FilteredFacts };
type NamedSession = ChangedSession & { readonly id: string };

type FactsRow = {
  kind: FilteredFacts["kind"];
  activity: number;
  start: number;
  end: number;
  liveness: string;
};

type ChangedRow = FactsRow & { n: number | null; id: string; revision: number; session: string | null };

/** The list as rows: one for each session and each tombstone, with the revision of its last change. */
export class DirectoryRows {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly meta: MetaTable;
  readonly generation: string;
  #head: number;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.meta = openDirectory(storage);
    this.generation = this.meta.get("generation") ?? "";
    const heads = this.#sql.exec<{ head: number | null }>(
      "SELECT max(revision) AS head FROM session UNION ALL SELECT max(revision) FROM tombstone",
    );
    this.#head = Math.max(0, ...heads.toArray().map((row) => row.head ?? 0), Number(this.meta.get("head") ?? 0));
  }

  get head(): number {
    return this.#head;
  }

  /** Whether the cursor is of this list; its readers begin anew with any other. */
  isKnown(from: Cursor | undefined): from is Cursor {
    return from !== undefined && from.generation === this.generation && from.revision <= this.#head;
  }

  /** One transaction. A failed one gives out no revision, so that its number is used again. */
  write<T>(change: () => T): T {
    const head = this.#head;
    try {
      return this.#storage.transactionSync(change);
    } catch (error) {
      this.#head = head;
      throw error;
    }
  }

  /** Returns the row's number, its contents, and its storage usage before; nothing for a report of an earlier generation or revision. */
  upsert(
    report: SessionReport,
  ): { readonly n: number; readonly stored: StoredSession; readonly before: StorageUsage | undefined } | undefined {
    const { id, generation, revision: sessionRevision } = report;
    const tombstone = this.#sql
      .exec<{ generation: string }>("SELECT generation FROM tombstone WHERE id = ?", id)
      .toArray()[0];
    if (tombstone !== undefined && isVoid(report, tombstone.generation)) return undefined;
    const known = this.#sql
      .exec<
        StorageUsage & { n: number; generation: string; session_revision: number; summary: string; search: string }
      >(
        `SELECT n, generation, session_revision, bytes, oldest, summary.body AS summary, search.body AS search
         FROM session JOIN summary USING (n) JOIN search USING (n) WHERE id = ?`,
        id,
      )
      .toArray()[0];
    if (known !== undefined && generation < known.generation) return undefined;
    if (known?.generation === generation && sessionRevision < known.session_revision) return undefined;
    const stored = storedSession(report);
    // After a wake a session reports the same again: nothing is written.
    const isSame = known?.summary === stored.summary && known.search === stored.search;
    const isSameStorage = known?.bytes === stored.storage.bytes && known.oldest === stored.storage.oldest;
    const after = known?.generation === generation ? known.session_revision : 0;
    if (isSame && isSameStorage && known.generation === generation && sessionRevision === after) return undefined;
    if (tombstone !== undefined) this.#sql.exec("DELETE FROM tombstone WHERE id = ?", id);
    this.#head++;
    if (known === undefined) return { n: insertSession(this.#sql, stored, this.#head), stored, before: undefined };
    updateSession(this.#sql, known.n, stored, this.#head, known.search);
    return { n: known.n, stored, before: { bytes: known.bytes, oldest: known.oldest } };
  }

  /** The generation of this session in the list, if it is later than the report's. */
  laterGeneration(report: SessionReport): string | undefined {
    return laterGeneration(this.#sql, report);
  }

  /** Returns the number and storage usage of the removed row; nothing if there was none of this generation or an earlier one. */
  remove(
    { id, generation, revision, session }: SessionRemoval,
    because: "deleted" | "empty",
    now: number,
  ): ({ readonly n: number } & StorageUsage) | undefined {
    const known = this.#sql
      .exec<StorageUsage & { n: number; generation: string }>(
        "SELECT n, generation, bytes, oldest FROM session WHERE id = ?",
        id,
      )
      .toArray()[0];
    if (known !== undefined && known.generation > generation) return undefined;
    if (known !== undefined) deleteSession(this.#sql, known.n);
    // Reports of a deleted generation are void; an empty session may be filled again, at a later revision.
    this.#sql.exec(
      "INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?, ?, ?)",
      id,
      because === "deleted" ? generation : `${generation}.${revision ?? 0}`,
      ++this.#head,
      session ?? null,
      now,
    );
    this.expireTombstones(now);
    return known;
  }

  /**
   * Marks the sessions of a shard that it does not hold, and returns how many. They end, and expire by age as they would have. A session
   * that changed since `head` is held: it reported meanwhile.
   */
  markDamaged(held: HeldLogs): number {
    const lost = this.missing(held);
    for (const { n } of lost) this.#markDamaged(n);
    return lost.length;
  }

  /** The sessions of a shard that it does not hold. */
  missing({ shard, shards, head, after, ids, next }: HeldLogs): { readonly n: number; readonly id: string }[] {
    const held = new Set(ids);
    const listed = this.#sql
      .exec<{ n: number; id: string }>(
        "SELECT n, id FROM session WHERE revision <= ? AND id > ? AND (id <= ? OR ? IS NULL)",
        head,
        after,
        next ?? null,
        next ?? null,
      )
      .toArray();
    return listed.filter(({ id }) => shardOf(id, shards) === shard && !held.has(id));
  }

  /** Whether this generation of a session was deleted. */
  isVoid({ id, generation }: Pick<SessionRemoval, "id" | "generation">): boolean {
    const [tombstone] = this.#sql
      .exec<{ generation: string }>("SELECT generation FROM tombstone WHERE id = ?", id)
      .toArray();
    return (
      tombstone !== undefined && becauseIn(tombstone.generation) === "deleted" && generation <= tombstone.generation
    );
  }

  /** Marks a session whose own object has nothing any more. Returns false if it is not listed. */
  markLost(id: string): boolean {
    const [row] = this.#sql.exec<{ n: number }>("SELECT n FROM session WHERE id = ?", id).toArray();
    if (row !== undefined) this.#markDamaged(row.n);
    return row !== undefined;
  }

  #markDamaged(n: number): void {
    this.#sql.exec(
      `UPDATE session SET revision = ?, bytes = 1,
       liveness = json_remove(json_set(liveness, '$.running', 0, '$.awaitedParents', 0), '$.waiting', '$.oldestRunning')
       WHERE n = ?`,
      ++this.#head,
      n,
    );
    this.#sql.exec(
      `UPDATE summary SET body = json_remove(
         json_set(body, '$.damaged', json('true'), '$.liveness.running', 0, '$.liveness.awaitedParents', 0),
         '$.liveness.waiting', '$.liveness.oldestRunning', '$.nowLine') WHERE n = ?`,
      n,
    );
  }

  /** The generation of a session whose storage was damaged, and that did not begin anew since. */
  damagedGeneration(id: string): string | undefined {
    return this.#sql
      .exec<{ generation: string }>(
        "SELECT generation FROM session JOIN summary USING (n) WHERE id = ? AND json_extract(body, '$.damaged')",
        id,
      )
      .toArray()[0]?.generation;
  }

  /** Sessions with traces that should have expired before this time, Unix milliseconds, or with unknown storage usage. */
  overdue(before: number, limit: number): { readonly id: string; readonly generation: string }[] {
    return this.#sql
      .exec<{ id: string; generation: string }>(
        "SELECT id, generation FROM session WHERE oldest < ? OR bytes = 0 LIMIT ?",
        before,
        limit,
      )
      .toArray();
  }

  /** The least recently active sessions, with their sizes. */
  leastActive(limit: number): { readonly id: string; readonly generation: string; readonly bytes: number }[] {
    return this.#sql
      .exec<{ id: string; generation: string; bytes: number }>(
        "SELECT id, generation, bytes FROM session ORDER BY activity LIMIT ?",
        limit,
      )
      .toArray();
  }

  /** The first changes after a revision, in order; `undefined` if tombstones since then have expired. */
  changes(after: number, limit: number): ChangeRow[] | undefined {
    if (after > 0 && after < Number(this.meta.get("oldest") ?? 0)) return undefined;
    return this.#sql
      .exec<ChangedRow>(
        `SELECT * FROM (
           SELECT n, id, revision, NULL AS session, kind, activity, start, end, liveness
           FROM session WHERE revision > ? ORDER BY revision LIMIT ?)
         UNION ALL
         SELECT * FROM (
           SELECT NULL, id, revision, session, NULL, NULL, NULL, NULL, NULL
           FROM tombstone WHERE revision > ? ORDER BY revision LIMIT ?)
         ORDER BY revision LIMIT ?`,
        after,
        limit,
        after,
        limit,
        limit,
      )
      .toArray()
      .map(({ n, id, revision, session, ...row }) =>
        n === null ? { id, revision, movedTo: session ?? undefined } : { id, revision, n, facts: factsOf(row) },
      );
  }

  /** Ids and revisions of these rows, in the same order. */
  idsOf(numbers: readonly number[]): { readonly n: number; readonly id: string; readonly revision: number }[] {
    return this.#sql
      .exec<{ n: number; id: string; revision: number }>(
        "SELECT n, session.id, revision FROM json_each(?) AS wanted JOIN session ON n = wanted.value ORDER BY wanted.key",
        JSON.stringify(numbers),
      )
      .toArray();
  }

  /** Their summaries, in the same order, as many as one answer can carry. */
  summaries(numbers: readonly number[]): string[] {
    const bodies: string[] = [];
    let units = 0;
    const found = this.#sql.exec<{ body: string }>(
      "SELECT body FROM json_each(?) AS wanted JOIN summary ON n = wanted.value ORDER BY wanted.key",
      JSON.stringify(numbers),
    );
    for (const { body } of found) {
      units += body.length;
      if (bodies.length > 0 && units > MOST_UNITS) break;
      bodies.push(body);
    }
    return bodies;
  }

  search(n: number): string {
    return this.#sql.exec<{ body: string }>("SELECT body FROM search WHERE n = ?", n).toArray()[0]?.body ?? "";
  }

  /** Numbers of the rows that a search finds, ascending. */
  matching({ phrases, names }: ListFilter): number[] {
    const { found } = this.#sql
      .exec<{ found: string | null }>(
        "SELECT group_concat(rowid) AS found FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid)",
        matchExpression(phrases, names),
      )
      .one();
    return found === null ? [] : found.split(",").map(Number);
  }

  /** The activity of the last row that changed up to a revision: at most the time of that revision. */
  activityAt(revision: number): number | undefined {
    return this.#sql
      .exec<{ activity: number }>(
        "SELECT activity FROM session WHERE revision <= ? ORDER BY revision DESC LIMIT 1",
        revision,
      )
      .toArray()[0]?.activity;
  }

  /** Sessions and tombstones after a revision, in its order; `undefined` if tombstones since then have expired. */
  reports(after: number, limit: number): { readonly at: number; readonly report: LogReport }[] | undefined {
    if (after > 0 && after < Number(this.meta.get("oldest") ?? 0)) return undefined;
    return this.#sql
      .exec<{ id: string; generation: string; session_revision: number | null; reported: number; revision: number }>(
        `SELECT * FROM (
           SELECT id, generation, session_revision, reported_revision AS reported, revision
           FROM session WHERE revision > ? ORDER BY revision LIMIT ?)
         UNION ALL
         SELECT * FROM (
           SELECT id, generation, NULL, at, revision FROM tombstone WHERE revision > ? ORDER BY revision LIMIT ?)
         ORDER BY revision LIMIT ?`,
        after,
        limit,
        after,
        limit,
        limit,
      )
      .toArray()
      .map(({ id, generation, session_revision: revision, reported, revision: at }) => ({
        at,
        report:
          revision === null
            ? { kind: "gone", id, because: becauseIn(generation), at: reported }
            : { kind: "log", id, generation, revision, reportedRevision: reported },
      }));
  }

  /** Sessions that changed before a revision, the last changed first. */
  changedBefore(revision: number, limit: number): ChangedSession[] {
    return this.#sql
      .exec<FactsRow & { n: number; revision: number }>(
        `SELECT n, revision, kind, activity, start, end, liveness
         FROM session WHERE revision < ? ORDER BY revision DESC LIMIT ?`,
        revision,
        limit,
      )
      .toArray()
      .map((row) => ({ revision: row.revision, n: row.n, facts: factsOf(row) }));
  }

  /** Those of these sessions that are in the list. */
  byIds(ids: readonly string[]): NamedSession[] {
    if (ids.length === 0) return [];
    return this.#sql
      .exec<FactsRow & { n: number; id: string; revision: number }>(
        `SELECT n, session.id, revision, kind, activity, start, end, liveness
         FROM json_each(?) AS wanted JOIN session ON session.id = wanted.value`,
        JSON.stringify(ids),
      )
      .toArray()
      .map(({ n, id, revision, ...row }) => ({ n, id, revision, facts: factsOf(row) }));
  }

  /** Deletes old tombstones; call inside a transaction. */
  expireTombstones(now: number): void {
    const before = now - TOMBSTONE_DAYS * DAY_MILLIS;
    const oldest = this.#sql.exec<{ at: number }>("SELECT at FROM tombstone ORDER BY revision LIMIT 1").toArray()[0];
    if (oldest === undefined || oldest.at >= before) return;
    const last = this.#sql
      .exec<{ revision: number | null }>("SELECT max(revision) AS revision FROM tombstone WHERE at < ?", before)
      .one().revision;
    this.meta.set("oldest", String(last));
    this.meta.set("head", String(this.#head));
    this.#sql.exec("DELETE FROM tombstone WHERE at < ?", before);
  }
}

function factsOf({ kind, start, end, activity, liveness }: FactsRow): FilteredFacts {
  return { kind, start, end, liveness: livenessIn(liveness, activity) };
}
