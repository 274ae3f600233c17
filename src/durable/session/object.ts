import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { tracesWithSpans } from "../../session/traces-with-spans.ts";
import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import type { Cursor, LogPage, View } from "../../session/contract/log-page.ts";
import { append } from "./admission.ts";
import type { Copy, CopyOutcome, TraceDeletion, TraceDeletionOutcome, Revocation } from "./copy/protocol.ts";
import { beginDeletion, deleteSession, deleteTrace } from "./retention/deleting.ts";
import { expire } from "./retention/expiring.ts";
import { OwnerCopy } from "./copy/sending.ts";
import type { JobKind } from "./jobs.ts";
import { peek, readPage } from "./reading.ts";
import { receive, revoke } from "./copy/receiving.ts";
import { report } from "./reporting.ts";
import { SessionCore } from "./core.ts";
import { Subscribers } from "../subscribers.ts";
import { log } from "../../lib/log.ts";

/** The owner of a trace and the log of a session, live: admits, persists, publishes. Public methods are RPC. */
export class SessionObject extends DurableObject<Bindings> {
  readonly #core: SessionCore;
  readonly #copier: OwnerCopy;
  readonly #active = new Map<JobKind, Promise<void>>();

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#core = new SessionCore(ctx, env, new Subscribers(ctx), (kind) => this.#run(kind));
    this.#copier = new OwnerCopy(this.#core);
  }

  /** Returns when the delivery is on disk. Throws on transient faults only. */
  append(tenant: string, delivery: Delivery): AppendOutcome {
    return append(this.#core, tenant, delivery);
  }

  receive(tenant: string, copy: Copy): CopyOutcome {
    return receive(this.#core, tenant, copy);
  }

  revoke(tenant: string, revocation: Revocation): void {
    revoke(this.#core, tenant, revocation);
  }

  async deleteTrace(_tenant: string, deletion: TraceDeletion): Promise<TraceDeletionOutcome> {
    return await deleteTrace(this.#core, this.#copier, deletion);
  }

  /** Called by the directory for a session with traces that should have expired, or with unknown storage usage. */
  async expireOverdue(): Promise<"absent" | "present"> {
    if (!this.#core.exists) return "absent";
    await this.#run("expire");
    if (this.#core.state.log.meta.deleting) await this.#run("delete");
    if (!this.#core.exists) return "absent";
    await this.#run("directory");
    return "present";
  }

  read(view: View, from: Cursor | undefined, maxBytes: number, until?: number, also?: "claims"): LogPage {
    return readPage(this.#core, view, from, maxBytes, until, also);
  }

  peek(view: View, also?: "queries"): LogPage {
    return peek(this.#core, view, also);
  }

  /** Ids of the visible traces with spans, in the order of their first spans. */
  traces(): string[] {
    return this.#core.exists && !this.#core.state.log.meta.deleting ? tracesWithSpans(this.#core.state.visible) : [];
  }

  value(hash: string): OffloadedValue | undefined {
    const { state } = this.#core;
    return this.#core.exists && !state.log.meta.deleting ? state.log.values.get(hash) : undefined;
  }

  /** The first of these values, up to about `maxBytes`; one at least. `undefined` for an unknown hash. */
  values(hashes: readonly string[], maxBytes: number): (OffloadedValue | undefined)[] {
    const values: (OffloadedValue | undefined)[] = [];
    let bytes = 0;
    for (const hash of hashes) {
      if (values.length > 0 && bytes >= maxBytes) break;
      const value = this.value(hash);
      values.push(value);
      bytes += value?.body.length ?? 0;
    }
    return values;
  }

  /** `begun`: nothing is shown any more, but an owner could not be called yet, and admits spans until it is. */
  async deleteSession(): Promise<"absent" | "begun" | "deleted"> {
    if (!beginDeletion(this.#core)) return "absent";
    this.#core.state.jobs.arm(Date.now());
    await this.#run("delete");
    if (!this.#core.state.log.meta.deleting) return "deleted";
    this.#core.state.jobs.arm(Date.now());
    return "begun";
  }

  /** A subscriber's socket; `view` is the view that it follows. */
  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const view = new URL(request.url).searchParams.get("view") === "trace" ? "trace" : "session";
    const response = this.#core.subscribers.accept(view);
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
    if (!this.#core.exists) {
      // No copy to a session that was deleted a day ago is under way any more.
      this.#core.evict();
      return await this.ctx.storage.deleteAll();
    }
    const { jobs } = this.#core.state;
    jobs.fired();
    // The fold derives when the next trace expires.
    void this.#core.state.folded;
    const now = Date.now();
    for (const kind of ["expire", "delete", "copy", "directory"] as const) {
      if (this.#core.exists && this.#core.state.jobs.isDue(kind, now)) await this.#run(kind);
    }
    if (this.#core.exists) this.#core.state.jobs.arm(Date.now());
  }

  /** One run of a kind at a time. A fault concerns one job only: that job is retried, and the others go on. */
  #run(kind: JobKind): Promise<void> {
    const active = this.#active.get(kind);
    if (active !== undefined && kind !== "copy") return active;
    const run = this.#attempt(kind).finally(() => this.#active.delete(kind));
    this.#active.set(kind, run);
    return run;
  }

  async #attempt(kind: JobKind): Promise<void> {
    try {
      if (kind === "directory") await report(this.#core);
      else if (kind === "delete") await deleteSession(this.#core, this.#copier);
      else if (kind === "expire") await expire(this.#core, this.#copier);
      else await this.#copy();
    } catch (error) {
      log("job-failed", { level: "warn", kind, error });
      if (!this.#core.exists) return;
      this.#core.state.jobs.failed(kind, Date.now());
      this.#core.state.jobs.arm(Date.now());
    }
  }

  async #copy(): Promise<void> {
    await this.#copier.run();
    if (this.#core.exists) this.#core.state.jobs.done("copy");
  }

  #watchersChanged(): void {
    if (!this.#core.exists || this.#core.state.visible.itemCount === 0) return;
    this.#core.write((state) => this.#core.scheduleReport(state, Date.now()));
    this.#core.kick();
  }
}
