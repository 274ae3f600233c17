import type {
  Alert,
  AlertCounts,
  AlertDelivery,
  AlertEvent,
  AlertOutcome,
  AlertState,
  AlertTry,
  ListedDelivery,
  StoredAlert,
} from "../../session/contract/alerts.ts";
import { openTables } from "../../lib/meta-table.ts";
import type { MetaTable } from "../../lib/meta-table.ts";
import type { Cursor } from "../../session/contract/log-page.ts";

/** Table `told`: the last state of a session for each alert and event, and when an alert of it was sent. */
const ALERTS = `
CREATE TABLE alert (name TEXT PRIMARY KEY, stored TEXT NOT NULL, counts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE told (
  alert TEXT NOT NULL, session TEXT NOT NULL, event TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,
  seen INTEGER NOT NULL, PRIMARY KEY (alert, session, event)
) WITHOUT ROWID;
CREATE INDEX told_seen ON told (seen);
CREATE INDEX told_session ON told (session);
CREATE TABLE look (session TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX look_at ON look (at);
CREATE TABLE delivery (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, alert TEXT NOT NULL, session TEXT NOT NULL, body TEXT NOT NULL,
  state TEXT NOT NULL, due INTEGER, attempts INTEGER NOT NULL, failures TEXT NOT NULL, tries TEXT NOT NULL
);
CREATE INDEX delivery_due ON delivery (alert, due) WHERE due IS NOT NULL;
CREATE INDEX delivery_alert ON delivery (alert, n);
`;

/** Last states for all alerts, some 10 MB. Beyond, the oldest are deleted. */
const MOST_STATES = 50_000;
/** Alerts on their way to one target. Beyond, new ones are dropped and counted. */
const MOST_PENDING = 5_000;
/** Deliveries that are over, of one alert. */
const MOST_LISTED = 100;
/** Attempts of one delivery that are listed. */
const MOST_TRIES = 20;

const NO_COUNTS: AlertCounts = { delivered: 0, refused: 0, dropped: 0, isUp: true };

/**
 * The last state of a session that one alert saw. `key` "": it does not hold any more. `at`: when the last alert was sent, Unix
 * milliseconds; 0 if none was.
 */
export type LastState = { readonly key: string; readonly at: number };

type DeliveryRow = {
  id: string;
  body: string;
  state: ListedDelivery["state"];
  due: number | null;
  attempts: number;
  failures: string;
  tries: string;
};

