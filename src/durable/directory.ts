import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../bindings.ts";
import type {
  ChangesPage,
  DirectoryEntry,
  DirectoryFrame,
  ListPage,
  ListQuery,
  SessionRemoval,
  SessionReport,
} from "../trace/directory-contract.ts";
import type { ArrivalNews, Arrivals } from "../trace/stream-events.ts";
import { DirectoryRows } from "./directory-rows.ts";
import type { Change } from "./directory-rows.ts";
import { Subscribers } from "./subscribers.ts";

/** A session reports at most this often. */
const LEAST_INTERVAL_MILLIS = 2_000;
/** Reports a second that one directory takes, with room to serve its readers: sessions share them. */
const REPORTS_PER_SECOND = 200;
const ACTIVE_MILLIS = 60_000;
const ARRIVALS_KEPT = 20;

const NO_ARRIVALS: Arrivals = { last: [], notKept: { logs: 0, metrics: 0 } };

/** The list of a tenant's sessions, live. Rows hold what sessions report; status is computed by whoever reads, from them and the present. */
export class DirectoryObject extends DurableObject<Bindings> {
  readonly #rows: DirectoryRows;
  readonly #subscribers: Subscribers;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#rows = new DirectoryRows(ctx.storage);
    this.#subscribers = new Subscribers(ctx);
  }

  /** Answers after how many milliseconds the session may report again. */
  report(news: SessionReport): { readonly interval: number } {
    const now = Date.now();
    const previous = this.#rows.head;
    const activity = Math.floor(Number(BigInt(news.summary.liveness.lastArrival) / 1_000_000n));
    const taken = this.#rows.write(() => this.#rows.put(news.incarnation, news.revision, news.summary, activity));
    if (taken) this.#publish(previous, { kind: "session", revision: this.#rows.head, summary: news.summary });
    const active = this.#rows.active(now - ACTIVE_MILLIS);
    return { interval: Math.max(LEAST_INTERVAL_MILLIS, (active / REPORTS_PER_SECOND) * 1_000) };
  }

  remove(removal: SessionRemoval, forgotten: boolean): void {
    const previous = this.#rows.head;
    const { id, session } = removal;
    const removed = this.#rows.write(() => this.#rows.remove(id, removal.incarnation, session, forgotten, Date.now()));
    if (removed)
      this.#publish(previous, {
        kind: "gone",
        revision: this.#rows.head,
        id,
        ...(session === undefined ? {} : { session }),
      });
  }

  list(query: ListQuery): ListPage {
    const found = this.#rows.page(query.kind, query.cursor, query.limit + 1);
    const rows = found.slice(0, query.limit);
    const last = rows.at(-1);
    return {
      incarnation: this.#rows.incarnation,
      head: this.#rows.head,
      sessions: rows.map((row) => row.summary),
      arrivals: this.#arrivals(),
      ...(found.length > query.limit && last !== undefined
        ? { next: { activity: last.activity, id: last.summary.id } }
        : {}),
    };
  }

  changes(from: { readonly incarnation: string; readonly revision: number } | undefined, limit: number): ChangesPage {
    const { head, incarnation } = this.#rows;
    const valid = from !== undefined && from.incarnation === incarnation && from.revision <= head;
    const resumed = valid ? this.#rows.changes(from.revision, limit) : undefined;
    const changes = resumed ?? this.#rows.changes(0, limit) ?? [];
    return {
      incarnation,
      head,
      reset: from !== undefined && resumed === undefined,
      entries: changes.map(entryOf),
      next: changes.length < limit ? head : (changes.at(-1)?.revision ?? head),
      arrivals: this.#arrivals(),
    };
  }

  /** Notes what reached the receiver; a Worker sends at most one call a second. */
  arrived(news: ArrivalNews): void {
    const known = this.#arrivals();
    const last = [...news.last, ...known.last].toSorted((a, b) => b.at - a.at).slice(0, ARRIVALS_KEPT);
    const lastRejected = news.last.find((arrival) => arrival.reason !== undefined) ?? known.lastRejected;
    const notKept = {
      logs: known.notKept.logs + news.notKept.logs,
      metrics: known.notKept.metrics + news.notKept.metrics,
    };
    const updated: Arrivals = { last, notKept, ...(lastRejected === undefined ? {} : { lastRejected }) };
    this.#rows.setMeta("arrivals", JSON.stringify(updated));
    const frame: DirectoryFrame = { type: "arrivals", arrivals: updated };
    this.#subscribers.announce(JSON.stringify(frame));
  }

  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    return this.#subscribers.accept("list");
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  #arrivals(): Arrivals {
    const stored = this.#rows.meta("arrivals");
    return stored === undefined ? NO_ARRIVALS : (JSON.parse(stored) as Arrivals);
  }

  #publish(previous: number, entry: DirectoryEntry): void {
    const frame: DirectoryFrame = { type: "change", incarnation: this.#rows.incarnation, previous, entry };
    this.#subscribers.announce(JSON.stringify(frame));
  }
}

function entryOf(change: Change): DirectoryEntry {
  if ("summary" in change) return { kind: "session", revision: change.revision, summary: change.summary };
  const { revision, id, goneTo } = change;
  return { kind: "gone", revision, id, ...(goneTo === undefined ? {} : { session: goneTo }) };
}
