import { Buffer } from "node:buffer";
import { formatVersion } from "../../api/resource-version.ts";
import type { ResourceVersion } from "../../api/resource-version.ts";
import { inflate } from "../../lib/body-codec.ts";
import { nanoseconds } from "../../lib/nanoseconds.ts";
import { sse, sseAround } from "../../lib/sse.ts";
import { decodeFrame } from "../../session/contract/log-page.ts";
import type { LogEntry, LogPage, View, ChunkEntry } from "../../session/contract/log-page.ts";
import type { LogReader } from "../../session/contract/log-reader.ts";
import type { Retention } from "../../session/contract/retention.ts";
import { nextTransition } from "../../session/list/list-filter.ts";
import { liveness, withStatus } from "../../session/liveness.ts";
import type { Status } from "../../session/liveness.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type { Source, Received } from "./follower.ts";
import { LastFrames } from "./last-frames.ts";

/** Bytes of a log's text in one page: a viewer that does not read holds one, and viewers that fall behind together hold one each. */
const STREAM_PAGE_BYTES = 256_000;

const lastFrames = new LastFrames({
  size: (message: ArrayBuffer) => message.byteLength,
  isSame: (one, other) => Buffer.from(one).equals(Buffer.from(other)),
  decode: decodeFrame,
});

type Report = {
  readonly summary: SessionSummary;
  readonly prices: string | undefined;
  readonly retention: Retention | undefined;
};

/** A session's log as stream events, after a cursor. */
export class SessionSource implements Source {
  readonly #log: LogReader & Attachable;
  readonly #view: View;
  #cursor: ResourceVersion | undefined;
  #needsBookmark = false;
  /** The session as of the last page, and the status last sent. */
  #report: Report | undefined;
  #status: Status | undefined;

  constructor(log: LogReader & Attachable, view: View, cursor: ResourceVersion | undefined) {
    this.#log = log;
    this.#view = view;
    this.#cursor = cursor;
  }

  get needsBookmark(): boolean {
    return this.#needsBookmark;
  }

  get dueAt(): number | undefined {
    return this.#report && nextTransition(this.#report.summary.liveness, Date.now());
  }

  async attach(): Promise<WebSocket> {
    return await openSocket(this.#log, `https://object/?view=${this.#view}`);
  }

  async read() {
    const page = await this.#log.read(this.#view, this.#cursor, STREAM_PAGE_BYTES);
    if (page.state === "absent") return { events: [sse("deleted", {}, this.#version())], caughtUp: true, ended: true };
    if (page.state === "moved") return { events: this.#moved(page), caughtUp: true, ended: true };
    const events: Uint8Array[] = [];
    if (page.reset) events.push(sse("reset", {}, formatVersion(page.generation, 0)));
    for (const entry of page.entries) events.push(this.#event(page.generation, entry));
    this.#cursor = { generation: page.generation, revision: page.next };
    const caughtUp = page.next === page.head;
    if (caughtUp) {
      const { summary, prices, retention } = page;
      this.#report = summary && { summary, prices, retention };
      events.push(...this.#bookmark(Date.now()));
    }
    this.#needsBookmark = !caughtUp;
    return { events, caughtUp, ended: false };
  }

  /** Needs no call to the object, which may sleep: a status follows from the last report and the time. */
  transition(): readonly Uint8Array[] {
    const now = Date.now();
    return this.#status === this.#statusAt(now) ? [] : this.#bookmark(now);
  }

  receive(message: string | ArrayBuffer): Received {
    // A text message announces the end of the stream. The log says which one.
    if (typeof message === "string") return { kind: "behind" };
    const { frame, event } = lastFrames.read(message);
    if (this.#cursor === undefined || frame.generation !== this.#cursor.generation) return { kind: "behind" };
    if (frame.revision <= this.#cursor.revision) return { kind: "ignored" };
    const { generation, entry, previous, revision } = frame;
    // The last trace may be revoked. The log then says where the session moved.
    if (entry === undefined || entry.kind === "gone" || previous !== this.#cursor.revision) return { kind: "behind" };
    this.#cursor = { generation, revision };
    this.#needsBookmark = true;
    return { kind: "event", event: event(() => this.#event(generation, entry)) };
  }

  /** A summary, where there is one, and a bookmark. */
  #bookmark(now: number): Uint8Array[] {
    const bookmark = sse("bookmark", { resourceVersion: this.#version(), now });
    if (this.#report === undefined) return [bookmark];
    const { summary, ...more } = this.#report;
    this.#status = this.#statusAt(now);
    return [sse("session", { summary: withStatus(summary, now), ...more }), bookmark];
  }

  #statusAt(now: number): Status | undefined {
    return this.#report && liveness(this.#report.summary.liveness, now).status;
  }

  #event(generation: string, entry: LogEntry): Uint8Array {
    const id = formatVersion(generation, entry.revision);
    if (entry.kind === "gone") {
      return sse(
        "gone",
        { traceId: entry.traceId, ...(entry.session === undefined ? {} : { session: entry.session }) },
        id,
      );
    }
    return chunkEvent(entry, inflate(entry.encoding, entry.body), id);
  }

  /** Traces moved to several sessions: each `gone` names its session, and a new request gets all of them in `movedTo`. */
  #moved({ sessions, tombstones }: Extract<LogPage, { state: "moved" }>): Uint8Array[] {
    const only = sessions.length === 1 ? sessions[0] : undefined;
    if (only !== undefined) return [sse("moved", { session: only }, this.#version())];
    return tombstones.map((entry) => this.#event(this.#cursor?.generation ?? "0", entry));
  }

  #version(): string {
    return formatVersion(this.#cursor?.generation ?? "0", this.#cursor?.revision ?? 0);
  }
}

/** An object that accepts subscribers. */
export type Attachable = { fetch(request: Request): Promise<Response> };

/** Opens and accepts the viewer's end of an object's socket. */
export async function openSocket(object: Attachable, url: string): Promise<WebSocket> {
  const response = await object.fetch(new Request(url, { headers: { Upgrade: "websocket" } }));
  const socket = response.webSocket;
  if (socket === null) throw new Error(`the object refused a subscriber: ${response.status}`);
  socket.binaryType = "arraybuffer";
  socket.accept();
  return socket;
}

/** A delivery as an event of a session's stream. `text`: JSON of the whole entry or of a part of it. */
export function chunkEvent({ kind, traceId, received, receipt }: ChunkEntry, text: Uint8Array, id: string): Uint8Array {
  const head = { received: nanoseconds(received), receipt };
  if (kind === "spans") return sseAround("spans", head, "resourceSpans", text, id);
  return sseAround("logs", { ...head, traceId }, "resourceLogs", text, id);
}
