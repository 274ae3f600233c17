import type { Bindings } from "../../config.ts";
import { sessionAt } from "../../place.ts";
import type { CallContext } from "../../place.ts";
import { SENDING_MILLIS } from "../../session/contract/outbox.ts";
import type { Outbox, OutboxPage, OutboxRow } from "../../session/contract/outbox.ts";
import { sinkName } from "../../session/contract/upstreams.ts";
import type { Parked, UpstreamReport } from "../../session/contract/upstreams.ts";
import type { DeliveryOutcome, Sink, Transport } from "../sink.ts";
import { destinationOf } from "../http/destination.ts";
import type { Destination } from "../http/destination.ts";
import { nextTry } from "../http/retry.ts";
import { isRunning, TraceRule } from "./matching.ts";
import { otlpUpstream, signalUrl } from "./otlp-upstream.ts";
import type { SignalBatch } from "./otlp-upstream.ts";
import { loadUpstreams, PRIMARY, upstreamsOf } from "./registry.ts";
import type { Upstream } from "./registry.ts";
import { halves, traceBatches, TraceReader } from "./trace-batches.ts";
import type { Cursor, NumberedBatch, TraceSignal, Wanted } from "./trace-batches.ts";

/**
 * One run: delivers what a trace's upstreams lack of it, each in order. Runs may be repeated or lost, since the owner knows how far
 * each upstream is.
 */
export async function deliverTrace(
  env: Bindings,
  caller: CallContext,
  traceId: string,
  transport: Transport,
): Promise<void> {
  const owner: Outbox = sessionAt(env, caller, traceId);
  let { self, upstreams } = await loadUpstreams(env, caller);
  const page = await owner.openOutbox(traceId);
  if (page.state !== "present") return;
  const isKnown = (row: OutboxRow): boolean => sinksOfAll(upstreams).some((sink) => isOf(row, sink));
  if (!page.rows.every(isKnown)) ({ self, upstreams } = await loadUpstreams(env, caller, "now"));
  const stale = page.rows.filter((row) => !isKnown(row)).map(({ sink }) => sink);
  const sinks = sinksOfAll(upstreams);
  const reader = new TraceReader(owner, traceId, page.head, sinks.length);
  const run: Run = {
    owner,
    reader,
    traceId,
    page,
    until: Date.now() + SENDING_MILLIS,
    transport,
    self,
    tenant: caller.tenant,
  };
  const deliveries = await Promise.all(
    sinks.map(async (sink) => {
      const { upstream, signal } = sink;
      const known = page.rows.find((row) => isOf(row, sink));
      const delivery = new SignalDelivery(run, upstream, signal, known ?? newRow(sink));
      // Else a trace of long ago would be sent because it was looked at.
      if (known !== undefined || page.newest >= upstream.since) await delivery.run();
      return delivery;
    }),
  );
  const reports = deliveries.flatMap(({ report }) => (report === undefined ? [] : [report]));
  const parked = deliveries.flatMap((delivery) => delivery.parked);
  // Before the cursors: what is parked must be listed whatever happens next.
  if (reports.length > 0 || parked.length > 0) await upstreamsOf(env, caller).report(reports, parked);
  const rows = deliveries.filter(({ isChanged }) => isChanged).map(({ row }) => row);
  const dropped = stale.filter((sink) => !rows.some((row) => row.sink === sink));
  await owner.moveCursors(traceId, { run: page.run, rows, dropped, end: { head: page.head } });
}

type SignalSink = { readonly name: string; readonly upstream: Upstream; readonly signal: TraceSignal };

/** What each upstream takes has a cursor of its own. */
function sinksOfAll(upstreams: readonly Upstream[]): SignalSink[] {
  return upstreams.flatMap((upstream) =>
    signalsOf(upstream).map((signal) => ({ name: sinkName(upstream.name, signal), upstream, signal })),
  );
}

function signalsOf({ settings }: Upstream): readonly TraceSignal[] {
  return settings.logs === "sent" ? ["traces", "logs"] : ["traces"];
}