/** The tenant's alerts, the last state of each session for each of them, and their deliveries. */
export class AlertRows {
  readonly meta: MetaTable;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.meta = openTables(storage, ALERTS);
    this.#sql = storage.sql;
  }

  all(): StoredAlert[] {
    return this.#sql
      .exec<{ stored: string }>("SELECT stored FROM alert ORDER BY name")
      .toArray()
      .map(({ stored }) => JSON.parse(stored) as StoredAlert);
  }

  get(name: string): StoredAlert | undefined {
    const row = this.#sql.exec<{ stored: string }>("SELECT stored FROM alert WHERE name = ?", name).toArray()[0];
    return row && (JSON.parse(row.stored) as StoredAlert);
  }

  upsert(alert: StoredAlert): void {
    this.#sql.exec(
      "INSERT INTO alert VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET stored = excluded.stored",
      alert.name,
      JSON.stringify(alert),
      JSON.stringify(NO_COUNTS),
    );
  }

  /** Answers whether there was one. */
  delete(name: string): boolean {
    for (const table of ["told", "delivery"]) this.#sql.exec(`DELETE FROM ${table} WHERE alert = ?`, name);
    return this.#sql.exec("DELETE FROM alert WHERE name = ? RETURNING name", name).toArray().length > 0;
  }

  stateOf(stored: StoredAlert): AlertState {
    return { stored, counts: this.#counts(stored.name), pending: this.#pendingCount(stored.name) };
  }

  #counts(name: string): AlertCounts {
    const row = this.#sql.exec<{ counts: string }>("SELECT counts FROM alert WHERE name = ?", name).toArray()[0];
    return row === undefined ? NO_COUNTS : (JSON.parse(row.counts) as AlertCounts);
  }

  #setCounts(name: string, counts: AlertCounts): void {
    this.#sql.exec("UPDATE alert SET counts = ? WHERE name = ?", JSON.stringify(counts), name);
  }

  lastState(alert: string, session: string, event: AlertEvent): LastState | undefined {
    return this.#sql
      .exec<LastState>("SELECT key, at FROM told WHERE alert = ? AND session = ? AND event = ?", alert, session, event)
      .toArray()[0];
  }

  setLastState(alert: string, session: string, event: AlertEvent, { key, at }: LastState, now: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?)", alert, session, event, key, at, now);
  }

  /** Last states from up to this time may be deleted: a state that began before it sends no alert. Unix milliseconds. */
  get deletedUpTo(): number {
    return Number(this.meta.get("forgotten") ?? 0);
  }

  deleteOldest(): void {
    const { count } = this.#sql.exec<{ count: number }>("SELECT count(*) AS count FROM told").one();
    if (count <= MOST_STATES) return;
    const surplus = count - MOST_STATES;
    const { seen } = this.#sql
      .exec<{ seen: number }>("SELECT seen FROM told ORDER BY seen LIMIT 1 OFFSET ?", surplus - 1)
      .one();
    this.#sql.exec("DELETE FROM told WHERE seen <= ?", seen);
    this.meta.set("forgotten", String(seen));
  }

  /** The sessions are not in the list any more: no alert of them is sent, and their titles and questions are deleted. */
  deleteSessions(sessions: readonly string[]): void {
    // One walk over the deliveries for all of them: these have no index by session.
    for (const table of ["told", "look", "delivery"])
      this.#sql.exec(
        `DELETE FROM ${table} WHERE session IN (SELECT value FROM json_each(?))`,
        JSON.stringify(sessions),
      );
  }

  /** When to look at a session without a change of it; `undefined` for never. */
  setLook(session: string, at: number | undefined): void {
    if (at === undefined) this.#sql.exec("DELETE FROM look WHERE session = ?", session);
    else this.#sql.exec("INSERT OR REPLACE INTO look VALUES (?, ?)", session, Math.ceil(at));
  }

  dueLooks(now: number, limit: number): string[] {
    return this.#sql
      .exec<{ session: string }>("SELECT session FROM look WHERE at <= ? ORDER BY at LIMIT ?", now, limit)
      .toArray()
      .map(({ session }) => session);
  }

  nextLook(): number | undefined {
    return this.#sql.exec<{ at: number | null }>("SELECT min(at) AS at FROM look").one().at ?? undefined;
  }

  deliver(name: string, id: string, alert: Alert): void {
    if (this.#pendingCount(name) >= MOST_PENDING) {
      const counts = this.#counts(name);
      return this.#setCounts(name, { ...counts, dropped: counts.dropped + 1 });
    }
    this.#sql.exec(
      `INSERT INTO delivery (id, alert, session, body, state, due, attempts, failures, tries)
       VALUES (?, ?, ?, ?, 'pending', ?, 0, '{"attempts":0,"failingSince":0}', '[]')`,
      id,
      name,
      alert.session,
      JSON.stringify(alert),
      alert.at,
    );
  }

  /** Deletes what was not delivered yet of the session. */
  dropPending(name: string, session: string): void {
    this.#sql.exec("DELETE FROM delivery WHERE alert = ? AND session = ? AND due IS NOT NULL", name, session);
  }

  /** Alerts that were sent of a state of the session that still held. */
  alertsSentOf(session: string): string[] {
    return this.#sql
      .exec<{ alert: string }>(
        "SELECT DISTINCT alert FROM told WHERE session = ? AND key <> '' AND at > 0 AND event NOT IN ('cost', 'duration')",
        session,
      )
      .toArray()
      .map(({ alert }) => alert);
  }

  /** Alerts with deliveries that are due. */
  due(now: number): string[] {
    return this.#sql
      .exec<{ alert: string }>("SELECT DISTINCT alert FROM delivery WHERE due <= ?", now)
      .toArray()
      .map(({ alert }) => alert);
  }

  /** Of one alert, the first to be due first. */
  dueDeliveries(alert: string, now: number, limit: number): AlertDelivery[] {
    return this.#sql
      .exec<DeliveryRow>(
        "SELECT * FROM delivery WHERE alert = ? AND due <= ? ORDER BY due, n LIMIT ?",
        alert,
        now,
        limit,
      )
      .toArray()
      .map(({ id, body, failures }) => ({
        id,
        alert: JSON.parse(body) as Alert,
        failures: JSON.parse(failures) as AlertDelivery["failures"],
      }));
  }

  /** When a delivery to another alert than these is due next, Unix milliseconds. */
  nextDelivery(except: ReadonlySet<string>): number | undefined {
    const times = this.#sql
      .exec<{ alert: string; due: number }>(
        "SELECT alert, min(due) AS due FROM delivery WHERE due IS NOT NULL GROUP BY alert",
      )
      .toArray()
      .flatMap(({ alert, due }) => (except.has(alert) ? [] : [due]));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  record(name: string, id: string, { attempt, next }: AlertOutcome): void {
    const row = this.#sql.exec<DeliveryRow>("SELECT * FROM delivery WHERE id = ?", id).toArray()[0];
    if (row === undefined) return;
    const tries = [...(JSON.parse(row.tries) as AlertTry[]), ...(attempt === undefined ? [] : [attempt])];
    const over = attempt?.outcome === "accepted" ? "delivered" : "refused";
    const { dueAt, ...failures } = next ?? { dueAt: null, attempts: 0, failingSince: 0 };
    this.#sql.exec(
      "UPDATE delivery SET state = ?, due = ?, attempts = ?, failures = ?, tries = ? WHERE id = ?",
      next === undefined ? over : "pending",
      dueAt,
      row.attempts + (attempt === undefined ? 0 : 1),
      JSON.stringify(failures),
      JSON.stringify(tries.slice(-MOST_TRIES)),
      id,
    );
    if (attempt === undefined) return;
    const { message: _, ...counts } = this.#counts(name);
    this.#setCounts(name, {
      ...counts,
      delivered: counts.delivered + (attempt.outcome === "accepted" ? 1 : 0),
      refused: counts.refused + (attempt.outcome !== "accepted" && next === undefined ? 1 : 0),
      isUp: attempt.outcome === "accepted",
      at: attempt.at,
      ...(attempt.reason === undefined ? {} : { message: attempt.reason }),
    });
    this.#sql.exec(
      `DELETE FROM delivery WHERE alert = ?1 AND due IS NULL AND n <= (
         SELECT n FROM delivery WHERE alert = ?1 AND due IS NULL ORDER BY n DESC LIMIT 1 OFFSET ?2)`,
      name,
      MOST_LISTED,
    );
  }

  /** The last ones first. */
  listed(name: string): ListedDelivery[] {
    return this.#sql
      .exec<DeliveryRow>("SELECT * FROM delivery WHERE alert = ? ORDER BY n DESC LIMIT ?", name, MOST_LISTED)
      .toArray()
      .map(({ id, body, state, due, attempts, tries }) => ({
        id,
        alert: JSON.parse(body) as Alert,
        state,
        ...(due === null ? {} : { dueAt: due }),
        attempts,
        tries: JSON.parse(tries) as AlertTry[],
      }));
  }

  #pendingCount(name: string): number {
    return this.#sql
      .exec<{ count: number }>("SELECT count(*) AS count FROM delivery WHERE alert = ? AND due IS NOT NULL", name)
      .one().count;
  }

  /** How far the list was read; `undefined` while there is no alert. */
  get cursor(): Cursor | undefined {
    const text = this.meta.get("cursor");
    return text === undefined ? undefined : (JSON.parse(text) as Cursor);
  }

  setCursor(cursor: Cursor | undefined): void {
    if (cursor === undefined) this.meta.delete("cursor");
    else this.meta.set("cursor", JSON.stringify(cursor));
  }
}
