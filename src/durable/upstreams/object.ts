import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { backoff } from "../../lib/backoff.ts";
import { log } from "../../lib/log.ts";
import { openTables } from "../../lib/meta-table.ts";
import type { MetaTable } from "../../lib/meta-table.ts";
import { pool } from "../../lib/pool.ts";
import { checkTenant, directoryOf, sessionAt, tenantOf } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import type { ListCursor, ListPage } from "../../session/contract/directory.ts";
import type { ListFilter } from "../../session/list/list-filter.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type {
  Parked,
  ParkedPage,
  ParkedQuery,
  Sealed,
  StoredUpstream,
  UpstreamList,
  UpstreamReport,
  UpstreamStatus,
} from "../../session/contract/upstreams.ts";
import { UpstreamRows, UPSTREAMS } from "./rows.ts";

/** Every Worker knows an upstream after this time; a trace that came meanwhile is looked at again then. */
const LOOK_AGAIN_MILLIS = 30_000;
/** Between two attempts to look again, at most. */
const LONGEST_WAIT_MILLIS = 600_000;
const SESSIONS_A_PAGE = 100;
const OWNERS_AT_ONCE = 50;

const EVERY_SESSION: ListFilter = { kind: "all", statuses: [], phrases: [], names: [] };

/** The tenant's upstreams. */
export class UpstreamsObject extends DurableObject<Bindings> {
  readonly #rows: UpstreamRows;
  readonly #meta: MetaTable;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    // `self`: the name of this instance.
    this.#meta = openTables(ctx.storage, UPSTREAMS, { firstValues: () => ({ self: crypto.randomUUID() }) });
    this.#rows = new UpstreamRows(ctx.storage.sql);
  }

  /** `primary`: the endpoint in the program's own variables, whose time begins when it is named first. */
  list(context: CallContext, primary?: string): UpstreamList {
    checkTenant(this.ctx.id, context);
    if (primary !== undefined && this.#meta.get("primary") !== primary) {
      this.ctx.storage.transactionSync(() => {
        this.#meta.set("primary", primary);
        this.#meta.set("primarySince", String(Date.now()));
      });
    }
    return {
      self: this.#meta.get("self") ?? "",
      primarySince: Number(this.#meta.get("primarySince") ?? 0),
      upstreams: this.#rows.all(),
    };
  }

  /** Sessions that are active now are looked at again, when every Worker knows the upstream. */
  async put(context: CallContext, upstream: StoredUpstream): Promise<void> {
    checkTenant(this.ctx.id, context);
    const since = this.#meta.get("lookAgain") ?? String(Date.now());
    this.ctx.storage.transactionSync(() => {
      this.#rows.upsert(upstream);
      this.#meta.set("lookAgain", since);
    });
    await this.ctx.storage.setAlarm(Date.now() + LOOK_AGAIN_MILLIS);
  }

  /** Replaces encrypted headers by the same ones under another key, unless the upstream was put again. */
  reseal(context: CallContext, name: string, before: Sealed, sealed: Sealed): void {
    checkTenant(this.ctx.id, context);
    const stored = this.#rows.all().find((one) => one.name === name);
    if (stored?.sealed?.iv === before.iv) this.#rows.upsert({ ...stored, sealed });
  }

  remove(context: CallContext, name: string): boolean {
    checkTenant(this.ctx.id, context);
    return this.ctx.storage.transactionSync(() => this.#rows.delete(name));
  }

  /** What deliveries came to, and the traces that are parked. */
  report(context: CallContext, reports: readonly UpstreamReport[], parked: readonly Parked[]): void {
    checkTenant(this.ctx.id, context);
    this.ctx.storage.transactionSync(() => {
      for (const one of reports) this.#rows.count(one);
      for (const one of parked) this.#rows.park(one);
    });
  }

  status(context: CallContext, names: readonly string[]): UpstreamStatus[] {
    checkTenant(this.ctx.id, context);
    return names.map((name) => this.#rows.statusOf(name));
  }

  parked(context: CallContext, name: string, query: ParkedQuery): ParkedPage {
    checkTenant(this.ctx.id, context);
    return this.#rows.parked(name, query);
  }

  parkedTrace(context: CallContext, name: string, traceId: string): Parked | undefined {
    checkTenant(this.ctx.id, context);
    return this.#rows.parkedTrace(name, traceId);
  }

  /** The trace is delivered again from its first parked revision on. What was parked since the entry was read stays. */
  deleteParked(context: CallContext, entry: Pick<Parked, "upstream" | "traceId" | "at">): void {
    checkTenant(this.ctx.id, context);
    this.#rows.deleteParked(entry);
  }

  override async alarm(): Promise<void> {
    const since = this.#meta.get("lookAgain");
    if (since === undefined) return;
    try {
      await this.#deliverSince(Number(since));
    } catch (error) {
      // The platform repeats a failed alarm a few times only.
      log("traces-not-looked-at-again", { level: "warn", error });
      const failed = Number(this.#meta.get("lookAgainFailed") ?? 0) + 1;
      this.#meta.set("lookAgainFailed", String(failed));
      if ((await this.ctx.storage.getAlarm()) === null)
        await this.ctx.storage.setAlarm(
          Date.now() + backoff(failed, LOOK_AGAIN_MILLIS, Math.random(), LONGEST_WAIT_MILLIS),
        );
      return;
    }
    this.#meta.delete("lookAgainFailed");
    // An upstream that was put meanwhile set another alarm, for the traces since then too.
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.#meta.delete("lookAgain");
  }

  /** Makes the owners of the traces of each session that was active since then deliver. Fails after all if one did. */
  async #deliverSince(since: number): Promise<void> {
    const tenant = tenantOf(this.ctx.id);
    const directory = directoryOf(this.env, tenant);
    const query = { filter: EVERY_SESSION, sort: "activity", order: "desc", limit: SESSIONS_A_PAGE } as const;
    let cursor: ListCursor | undefined;
    const failures: unknown[] = [];
    do {
      const page: ListPage = await directory.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      // The directory's own text.
      const summaries = page.sessions.map((summary) => JSON.parse(summary) as SessionSummary);
      const active = summaries.filter(({ liveness }) => Number(liveness.lastArrival) / 1e6 >= since);
      for (const { id } of active) {
        try {
          const traces = await sessionAt(this.env, tenant, id).traces();
          await pool(traces, OWNERS_AT_ONCE, async (traceId) => await sessionAt(this.env, tenant, traceId).deliver());
        } catch (error) {
          failures.push(error);
        }
      }
      cursor = active.length < SESSIONS_A_PAGE ? undefined : page.next;
    } while (cursor !== undefined);
    if (failures.length > 0) throw failures[0];
  }
}