type Run = {
  readonly owner: Outbox;
  readonly reader: TraceReader;
  readonly traceId: string;
  readonly page: Extract<OutboxPage, { state: "present" }>;
  /** Unix milliseconds. */
  readonly until: number;
  readonly transport: Transport;
  readonly self: string;
  readonly tenant: string;
};

const ITEM = { traces: "span", logs: "log record" } as const;

/** Whether the row is of this upstream, not of one of its name that was deleted. The primary is one, whatever its variables say. */
function isOf({ sink, since }: OutboxRow, { name, upstream }: SignalSink): boolean {
  if (sink !== name) return false;
  return upstream.name === PRIMARY || since === undefined || since === upstream.since;
}

function newRow({ name, upstream }: SignalSink): OutboxRow {
  return {
    sink: name,
    since: upstream.since,
    rule: "",
    matched: false,
    scanned: 0,
    delivered: 0,
    position: 0,
    attempts: 0,
    failingSince: 0,
    dueAt: 0,
  };
}

/** What one run delivers of one signal to one upstream. */
class SignalDelivery {
  readonly #run: Run;
  readonly #upstream: Upstream;
  readonly #signal: TraceSignal;
  readonly #destination: Destination;
  readonly #sink: Sink<SignalBatch>;
  readonly parked: Parked[] = [];
  row: OutboxRow;
  isChanged = false;
  #saved: OutboxRow;
  #report: UpstreamReport | undefined;

  constructor(run: Run, upstream: Upstream, signal: TraceSignal, row: OutboxRow) {
    this.#run = run;
    this.#upstream = upstream;
    this.#signal = signal;
    this.row = row;
    this.#saved = row;
    const { endpoint, ...settings } = upstream.settings;
    const url = signalUrl(endpoint, signal);
    this.#destination = destinationOf(run.tenant, upstream.name, url);
    this.#sink = otlpUpstream({ ...settings, url, headers: upstream.headers }, run.self);
  }

  get report(): UpstreamReport | undefined {
    return this.#report;
  }

