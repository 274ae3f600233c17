import { nanoseconds } from "../../lib/nanoseconds.ts";
import type { Bindings, PriceSetting } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import { priceSetting, retentionSetting } from "../../config.ts";
import type { RetentionRule } from "../../session/contract/retention.ts";
import { foldQueries } from "../../session/queries.ts";
import { rollUp } from "../../session/roll-up.ts";
import { searchText } from "../../session/list/search-text.ts";
import { searchableIn } from "../../session/list/searchable.ts";
import { queriesOf, summarise } from "../../session/summarise.ts";
import type { QuerySummary, SessionSummary } from "../../session/summary.ts";
import type { LogEntry, View } from "../../session/contract/log-page.ts";
import { nextExpiryAt } from "./expiry.ts";
import type { JobKind } from "./jobs.ts";
import { SessionState } from "./state.ts";
import type { Subscribers } from "../subscribers.ts";

type FoldedSummary = { readonly of: string; readonly summary: SessionSummary; readonly search: string };

/** What the parts of a session object share: its storage, its state, its neighbours. */
export class SessionCore {
  readonly ctx: DurableObjectState;
  readonly env: Bindings;
  readonly subscribers: Subscribers;
  readonly #runJob: (kind: JobKind) => Promise<void>;
  #state: SessionState | undefined;
  /** Not on disk: after a wake one report is superfluous. */
  #reported = { at: 0, interval: 0 };
  #summary: FoldedSummary | undefined;
  readonly prices: PriceSetting;
  readonly retention: RetentionRule;

  constructor(
    ctx: DurableObjectState,
    env: Bindings,
    subscribers: Subscribers,
    runJob: (kind: JobKind) => Promise<void>,
  ) {
    this.ctx = ctx;
    this.env = env;
    this.subscribers = subscribers;
    this.#runJob = runJob;
    this.prices = priceSetting(env);
    this.retention = retentionSetting(env);
  }

  get state(): SessionState {
    this.#state ??= new SessionState(this.ctx.storage, (state) => {
      const expiry = nextExpiryAt(this.retention, state);
      if (expiry !== undefined) state.jobs.schedule("expire", expiry);
    });
    return this.#state;
  }

  get exists(): boolean {
    return this.state.log.meta.generation !== undefined;
  }

  get tenant(): string {
    return this.state.log.meta.tenant;
  }

  /** Evicts the state in memory, which may differ from the one on disk: the next use folds it anew. */
  evict(): void {
    this.#state = undefined;
    this.#summary = undefined;
  }

  /** One transaction. If it fails, the state in memory is evicted with it. */
  write<T>(change: (state: SessionState) => T): T {
    try {
      return this.ctx.storage.transactionSync(() => change(this.state));
    } catch (error) {
      this.evict();
      throw error;
    }
  }

  session(id: string) {
    return sessionAt(this.env, this.tenant, id);
  }

  directory() {
    return directoryOf(this.env, this.tenant);
  }

  summary(): SessionSummary | undefined {
    const summary = this.#folded()?.summary;
    // Beside the fold: a change of watchers must not fold the session anew.
    return summary && { ...summary, watchers: this.subscribers.count("session") };
  }

  /** The text by which the list finds the session. */
  search(): string {
    return this.#folded()?.search ?? "";
  }

  queries(): QuerySummary[] {
    const { visible: shown } = this.state;
    return queriesOf(shown, foldQueries(shown, this.prices.prices));
  }

  #folded(): FoldedSummary | undefined {
    const { visible: shown, sessionHead: shownHead, log, lastArrival } = this.state;
    if (shown.itemCount === 0) return undefined;
    const of = `${log.meta.generation}.${shownHead}`;
    if (this.#summary?.of !== of) {
      const belongsTo = this.state.rows.owned()?.refused;
      const about = {
        id: this.state.id,
        lastArrival: nanoseconds(lastArrival),
        watchers: 0,
        ...(belongsTo === undefined ? {} : { belongsTo }),
      };
      const fold = foldQueries(shown, this.prices.prices);
      const rolled = rollUp(shown, fold.groups);
      const summary = summarise(shown, about, fold, rolled);
      this.#summary = { of, summary, search: searchText(searchableIn(shown, summary, fold, rolled)) };
    }
    return this.#summary;
  }

  publish(view: View, previous: number, entry: LogEntry): void {
    const generation = this.state.log.meta.generation;
    if (generation === undefined) return;
    this.subscribers.publish(view, { generation, previous, revision: entry.revision, entry });
  }

  /** Schedules a report to the directory, at once if there was none for a while; call inside the transaction that gives cause. */
  scheduleReport({ jobs, log }: SessionState, now: number): void {
    log.meta.setListed(true);
    jobs.schedule("directory", this.nextReportAt(now));
  }

  nextReportAt(now: number): number {
    const { at, interval } = this.#reported;
    // If the clock was set back since, it does not say how much of the interval is over.
    return at > now ? now : Math.max(now, at + interval);
  }

  reported(at: number, interval: number): void {
    this.#reported = { at, interval };
  }

  /** Starts jobs that are due in the background; the alarm repeats them after a fault. */
  kick(): void {
    const { jobs } = this.state;
    const now = Date.now();
    for (const kind of ["directory", "copy"] as const) {
      if (jobs.isDue(kind, now)) this.ctx.waitUntil(this.#runJob(kind));
    }
    jobs.arm(now);
  }
}
