import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { latestTrace } from "../../session/latest-trace.ts";
import type { LatestTrace } from "../../session/latest-trace.ts";
import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import { log } from "../../lib/log.ts";
import type { LogCall, ShardCall } from "../../place.ts";
import type { LogIds } from "../../session/contract/directory.ts";
import type { Cursor, LogPage, View } from "../../session/contract/log-page.ts";
import type { CursorMoves, OutboxPage, OwnedChunk } from "../../session/contract/outbox.ts";
import type { OwnedPage, OwnedPlace, OwnersPage } from "../../session/contract/owned-traces.ts";
import type { RecordsPage } from "../../session/contract/log-reader.ts";
import type { ShardWaiting } from "../../session/contract/upstreams.ts";
import type { SpanLookupPage } from "../../session/contract/span-lookup.ts";
import { tracesWithSpans } from "../../session/traces-with-spans.ts";
import { Subscribers } from "../subscribers.ts";
import { append } from "./admission.ts";
import type { Copy, CopyOutcome, TraceDeletion, TraceDeletionOutcome, Revocation } from "./copy/protocol.ts";
import { revoke, storeCopy } from "./copy/receiving.ts";
import { moveCursors, openOutbox, readOwned, rewind } from "./outbox/delivering.ts";
import { waitingIn } from "./outbox/waiting.ts";
import { readOwner, readOwners } from "./owners.ts";
import { locate, peek, readPage, readRecords, readValue, readValues } from "./reading.ts";
import { beginDeletion, deleteTrace } from "./retention/deleting.ts";
import { Shard } from "./shard.ts";
import type { ShardLog } from "./shard.ts";

const SHARD_FULL =
  "the object that holds it is full: it makes room by deleting the sessions that were silent for longest";

/**
 * A shard of a tenant's logs, live: admits, persists, publishes. A log is the owner of a trace, a session, or both. Public methods are
 * RPC; all but `append`, `readOwners` and `waiting` concern the log that the context names.
 */
