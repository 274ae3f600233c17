import { withStatus } from "../../session/liveness.ts";
import { ReplayClock, ArrivalSchedule, EventSchedule } from "../../session/replay.ts";
import type { ReplaySchedule, ReplayStep } from "../../session/replay.ts";
import { LogChunk, LogChunks } from "../read/log-chunks.ts";
import { LogChanged, walkLog } from "../../session/contract/log-reader.ts";
import type { LogPeeker, LogReader } from "../../session/contract/log-reader.ts";
import { chunkEvent } from "./session-source.ts";
import { formatReplayVersion } from "../../api/replay-query.ts";
import type { ReplayQuery } from "../../api/replay-query.ts";
import { formatVersion } from "../../api/resource-version.ts";
import { streamOf } from "../../lib/stream-of.ts";
import { HEARTBEAT, RETRY, sse } from "../../lib/sse.ts";

const HEARTBEAT_MILLIS = 15_000;
/** Largest number of reads of one stream: a request may make 10,000 calls. Clients resume where they were. */
const READS = 5_000;

/** The part of the log that a replay sends: up to its head when the replay began. */
type Survey = { readonly generation: string; readonly head: number; readonly schedule: ReplaySchedule };

/**
 * Replays a log in its own time. It reads the log twice: once for the times of all spans, then chunk by chunk as each is due, so
 * that memory holds a few chunks only. The response pulls it: a reader that stops reading pauses the replay.
 */
export class ReplayStream {
  readonly #log: LogReader & LogPeeker;
  readonly #query: ReplayQuery;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(log: LogReader & LogPeeker, query: ReplayQuery) {
    this.#log = log;
    this.#query = query;
  }

  stream(signal: AbortSignal): ReadableStream<Uint8Array> {
    signal.addEventListener("abort", () => this.#close());
    // Not by the generator's own end: that would wait for a pause to end.
    return streamOf(this.#events(), () => this.#close());
  }

  async *#events(): AsyncGenerator<Uint8Array, void> {
    yield RETRY;
    const survey = yield* this.#surveyIfUnchanged();
    if (survey === undefined) return yield* this.#end();
    const { schedule } = survey;
    const { resume, speed, idle } = this.#query;
    const continues = resume === undefined || isSame(resume, survey);
    if (!continues) yield sse("reset", {}, versionOf(survey, 0));
    const clock = new ReplayClock({ speed, idle, ...this.#from(schedule) });
    const chunks = new LogChunks(this.#log, survey.generation);
    for (let item = continues ? (resume?.sent ?? 0) : 0; item < schedule.length;) {
      const step = schedule.step(item);
      yield* this.#pause(clock.wait(step.at, performance.now()));
      if (this.#closed || chunks.reads >= READS) return;
      const chunk = await chunks.at(step.revision);
      if (chunk === "over") return yield* this.#end();
      if (chunk !== "absent") yield eventOf(chunk, step, versionOf(survey, step.next));
      item = step.next;
    }
    yield* this.#end(survey);
  }

  async *#surveyIfUnchanged(): AsyncGenerator<Uint8Array, Survey | undefined> {
    try {
      return yield* this.#survey();
    } catch (error) {
      if (error instanceof LogChanged) return undefined;
      throw error;
    }
  }

  /** Reads the log up to its head, or up to the head of the replay that is resumed. */
  async *#survey(): AsyncGenerator<Uint8Array, Survey | undefined> {
    const byArrival = new ArrivalSchedule();
    const byEvent = new EventSchedule();
    const { by, resume } = this.#query;
    let lastSent = performance.now();
    for await (const page of walkLog(this.#log, { view: "session" })) {
      if (this.#closed) return undefined;
      const { generation } = page;
      const head = resume?.generation === generation ? Math.min(resume.head, page.head) : page.head;
      for (const entry of page.entries) {
        if (entry.revision > head) break;
        // The entries of a revoked trace are no longer in the log: only a replay by arrival sends its `gone`.
        if (by === "arrival") byArrival.add(entry.revision, entry.kind === "gone" ? undefined : entry.received);
        else if (entry.kind === "spans") byEvent.add(entry.revision, new LogChunk(entry).spans.resourceSpans);
        else if (entry.kind === "logs") byEvent.addRecords(entry.revision, new LogChunk(entry).records.resourceLogs);
      }
      if (page.next >= head) return { generation, head, schedule: by === "arrival" ? byArrival : byEvent.finish() };
      if (performance.now() - lastSent < HEARTBEAT_MILLIS) continue;
      lastSent = performance.now();
      yield HEARTBEAT;
    }
    return undefined;
  }

  #from(schedule: ReplaySchedule): { readonly from?: number } {
    const { from } = this.#query;
    if (from === undefined || schedule.length === 0) return {};
    return { from: "moment" in from ? from.moment : schedule.step(0).at + from.into };
  }

  async *#pause(millis: number): AsyncGenerator<Uint8Array, void> {
    for (let left = millis; left > 0 && !this.#closed; left -= HEARTBEAT_MILLIS) {
      await this.#sleep(Math.min(left, HEARTBEAT_MILLIS));
      if (left > HEARTBEAT_MILLIS) yield HEARTBEAT;
    }
  }

  /** The last events, as of a live stream: `moved`, `deleted` or `reset`, else the session and a bookmark. */
  async *#end(survey?: Survey): AsyncGenerator<Uint8Array, void> {
    if (this.#closed) return;
    const page = await this.#log.peek("session");
    if (page.state === "moved" && page.sessions.length === 1) yield sse("moved", { session: page.sessions[0] });
    else if (page.state === "absent") yield sse("deleted", {});
    // Traces moved to several sessions: a new request gets 404 with `movedTo`.
    else if (page.state === "moved") return;
    else if (survey === undefined || page.generation !== survey.generation) yield sse("reset", {});
    else {
      const { summary, prices, retention } = page;
      if (summary !== undefined) yield sse("session", { summary: withStatus(summary, Date.now()), prices, retention });
      yield sse("bookmark", { resourceVersion: formatVersion(survey.generation, survey.head), now: Date.now() });
    }
  }

  #sleep(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, millis);
      this.#wake = finish;
    });
  }

  #close(): void {
    this.#closed = true;
    this.#wake?.();
  }
}

function isSame(resume: NonNullable<ReplayQuery["resume"]>, { generation, head, schedule }: Survey): boolean {
  const isLog = resume.generation === generation && resume.head === head;
  return isLog && resume.items === schedule.length && resume.sent <= resume.items;
}

function versionOf({ generation, head, schedule }: Survey, sent: number): string {
  return formatReplayVersion({ generation, head, items: schedule.length, sent });
}

function eventOf(chunk: LogChunk, { positions }: ReplayStep, id: string): Uint8Array {
  const { entry, text } = chunk;
  if (entry.kind === "gone") {
    const { traceId, session } = entry;
    return sse("gone", { traceId, ...(session === undefined ? {} : { session }) }, id);
  }
  if (positions === undefined) return chunkEvent(entry, text, id);
  const part = entry.kind === "logs" ? chunk.records.pick(positions) : chunk.spans.pick(positions);
  return chunkEvent(entry, new TextEncoder().encode(JSON.stringify(part)), id);
}