  async run(): Promise<void> {
    const { page } = this.#run;
    if (!this.row.matched || this.row.rule !== this.#rule()) await this.#match();
    const now = Date.now();
    if (!this.row.matched || this.row.delivered >= page.head || this.row.dueAt > now) return;
    if (this.#upstream.off !== undefined) return this.#failed(this.#upstream.off);
    const random = Math.random();
    if (this.#isLeftAlone(now, random)) return;
    // No failure: it waits for a place.
    const readyAt = this.#destination.readyAt(now, random);
    if (readyAt > now) return this.#change({ dueAt: readyAt });
    await this.#destination.run(now, async () => await this.#send());
  }

  #rule(): string {
    const { match, sampling, errors } = this.#upstream.settings;
    return JSON.stringify([match, sampling, errors]);
  }

  /** Looks for spans that make the trace go there, among those that no run has looked at. */
  async #match(): Promise<void> {
    const { reader, traceId, page } = this.#run;
    const text = this.#rule();
    const before = this.row.rule === text ? this.row.scanned : 0;
    const rule = new TraceRule(this.#upstream.settings, traceId);
    let scanned = before;
    if (!rule.isMatched && !rule.isExcluded) {
      for await (const chunk of reader.chunksAfter(rule.isCumulative ? 0 : before)) {
        if (chunk.signal === "traces") for (const span of chunk.spans()) rule.look(span);
        else if (this.#signal === "logs") for (const record of chunk.records()) rule.lookAtRecord(record);
        scanned = chunk.traceRevision;
        if (rule.isMatched) break;
      }
    }
    this.#change({ rule: text, matched: rule.isMatched, scanned: Math.max(scanned, page.head), dueAt: 0 });
  }

  /** Whether nothing is sent there for a while, since it keeps failing. */
  #isLeftAlone(now: number, random: number): boolean {
    const dueAt = this.#destination.reopensAt(now, random);
    if (dueAt === undefined) return false;
    this.#change({ dueAt, failingSince: this.row.failingSince || now });
    return true;
  }

  async #send(): Promise<void> {
    const { page, reader } = this.#run;
    const { running } = this.#upstream.settings;
    const wanted: Wanted =
      this.#signal === "logs"
        ? { signal: "logs" }
        : { signal: "traces", isSent: ({ span }) => running === "sent" || !isRunning(span) };
    for await (const batch of traceBatches(reader, this.row, wanted))
      if ((await this.#sendBatch(batch)) === "stopped") return;
    // A chunk of which nothing could be delivered ends here too.
    if (this.row.delivered < page.head) this.#change({ delivered: page.head, position: 0 });
  }

  /** The batch, or its halves for as long as they are too large. Each part that the receiver answers is progress. */
  async #sendBatch(whole: NumberedBatch): Promise<"done" | "stopped"> {
    const parts = [whole];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const now = Date.now();
      if (now > this.#run.until) {
        this.#change({ dueAt: 0 });
        return "stopped";
      }
      if (this.#isLeftAlone(now, Math.random())) return "stopped";
      // A run that dies repeats one batch, not all.
      if (this.row !== this.#saved) await this.#save();
      const outcome = part.batch.items === 0 ? ({ outcome: "accepted" } as const) : await this.#deliver(part.batch);
      if (outcome.outcome === "retry") {
        this.#failed(outcome.reason, outcome.afterMillis);
        return "stopped";
      }
      if (outcome.outcome === "split" && part.batch.items > 1) {
        parts.push(...halves(part).toReversed());
        continue;
      }
      if (outcome.outcome === "refused") this.#park(part.end, outcome.reason);
      if (outcome.outcome === "split")
        this.#park(part.end, `one ${ITEM[this.#signal]} is too large: ${outcome.reason}`);
      this.#change({ ...part.end, attempts: 0, failingSince: 0, dueAt: 0 });
    }
    return "done";
  }

  async #deliver(batch: SignalBatch): Promise<DeliveryOutcome> {
    const { timeout } = this.#upstream.settings;
    const { outcome } = await this.#destination.attempt(this.#sink, batch, this.#run.transport, timeout);
    if (outcome.outcome === "accepted") {
      const { items = 0, reason } = outcome.rejected ?? {};
      this.#count(batch.items - items, items, reason);
    }
    return outcome;
  }

  #failed(reason: string, afterMillis?: number): void {
    this.#note(reason);
    const next = nextTry(this.row, Date.now(), afterMillis);
    if (next !== "given up") return this.#change(next);
    const end = { delivered: this.#run.page.head, position: 0 };
    this.#park(end, `no success for 24 h: ${reason}`);
    this.#change({ ...end, attempts: 0, failingSince: 0, dueAt: 0 });
  }

  /** What is lacking up to there. */
  #park({ delivered, position }: Cursor, reason: string): void {
    const { traceId } = this.#run;
    const at = Date.now();
    const first = this.row.delivered + 1;
    const last = position > 0 ? delivered + 1 : delivered;
    const said = this.#signal === "logs" ? `logs: ${reason}` : reason;
    this.parked.push({ upstream: this.#upstream.name, traceId, first, last, reason: said, at });
    this.#note(reason);
  }

  #count(items: number, rejected: number, reason: string | undefined): void {
    const { name } = this.#upstream;
    const rejection = reason ?? this.#report?.rejection;
    this.#report = {
      name,
      signal: this.#signal,
      items: (this.#report?.items ?? 0) + items,
      rejected: (this.#report?.rejected ?? 0) + rejected,
      ...(rejection === undefined ? {} : { rejection }),
      at: Date.now(),
      isUp: true,
    };
  }

  #note(message: string): void {
    const { name } = this.#upstream;
    const none = { name, signal: this.#signal, items: 0, rejected: 0 };
    this.#report = { ...none, ...this.#report, message, at: Date.now(), isUp: false };
  }

  #change(fields: Partial<OutboxRow>): void {
    this.row = { ...this.row, ...fields };
    this.isChanged = true;
  }

  async #save(): Promise<void> {
    // Not before the parked ranges are listed.
    if (this.parked.length > 0) return;
    const { owner, traceId, page } = this.#run;
    await owner.moveCursors(traceId, { run: page.run, rows: [this.row], dropped: [] });
    this.#saved = this.row;
  }
}
