import { checkTenant } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { latestTrace } from "../../session/latest-trace.ts";
import type { LatestTrace } from "../../session/latest-trace.ts";
import { tracesWithSpans } from "../../session/traces-with-spans.ts";
import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import type { Cursor, LogPage, View } from "../../session/contract/log-page.ts";
import type { CursorMoves, OutboxPage, OwnedChunk } from "../../session/contract/outbox.ts";
import type { RecordsPage } from "../../session/contract/log-reader.ts";
import type { SpanLookupPage } from "../../session/contract/span-lookup.ts";
import { append } from "./admission.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Copy, CopyOutcome, TraceDeletion, TraceDeletionOutcome, Revocation } from "./copy/protocol.ts";
import { beginDeletion, deleteTrace } from "./retention/deleting.ts";
import { OwnerCopy } from "./copy/sending.ts";
import { JobRunner, scheduleJobs } from "./jobs.ts";
import { moveCursors, openOutbox, readOwned, rewind } from "./outbox/delivering.ts";
import { locate, peek, readPage, readRecords, readValue, readValues } from "./reading.ts";
import { revoke, storeCopy } from "./copy/receiving.ts";
import { SessionState } from "./state.ts";
import { Subscribers } from "../subscribers.ts";

/** The owner of a trace and the log of a session, live: admits, persists, publishes. Public methods are RPC. */
export class SessionObject extends DurableObject<Bindings> {
  readonly #state: SessionState;
  readonly #copier: OwnerCopy;
  readonly #jobs: JobRunner;
  readonly #commits: GroupCommit;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#state = new SessionState(ctx.storage, env, new Subscribers(ctx), {
      scheduleFrom: scheduleJobs,
      startDue: (now, cause) => {
        const runs = this.#jobs.startDue(now, cause);
        if (runs !== undefined) ctx.waitUntil(runs);
      },
    });
    this.#commits = new GroupCommit(ctx.storage);
    this.#copier = new OwnerCopy(this.#state);
    this.#jobs = new JobRunner(this.#state, this.#copier);
  }

  /** Returns when the delivery is on disk. Throws on transient faults only. */
  append(context: CallContext, delivery: Delivery): AppendOutcome | Promise<AppendOutcome> {
    checkTenant(this.ctx.id, context);
    return this.#commits.run(() => append(this.#state, context, delivery));
  }

  /** An owner copies chunks of its trace to this session. */
  storeCopy(context: CallContext, copy: Copy): CopyOutcome | Promise<CopyOutcome> {
    checkTenant(this.ctx.id, context);
    return this.#commits.run(() => storeCopy(this.#state, context, copy));
  }

  revoke(context: CallContext, revocation: Revocation): void {
    checkTenant(this.ctx.id, context);
    revoke(this.#state, context, revocation);
  }

  async deleteTrace(context: CallContext, deletion: TraceDeletion): Promise<TraceDeletionOutcome> {
    checkTenant(this.ctx.id, context);
    return await deleteTrace(this.#state, this.#copier, context, deletion);
  }

  /** Called by the directory for a session with traces that should have expired, or with unknown storage usage. */
  async expireOverdue(context: CallContext): Promise<"absent" | "present"> {
    checkTenant(this.ctx.id, context);
    if (!this.#state.exists) return "absent";
    await this.#jobs.run("expire", context);
    if (this.#state.isDeleting) await this.#jobs.run("delete", context);
    if (!this.#state.exists) return "absent";
    await this.#jobs.run("report", context);
    return "present";
  }

  read(
    context: CallContext,
    view: View,
    from: Cursor | undefined,
    maxBytes: number,
    until?: number,
    also?: "claims",
  ): LogPage {
    checkTenant(this.ctx.id, context);
    return readPage(this.#state, view, from, maxBytes, until, also);
  }

  peek(context: CallContext, view: View, also?: "queries"): LogPage {
    checkTenant(this.ctx.id, context);
    return peek(this.#state, view, also);
  }

  /** Where the log has a span, and what its session knows of it. */
  locate(context: CallContext, traceId: string, spanId: string, otlpKind?: number): SpanLookupPage {
    checkTenant(this.ctx.id, context);
    return locate(this.#state, traceId, spanId, otlpKind);
  }

  /** The trace that began last; `undefined` without spans. */
  latestTrace(context: CallContext): LatestTrace | undefined {
    checkTenant(this.ctx.id, context);
    if (!this.#state.isReadable) return undefined;
    const { recent, parts } = this.#state.fold;
    return latestTrace(recent, parts.folds(this.#state.settings.prices));
  }

  records(context: CallContext, traceId: string, after: number, maxBytes: number): RecordsPage {
    checkTenant(this.ctx.id, context);
    return readRecords(this.#state, traceId, after, maxBytes);
  }

  /** Makes the owner of a trace deliver it to sinks, if it has anything that they lack. */
  deliver(context: CallContext): void {
    checkTenant(this.ctx.id, context);
    if (!this.#state.exists) return;
    this.#state.jobs.schedule("deliver", this.#state.delivery.nextRingAt(Date.now()));
    this.#state.kick(context);
  }

  openOutbox(context: CallContext, traceId: string): OutboxPage {
    checkTenant(this.ctx.id, context);
    return openOutbox(this.#state, traceId);
  }

  readOwned(context: CallContext, traceId: string, after: number, maxBytes: number): OwnedChunk[] {
    checkTenant(this.ctx.id, context);
    return readOwned(this.#state, traceId, after, maxBytes);
  }

  moveCursors(context: CallContext, traceId: string, moves: CursorMoves): void {
    checkTenant(this.ctx.id, context);
    moveCursors(this.#state, traceId, moves);
  }

  /** Delivers the trace to a sink again, from after one of its own revisions on. */
  rewind(context: CallContext, traceId: string, sink: string, to: number): void {
    checkTenant(this.ctx.id, context);
    rewind(this.#state, traceId, sink, to);
    this.deliver(context);
  }

  /** Ids of the visible traces with spans, in the order of their first spans. */
  traces(context: CallContext): string[] {
    checkTenant(this.ctx.id, context);
    return this.#state.isReadable ? tracesWithSpans(this.#state.visible) : [];
  }

  value(context: CallContext, hash: string): OffloadedValue | undefined {
    checkTenant(this.ctx.id, context);
    return readValue(this.#state, hash);
  }

  /** The first of these values, up to about `maxBytes`; one at least. `undefined` for an unknown hash. */
  values(context: CallContext, hashes: readonly string[], maxBytes: number): (OffloadedValue | undefined)[] {
    checkTenant(this.ctx.id, context);
    return readValues(this.#state, hashes, maxBytes);
  }

  /** `begun`: nothing is shown any more, but an owner could not be called yet, and admits spans until it is. */
  async deleteSession(context: CallContext): Promise<"absent" | "begun" | "deleted"> {
    checkTenant(this.ctx.id, context);
    if (!beginDeletion(this.#state)) return "absent";
    this.#state.jobs.arm(Date.now());
    await this.#jobs.run("delete", context);
    if (!this.#state.isDeleting) return "deleted";
    this.#state.jobs.arm(Date.now());
    return "begun";
  }

  /** A subscriber's socket; `view` is the view that it follows. */
  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const view = new URL(request.url).searchParams.get("view") === "trace" ? "trace" : "session";
    const response = this.#state.subscribers.accept(view);
    this.#watchersChanged();
    return response;
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 mean that no code was received, and must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
    this.#watchersChanged();
  }

  override webSocketError(): void {
    this.#watchersChanged();
  }

  override async alarm(): Promise<void> {
    if (this.#state.exists) return await this.#jobs.runDue();
    // No copy to a session that was deleted a day ago is under way any more.
    this.#state.evict();
    return await this.ctx.storage.deleteAll();
  }

  #watchersChanged(): void {
    const state = this.#state;
    if (!state.exists || state.isEmpty) return;
    state.write(() => state.scheduleReport(Date.now()));
    // A subscriber's socket has no context.
    state.kick(undefined);
  }
}
