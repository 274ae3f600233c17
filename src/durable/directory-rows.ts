import type { SessionSummary } from "../trace/summary.ts";
import { mintIncarnation } from "./incarnation.ts";

/** Deletions are remembered for viewers that come back; who was away longer starts over. */
export const TOMBSTONE_DAYS = 7;
const DAY_MILLIS = 86_400_000;

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE session (
  id TEXT PRIMARY KEY, incarnation TEXT NOT NULL, session_revision INTEGER NOT NULL, revision INTEGER NOT NULL,
  kind TEXT NOT NULL, activity INTEGER NOT NULL, summary TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_activity ON session (activity, id);
CREATE INDEX session_revision ON session (revision);
CREATE TABLE gone (
  id TEXT PRIMARY KEY, incarnation TEXT NOT NULL, revision INTEGER NOT NULL, session TEXT, at INTEGER NOT NULL
) WITHOUT ROWID;
`;

export type SessionKindFilter = "session" | "trace" | "all";

/** Newest activity first: where the last page ended. */
export type ListCursor = { readonly activity: number; readonly id: string };

export type Change =
  | { readonly revision: number; readonly id: string; readonly summary: SessionSummary }
  | { readonly revision: number; readonly id: string; readonly goneTo: string | undefined };

type SessionRow = { id: string; revision: number; activity: number; summary: string };

/** The list as rows: one a session, one a deletion, each with the revision of its last change. */
export class DirectoryRows {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly incarnation: string;
  #head: number;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    storage.transactionSync(() => {
      if (this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'meta'").toArray().length > 0) return;
      this.#sql.exec(TABLES);
      this.setMeta("schema", "1");
      this.setMeta("incarnation", mintIncarnation(Date.now()));
    });
    this.incarnation = this.meta("incarnation") ?? "";
    const heads = this.#sql.exec<{ head: number | null }>(
      "SELECT max(revision) AS head FROM session UNION ALL SELECT max(revision) FROM gone",
    );
    this.#head = Math.max(0, ...heads.toArray().map((row) => row.head ?? 0), Number(this.meta("head") ?? 0));
  }

  get head(): number {
    return this.#head;
  }

  meta(key: string): string | undefined {
    const row = this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key).toArray()[0];
    return row?.value;
  }

  setMeta(key: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
  }

  /** One transaction. A failed one has given out no revision: the next must not look like it to who heard of neither. */
  write<T>(change: () => T): T {
    const head = this.#head;
    try {
      return this.#storage.transactionSync(change);
    } catch (error) {
      this.#head = head;
      throw error;
    }
  }

  /** Answers false for news of an earlier life, or older than what is known. */
  put(incarnation: string, sessionRevision: number, summary: SessionSummary, activity: number): boolean {
    const { id } = summary;
    const gone = this.#sql.exec<{ incarnation: string }>("SELECT incarnation FROM gone WHERE id = ?", id).toArray()[0];
    if (gone !== undefined && incarnation <= gone.incarnation && gone.incarnation !== "") return false;
    const known = this.#sql
      .exec<{ incarnation: string; session_revision: number; summary: string }>(
        "SELECT incarnation, session_revision, summary FROM session WHERE id = ?",
        id,
      )
      .toArray()[0];
    if (known !== undefined && incarnation < known.incarnation) return false;
    if (known?.incarnation === incarnation && sessionRevision < known.session_revision) return false;
    const text = JSON.stringify(summary);
    // After a wake a session reports what is known: nothing changed, nothing is written.
    if (known?.summary === text && known.incarnation === incarnation) return false;
    if (gone !== undefined) this.#sql.exec("DELETE FROM gone WHERE id = ?", id);
    this.#sql.exec(
      "INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?)",
      id,
      incarnation,
      sessionRevision,
      ++this.#head,
      summary.kind,
      activity,
      text,
    );
    return true;
  }

  /** Answers false where there was nothing of this life or an earlier one. */
  remove(id: string, incarnation: string, goneTo: string | undefined, final: boolean, now: number): boolean {
    const known = this.#sql
      .exec<{ incarnation: string }>("SELECT incarnation FROM session WHERE id = ?", id)
      .toArray()[0];
    if (known !== undefined && known.incarnation > incarnation) return false;
    this.#sql.exec("DELETE FROM session WHERE id = ?", id);
    // Only a forgotten life can't speak again: a session that is merely empty may be filled anew in the same life.
    this.#sql.exec(
      "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?, ?)",
      id,
      final ? incarnation : "",
      ++this.#head,
      goneTo ?? null,
      now,
    );
    this.#forgetTombstones(now);
    return known !== undefined;
  }

  page(
    kind: SessionKindFilter,
    after: ListCursor | undefined,
    limit: number,
  ): { readonly activity: number; readonly summary: SessionSummary }[] {
    const where = [];
    const values: (string | number)[] = [];
    if (kind !== "all") {
      where.push("kind = ?");
      values.push(kind);
    }
    if (after !== undefined) {
      where.push("(activity, id) < (?, ?)");
      values.push(after.activity, after.id);
    }
    const condition = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
    return this.#sql
      .exec<SessionRow>(
        `SELECT id, revision, activity, summary FROM session ${condition} ORDER BY activity DESC, id DESC LIMIT ?`,
        ...values,
        limit,
      )
      .toArray()
      .map((row) => ({ activity: row.activity, summary: JSON.parse(row.summary) as SessionSummary }));
  }

  /** Changes after a revision in the order in which they happened; `undefined` where deletions since then are forgotten. */
  changes(after: number, limit: number): Change[] | undefined {
    if (after > 0 && after < Number(this.meta("oldest") ?? 0)) return undefined;
    const rows = this.#sql
      .exec<{ id: string; revision: number; summary: string | null; session: string | null }>(
        `SELECT id, revision, summary, NULL AS session FROM session WHERE revision > ?
         UNION ALL SELECT id, revision, NULL, session FROM gone WHERE revision > ? ORDER BY revision LIMIT ?`,
        after,
        after,
        limit,
      )
      .toArray();
    return rows.map((row) =>
      row.summary === null
        ? { revision: row.revision, id: row.id, goneTo: row.session ?? undefined }
        : { revision: row.revision, id: row.id, summary: JSON.parse(row.summary) as SessionSummary },
    );
  }

  /** Sessions that were active since a time. */
  active(since: number): number {
    return this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM session WHERE activity >= ?", since).one()
      .count;
  }

  #forgetTombstones(now: number): void {
    const before = now - TOMBSTONE_DAYS * DAY_MILLIS;
    const last = this.#sql
      .exec<{ revision: number | null }>("SELECT max(revision) AS revision FROM gone WHERE at < ?", before)
      .one().revision;
    if (last === null) return;
    this.setMeta("oldest", String(last));
    this.setMeta("head", String(this.#head));
    this.#sql.exec("DELETE FROM gone WHERE at < ?", before);
  }
}