export class SessionObject extends DurableObject<Bindings> {
  readonly #shard: Shard;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#shard = new Shard(ctx, env, this);
  }

  #log(context: LogCall): ShardLog {
    this.#shard.check(context);
    return this.#shard.log(context.id);
  }

  /** Admits each delivery at the owner of its trace. Returns when they are on disk; the outcomes are in the deliveries' order. */
  append(context: ShardCall, deliveries: readonly Delivery[]): AppendOutcome[] | Promise<AppendOutcome[]> {
    this.#shard.check(context);
    const { isFull, making } = this.#shard.room.look(Date.now());
    if (making !== undefined) this.#shard.waitUntil(making);
    if (isFull) return deliveries.map(() => ({ outcome: "full", reason: SHARD_FULL }));
    return this.#shard.commits.run(() => deliveries.map((delivery) => this.#append(context, delivery)));
  }

  /** A transient fault in one harms no other. */
  #append(context: ShardCall, delivery: Delivery): AppendOutcome {
    try {
      return append(this.#shard.log(delivery.traceId).state, context, delivery);
    } catch (error) {
      log("delivery-failed", { level: "warn", traceId: delivery.traceId, error });
      return { outcome: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Makes the logs after an id report again, and look whether their copies are complete, a page of them; `""`: from the first on. */
  reportAgain(context: ShardCall, after: string): LogIds {
    this.#shard.check(context);
    return this.#shard.reportAgain(after);
  }

  /** An owner copies chunks of its trace to this session. */
  storeCopy(context: LogCall, copy: Copy): CopyOutcome | Promise<CopyOutcome> {
    this.#shard.check(context);
    // The log may leave memory while the copy waits.
    return this.#shard.commits.run(() => storeCopy(this.#shard.log(context.id).state, context, copy));
  }

  revoke(context: LogCall, revocation: Revocation): void {
    revoke(this.#log(context).state, context, revocation);
  }

  async deleteTrace(context: LogCall, deletion: TraceDeletion): Promise<TraceDeletionOutcome> {
    return await this.#log(context).hold(
      async ({ state, copier }) => await deleteTrace(state, copier, context, deletion),
    );
  }

  /** Called by the directory for a session with traces that should have expired, or with unknown storage usage. */
  async expireOverdue(context: LogCall): Promise<"absent" | "present"> {
    return await this.#log(context).hold(async ({ state, jobs }) => {
      if (!state.exists) return "absent";
      await jobs.run("expire", context);
      if (state.isDeleting) await jobs.run("delete", context);
      if (!state.exists) return "absent";
      await jobs.run("report", context);
      return "present";
    });
  }

  read(
    context: LogCall,
    view: View,
    from: Cursor | undefined,
    maxBytes: number,
    until?: number,
    also?: "claims",
  ): LogPage {
    return readPage(this.#log(context).state, view, from, maxBytes, until, also);
  }

  peek(context: LogCall, view: View, also?: "queries"): LogPage {
    return peek(this.#log(context).state, view, also);
  }

  /** Where the log has a span, and what its session knows of it. */
  locate(context: LogCall, traceId: string, spanId: string, otlpKind?: number): SpanLookupPage {
    return locate(this.#log(context).state, traceId, spanId, otlpKind);
  }

  /** The trace that began last; `undefined` without spans. */
  latestTrace(context: LogCall): LatestTrace | undefined {
    const { state } = this.#log(context);
    if (!state.isReadable) return undefined;
    const { recent, parts } = state.fold;
    return latestTrace(recent, parts.folds(state.settings.prices));
  }

  records(context: LogCall, traceId: string, after: number, maxBytes: number): RecordsPage {
    return readRecords(this.#log(context).state, traceId, after, maxBytes);
  }

  /** Makes the owner of a trace deliver it to sinks, if it has anything that they lack. */
  deliver(context: LogCall): void {
    const { state } = this.#log(context);
    if (!state.exists) return;
    state.jobs.schedule("deliver", state.delivery.nextRingAt(Date.now()));
    state.kick(context);
  }

  /** What sinks lack of the traces that logs of this shard own. */
  waiting(context: ShardCall): ShardWaiting {
    this.#shard.check(context);
    return waitingIn(this.#shard);
  }

  openOutbox(context: LogCall, traceId: string): OutboxPage {
    return openOutbox(this.#log(context).state, traceId);
  }

  readOwned(context: LogCall, traceId: string, after: number, maxBytes: number): OwnedChunk[] {
    return readOwned(this.#log(context).state, traceId, after, maxBytes);
  }

  /** The traces that logs of this shard own, after an id, with later deliveries than `since` (Unix milliseconds): up to about `maxBytes`. */
  readOwners(context: ShardCall, after: string, since: number, maxBytes: number): OwnersPage {
    this.#shard.check(context);
    return readOwners(this.#shard, after, since, maxBytes);
  }

  /** More of one of them. */
  readOwner(context: LogCall, after: OwnedPlace, maxBytes: number): OwnedPage | undefined {
    return readOwner(this.#log(context).state, after, maxBytes);
  }

  moveCursors(context: LogCall, traceId: string, moves: CursorMoves): void {
    moveCursors(this.#log(context).state, traceId, moves);
  }

  /** Delivers the trace to a sink again, from after one of its own revisions on. */
  rewind(context: LogCall, traceId: string, sink: string, to: number): void {
    rewind(this.#log(context).state, traceId, sink, to);
    this.deliver(context);
  }

  /** Ids of the visible traces with spans, in the order of their first spans. */
  traces(context: LogCall): string[] {
    const { state } = this.#log(context);
    return state.isReadable ? tracesWithSpans(state.visible) : [];
  }

  value(context: LogCall, hash: string): OffloadedValue | undefined {
    return readValue(this.#log(context).state, hash);
  }

  /** The first of these values, up to about `maxBytes`; one at least. `undefined` for an unknown hash. */
  values(context: LogCall, hashes: readonly string[], maxBytes: number): (OffloadedValue | undefined)[] {
    return readValues(this.#log(context).state, hashes, maxBytes);
  }

  /** `begun`: nothing is shown any more, but an owner could not be called yet, and admits spans until it is. */
  async deleteSession(context: LogCall): Promise<"absent" | "begun" | "deleted"> {
    return await this.#log(context).hold(async ({ state, jobs }) => {
      if (!beginDeletion(state)) return "absent";
      state.jobs.arm(Date.now());
      await jobs.run("delete", context);
      if (!state.isDeleting) return "deleted";
      state.jobs.arm(Date.now());
      return "begun";
    });
  }

  /** A subscriber's socket: `log` names the log, `view` the view that it follows. */
  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const { searchParams } = new URL(request.url);
    const view = searchParams.get("view") === "trace" ? "trace" : "session";
    const id = searchParams.get("log") ?? "";
    const response = this.#shard.log(id).state.subscribers.accept(view);
    this.#watchersChanged(id);
    return response;
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 mean that no code was received, and must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
    this.#watchersChanged(Subscribers.of(socket));
  }

  override webSocketError(socket: WebSocket): void {
    this.#watchersChanged(Subscribers.of(socket));
  }

  override async alarm(): Promise<void> {
    await this.#shard.alarm();
  }

  #watchersChanged(id: string): void {
    const { state } = this.#shard.log(id);
    if (!state.exists || state.isEmpty) return;
    state.write(() => state.scheduleReport(Date.now()));
    // A subscriber's socket has no context.
    state.kick(undefined);
  }
}
