import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../config.ts";
import { tracesWithSpans } from "../../session/count-events.ts";
import type { AppendOutcome, Delivery, OffloadedValue } from "../../facts/delivery.ts";
import type { Cursor, LogPage, View } from "../../session/contract/log-page.ts";
import { append } from "./admission.ts";
import type { Copy, CopyOutcome, Release, ReleaseOutcome, Withdrawal } from "./copy/protocol.ts";
import { beginForgetting, forget, release } from "./retention/deleting.ts";
import { expire } from "./retention/expiring.ts";
import { OwnerCopy } from "./copy/sending.ts";
import type { JobKind } from "./jobs.ts";
import { bindingPositions } from "./binding.ts";
import type { Positions } from "./binding.ts";
import { peek, readPage } from "./reading.ts";
import { receive, withdraw } from "./copy/receiving.ts";
import { report } from "./reporting.ts";
import { SessionCore } from "./core.ts";
import { Subscribers } from "../subscribers.ts";

/** A trace's home and a session's log, live: admits, persists, publishes. Public methods are RPC. */
export class SessionObject extends DurableObject<Bindings> {
  readonly #core: SessionCore;
  readonly #copier: OwnerCopy;
  readonly #active = new Map<JobKind, Promise<void>>();

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#core = new SessionCore(ctx, env, new Subscribers(ctx), (kind) => this.#run(kind));
    this.#copier = new OwnerCopy(this.#core);
  }

  /** Acknowledged when on disk. Throws on passing faults only. */
  append(tenant: string, delivery: Delivery): AppendOutcome {
    return append(this.#core, tenant, delivery);
  }

  receive(tenant: string, copy: Copy): CopyOutcome {
    return receive(this.#core, tenant, copy);
  }

  withdraw(tenant: string, withdrawal: Withdrawal): void {
    withdraw(this.#core, tenant, withdrawal);
  }

  async release(_tenant: string, released: Release): Promise<ReleaseOutcome> {
    return await release(this.#core, this.#copier, released);
  }

  /** The list found that something here should be forgotten by now, or knows too little of it. */
  async tidy(): Promise<"absent" | "present"> {
    if (!this.#core.exists) return "absent";
    await this.#run("expire");
    if (this.#core.state.log.meta.forgetting) await this.#run("forget");
    if (!this.#core.exists) return "absent";
    await this.#run("directory");
    return "present";
  }

  read(view: View, from: Cursor | undefined, maxBytes: number, until?: number): LogPage {
    return readPage(this.#core, view, from, maxBytes, until);
  }

  peek(view: View, also?: "queries"): LogPage {
    return peek(this.#core, view, also);
  }

  /** Positions of beaten encodings that alone name the session of their trace, in the log up to `until`. */
  naming(until: number): Positions[] {
    return this.#core.exists && !this.#core.state.log.meta.forgetting ? bindingPositions(this.#core.state, until) : [];
  }

  /** Ids of the traces with spans that the session shows, as they were first seen. */
  traces(): string[] {
    return this.#core.exists && !this.#core.state.log.meta.forgetting ? tracesWithSpans(this.#core.state.shown) : [];
  }

  value(hash: string): OffloadedValue | undefined {
    const { log } = this.#core.state;
    return this.#core.exists && !log.meta.forgetting ? log.values.get(hash) : undefined;
  }

  /** Of the values so many, from the first on, as reach `maxBytes`; one at least. `undefined`: there is none of that hash. */
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

  /** `begun`: nothing is shown any more, but a home could not be told yet, and takes spans until it is. */
  async forget(): Promise<"absent" | "begun" | "forgotten"> {
    if (!beginForgetting(this.#core)) return "absent";
    this.#core.state.jobs.arm(Date.now());
    await this.#run("forget");
    if (!this.#core.state.log.meta.forgetting) return "forgotten";
    this.#core.state.jobs.arm(Date.now());
    return "begun";
  }

  /** A subscriber's socket; `view` says what it follows. */
  override fetch(request: Request): Response {
    if (request.headers.get("Upgrade") !== "websocket") return new Response(null, { status: 426 });
    const view = new URL(request.url).searchParams.get("view") === "trace" ? "trace" : "session";
    const response = this.#core.subscribers.accept(view);
    this.#watchersChanged();
    return response;
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    // 1005 and 1006 say that no code came, and must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
    this.#watchersChanged();
  }

  override webSocketError(): void {
    this.#watchersChanged();
  }

  override async alarm(): Promise<void> {
    if (!this.#core.exists) {
      // Of what was deleted a day ago no copy is under way any more.
      this.#core.discard();
      return await this.ctx.storage.deleteAll();
    }
    const { jobs } = this.#core.state;
    jobs.rang();
    // What will be old, and when, is known of a log that is folded.
    void this.#core.state.folded;
    const now = Date.now();
    for (const kind of ["expire", "forget", "copy", "directory"] as const) {
      if (this.#core.exists && this.#core.state.jobs.isDue(kind, now)) await this.#run(kind);
    }
    if (this.#core.exists) this.#core.state.jobs.arm(Date.now());
  }

  /** One run of a kind at a time. A fault of one job is its own: it is tried again later, and the others go on. */
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
      else if (kind === "forget") await forget(this.#core, this.#copier);
      else if (kind === "expire") await expire(this.#core, this.#copier);
      else await this.#copy();
    } catch (error) {
      console.warn(JSON.stringify({ message: "a job failed and will be tried again", kind, error: String(error) }));
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
    if (!this.#core.exists || this.#core.state.shown.itemCount === 0) return;
    this.#core.write((state) => this.#core.oweReport(state, Date.now()));
    this.#core.kick();
  }
}
