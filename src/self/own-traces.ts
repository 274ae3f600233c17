import type { Bindings } from "../config.ts";
import { log } from "../lib/log.ts";
import { DAY_MILLIS } from "../lib/nanoseconds.ts";
import { pool } from "../lib/pool.ts";
import * as keys from "../otel/semconv/self.ts";
import type { Resource, Scope, Span } from "../otel/span.ts";
import { decodeTraces } from "../otlp/decode-traces.ts";
import { encodeDelivery } from "../otlp/group/encode-delivery.ts";
import type { TraceGroup } from "../otlp/group/trace-group.ts";
import { SELF, sessionAt, sessionIdOf } from "../place.ts";

/** Traces that end within so long of the first are stored together. */
const GATHER_MILLIS = 1_000;
/** More do not wait. */
const MOST_WAITING = 200;
/** Traces stored at once: each is a call, and all of one object share its commits. */
const CALLS_IN_FLIGHT = 64;
/** A session of the program's own traces takes so many spans: it is read and folded at once. */
const SPANS_A_SESSION = 2_000;
const SESSION_MILLIS = DAY_MILLIS;

const SCOPE: Scope = { name: "spanfold" };

let waiting: (readonly Span[])[] = [];
/** Unix milliseconds; in the past, it was lost with its request. */
let dueAt = 0;
let session: OwnSession | undefined;

/** Stores the spans of an ended trace; resolves when they are stored, or with others by an earlier call. Never rejects. */
export async function sendLater(env: Bindings, serviceName: string, spans: readonly Span[]): Promise<void> {
  waiting.push(spans);
  const now = Date.now();
  if (waiting.length < MOST_WAITING) {
    // Another request's timer stores them, unless the clock was set back since.
    if (dueAt >= now && dueAt <= now + GATHER_MILLIS) return;
    const due = now + GATHER_MILLIS;
    dueAt = due;
    await scheduler.wait(GATHER_MILLIS);
    if (dueAt !== due) return;
  }
  dueAt = 0;
  const traces = waiting;
  waiting = [];
  await store(env, serviceName, traces);
}

async function store(env: Bindings, serviceName: string, traces: readonly (readonly Span[])[]): Promise<void> {
  const now = Date.now();
  if (session === undefined || !session.takes(serviceName, now)) session = new OwnSession(serviceName, now);
  const current = session;
  try {
    const copies = current.copies(traces, now);
    await pool(copies, CALLS_IN_FLIGHT, async ({ copy, next }) => {
      const stored = await sessionAt(env, SELF, current.id).storeCopy(copy);
      const isWhole = stored.outcome === "stored" && stored.next === next;
      if (!isWhole) throw new Error(`the session answers ${JSON.stringify(stored)}`);
    });
  } catch (error) {
    // What the session has is not known now: the next traces begin another one.
    session = undefined;
    log("own-traces-not-stored", { level: "warn", traces: traces.length, error });
  }
}

/**
 * One session of this isolate's traces. It is the owner of them all, and copies them to the session as owners do: an object for
 * each trace of a millisecond would cost ten times as much.
 */
class OwnSession {
  readonly id: string;
  readonly #serviceName: string;
  readonly #resource: Resource;
  readonly #begun: number;
  #spans = 0;
  /** Of each trace: requests of one caller may share it. */
  readonly #revisions = new Map<string, number>();

  constructor(serviceName: string, now: number) {
    const time = new Date(now).toISOString().slice(0, 16).replace(":", "");
    const name = `${serviceName} ${time} ${crypto.randomUUID().slice(0, 4)}`;
    this.id = sessionIdOf(name);
    this.#serviceName = serviceName;
    this.#begun = now;
    const attributes = [
      { key: keys.SERVICE, value: { stringValue: serviceName } },
      { key: keys.SESSION, value: { stringValue: name } },
    ];
    this.#resource = { attributes };
  }

  takes(serviceName: string, now: number): boolean {
    const age = now - this.#begun;
    return serviceName === this.#serviceName && this.#spans < SPANS_A_SESSION && age >= 0 && age < SESSION_MILLIS;
  }

  /**
   * One copy for each trace. `next`: what the session answers when it has all of the trace. The spans take the way of all others,
   * as text: facts derived from objects of another layout would slow those of exports down.
   */
  copies(traces: readonly (readonly Span[])[], received: number) {
    const scopeSpans = [{ scope: SCOPE, spans: traces.flat() }];
    const text = JSON.stringify({ resourceSpans: [{ resource: this.#resource, scopeSpans }] });
    const decoded = decodeTraces(new TextEncoder().encode(text), "json");
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    return decoded.value.groups.map((group) => this.#copyOf(group, received));
  }

  #copyOf(group: TraceGroup, received: number) {
    const { traceId } = group;
    const traceRevision = (this.#revisions.get(traceId) ?? 0) + 1;
    this.#revisions.set(traceId, traceRevision);
    this.#spans += group.spans;
    const { kind, facts, encoding, body, receipt } = encodeDelivery(group);
    const chunk = { traceId, traceRevision, kind, received, encoding, receipt, hashes: [], facts, body };
    const copy = { session: this.id, traceId, epoch: this.#begun, chunks: [chunk], values: [] };
    return { copy, next: traceRevision + 1 };
  }
}
