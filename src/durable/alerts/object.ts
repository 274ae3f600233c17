import { DurableObject, exports } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { backoff } from "../../lib/backoff.ts";
import { log } from "../../lib/log.ts";
import { checkTenant, directoryOf, tenantOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import type {
  AlertDelivery,
  AlertOutcome,
  AlertState,
  ListedDelivery,
  StoredAlert,
  StoredVapid,
  WatchPage,
} from "../../session/contract/alerts.ts";
import type { Sealed } from "../../session/contract/upstreams.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import { AlertRows } from "./rows.ts";
import { closeNotification, notify } from "./notify.ts";

/** Sessions in one read of the directory whose time has come. */
const LOOKS = 100;
/** Deliveries in one call of a Worker, which sends them at once. An alert has one call at a time. */
const DELIVERIES_A_CALL = 16;
/** A Worker that did not answer after this time counts as lost: later than the time limit of each request. */
const LOST_MILLIS = 20_000;
/** After a failed call of the directory or of a Worker. */
const AGAIN_MILLIS = 5_000;
const LONGEST_WAIT_MILLIS = 600_000;

const EVERY_SESSION: ListFilter = { kind: "session", statuses: [], phrases: [], names: [] };
const NO_SESSION: ListFilter = { ...EVERY_SESSION, since: Infinity };

/**
 * The tenant's alerts. It reads what changed in the list from its cursor, keeps the states that it notified of, and has Workers deliver: a lost call or
 * a kill loses nothing. Without an alert the directory does not call it, and it has no alarm.
 */
export class AlertsObject extends DurableObject<Bindings> {
  readonly #rows: AlertRows;
  /** Alerts whose deliveries a Worker has. In memory only: what a lost instance had sent is sent again. */
  readonly #sending = new Set<string>();
  #reading: Promise<void> | undefined;
  /** Whether the directory knows that there are alerts, as far as this instance knows. */
  #isFollowing = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new AlertRows(ctx.storage);
  }

  list(context: CallContext): AlertState[] {
    checkTenant(this.ctx.id, context);
    return this.#rows.all().map((stored) => this.#rows.stateOf(stored));
  }

  /** One alert, with its last deliveries. */
  show(
    context: CallContext,
    name: string,
  ): { readonly state: AlertState; readonly deliveries: readonly ListedDelivery[] } | undefined {
    checkTenant(this.ctx.id, context);
    const stored = this.#rows.get(name);
    return stored && { state: this.#rows.stateOf(stored), deliveries: this.#rows.listed(name) };
  }

  /** Notifies from now on. What an earlier alert of this name sent is not sent again. */
  async put(context: CallContext, alert: Omit<StoredAlert, "since">): Promise<void> {
    checkTenant(this.ctx.id, context);
    // What changed before is judged by the rule of that time.
    const end = this.#rows.cursor === undefined ? await this.#endOfList() : undefined;
    if (end === undefined) await this.#read();
    this.ctx.storage.transactionSync(() => {
      if (this.#rows.cursor === undefined && end !== undefined) this.#rows.setCursor(end);
      this.#rows.upsert({ ...alert, since: Date.now() });
    });
    await this.ctx.storage.setAlarm(Date.now());
    await this.#follow();
  }

  /** Replaces what is encrypted by the same under another key, unless the alert was put again. */
  reseal(context: CallContext, name: string, before: Sealed, sealed: Sealed): void {
    checkTenant(this.ctx.id, context);
    const stored = this.#rows.get(name);
    if (stored?.sealed.iv === before.iv) this.#rows.upsert({ ...stored, sealed });
  }

  remove(context: CallContext, name: string): boolean {
    checkTenant(this.ctx.id, context);
    return this.ctx.storage.transactionSync(() => this.#rows.delete(name));
  }

  /** The key by which push services know this deployment. */
  vapid(context: CallContext): StoredVapid | undefined {
    checkTenant(this.ctx.id, context);
    return this.#vapid();
  }

  /** Stores it in place of `before`; answers the one that is stored then: another Worker may have made one. */
  setVapid(context: CallContext, vapid: StoredVapid, before: StoredVapid | undefined): StoredVapid {
    checkTenant(this.ctx.id, context);
    const known = this.#vapid();
    if (known !== undefined && known.sealed.iv !== before?.sealed.iv) return known;
    this.#rows.meta.set("vapid", JSON.stringify(vapid));
    return vapid;
  }

  #vapid(): StoredVapid | undefined {
    const text = this.#rows.meta.get("vapid");
    return text === undefined ? undefined : (JSON.parse(text) as StoredVapid);
  }

  /** The list has changes. The directory calls once, until they are read. */
  async changed(context: CallContext): Promise<void> {
    checkTenant(this.ctx.id, context);
    await this.#wakeAt(Date.now());
  }

  override async alarm(): Promise<void> {
    let again: number | undefined;
    try {
      if (this.#rows.all().length === 0) return await this.#stop();
      await this.#follow();
      await this.#read();
    } catch (error) {
      // The platform repeats a failed alarm a few times only.
      log("alerts-not-read", { level: "warn", error });
      again = Date.now() + AGAIN_MILLIS;
    }
    this.#send();
    await this.#arm(again);
  }

  /** Makes the directory call. */
  async #follow(): Promise<void> {
    if (this.#isFollowing) return;
    await this.#directory().setAlerts("on");
    this.#isFollowing = true;
  }

  async #stop(): Promise<void> {
    this.#isFollowing = false;
    await this.#directory().setAlerts("off");
    // One may have been put meanwhile.
    if (this.#rows.all().length > 0) return await this.#wakeAt(Date.now());
    this.ctx.storage.transactionSync(() => {
      this.#rows.setCursor(undefined);
      this.ctx.storage.sql.exec("DELETE FROM look; DELETE FROM told");
    });
  }

  async #endOfList(): Promise<WatchPage["next"]> {
    const page: WatchPage = await this.#directory().watched({ ids: [], filters: [] });
    return page.next;
  }

  /** Judges everything that the directory has. Calls that come meanwhile share one read. */
  async #read(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const alerts = this.#rows.all();
      const from = this.#rows.cursor;
      if (from === undefined || alerts.length === 0) return;
      const ids = this.#rows.dueLooks(Date.now(), LOOKS);
      const filters = alerts.map(
        ({ rule }) => rule.filter?.filter ?? (rule.ids === undefined ? EVERY_SESSION : NO_SESSION),
      );
      const page: WatchPage = await this.#directory().watched({ from, ids, filters });
      this.ctx.storage.transactionSync(() => this.#judge(alerts, page, Date.now()));
      if (page.isWhole && ids.length < LOOKS) return;
    }
  }

  #judge(alerts: readonly StoredAlert[], page: WatchPage, now: number): void {
    // One may have been removed meanwhile.
    const isPresent = new Set(this.#rows.all().map(({ name }) => name));
    for (const session of page.sessions) {
      const admitting = alerts.filter(
        ({ name, rule }, at) =>
          isPresent.has(name) && (session.admitted.includes(at) || rule.ids?.includes(session.id) === true),
      );
      this.#rows.setLook(session.id, notify(this.#rows, admitting, session.summary, now));
    }
    const deleted = page.gone.map((id) => [id, new Set(this.#rows.alertsSentOf(id))] as const);
    if (page.gone.length > 0) this.#rows.deleteSessions(page.gone);
    for (const [id, names] of deleted)
      for (const alert of alerts) if (names.has(alert.name)) closeNotification(this.#rows, alert, id, now);
    if (page.sessions.length > 0) this.#rows.deleteOldest();
    this.#rows.setCursor(page.next);
  }

  /** Has Workers deliver what is due. An alert whose target does not answer holds up no other one. */
  #send(): void {
    for (const name of this.#rows.due(Date.now())) {
      if (this.#sending.has(name)) continue;
      this.#sending.add(name);
      this.ctx.waitUntil(this.#sendTo(name));
    }
  }

  /** Never rejects. */
  async #sendTo(name: string): Promise<void> {
    try {
      for (;;) {
        const stored = this.#rows.get(name);
        const due = stored === undefined ? [] : this.#rows.dueDeliveries(name, Date.now(), DELIVERIES_A_CALL);
        if (stored === undefined || due.length === 0) break;
        const outcomes = await this.#deliver(stored, due);
        this.ctx.storage.transactionSync(() => {
          due.forEach(({ id, failures }, at) =>
            this.#rows.record(name, id, outcomes[at] ?? calledAgain(failures, Date.now())),
          );
          if (outcomes.some(({ isGone }) => isGone)) this.#rows.delete(name);
        });
      }
    } finally {
      this.#sending.delete(name);
      await this.#arm();
    }
  }

  async #deliver(stored: StoredAlert, due: readonly AlertDelivery[]): Promise<readonly AlertOutcome[]> {
    try {
      return await exports.Courier.deliverAlerts({ tenant: tenantOf(this.ctx.id) }, stored, due, this.#vapid());
    } catch (error) {
      log("alerts-not-sent", { level: "warn", alert: stored.name, error });
      return due.map(({ failures }) => calledAgain(failures, Date.now()));
    }
  }

  /** Sets the alarm for what is due next, if anything is. */
  async #arm(again?: number): Promise<void> {
    const times = [
      again,
      this.#rows.nextLook(),
      this.#rows.nextDelivery(this.#sending),
      ...(this.#sending.size > 0 ? [Date.now() + LOST_MILLIS] : []),
    ].filter((time) => time !== undefined);
    if (times.length > 0) await this.#wakeAt(Math.min(...times));
  }

  async #wakeAt(time: number): Promise<void> {
    const known = await this.ctx.storage.getAlarm();
    if (known === null || known > time) await this.ctx.storage.setAlarm(time);
  }

  #directory() {
    return directoryOf(this.env, tenantOf(this.ctx.id));
  }
}

/** No Worker could be called, or it did not answer. */
function calledAgain({ attempts, failingSince }: AlertDelivery["failures"], now: number): AlertOutcome {
  const wait = backoff(attempts + 1, AGAIN_MILLIS, Math.random(), LONGEST_WAIT_MILLIS);
  return { next: { attempts: attempts + 1, failingSince: failingSince || now, dueAt: now + wait } };
}
