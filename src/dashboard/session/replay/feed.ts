import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionStreamEvent } from "../../../session/contract/stream-events.ts";
import { authorisedFetch } from "../../server.ts";
import { now } from "../../clock.ts";
import type { Announcement } from "../feed.ts";
import { type DisplayedSession, DisplayFold } from "../display-fold.ts";
import { backoff } from "../../../lib/backoff.ts";
import { decodeSessionEvent } from "../../../client/decode-event.ts";
import { readEvents, type Received } from "../../../client/read-events.ts";
import { refusalOf } from "../../stream/prologue.ts";
import { nextReplayState, type ReplayState, type ReplayStep } from "./state.ts";
import { beginningOf, replayParameters, type ReplayView } from "../../address/replay-view.ts";
import { type PositionSample, momentOf, positionAt, type Timeline } from "./timeline.ts";

export type ReplayFeed = {
  readonly state: ReadonlySignal<ReplayState>;
  readonly shown: ReadonlySignal<DisplayedSession | undefined>;
  readonly timeline: Timeline;
  /** The replay's position, Unix milliseconds; read with each frame. */
  readonly position: () => number;
  /** The same, updated once a second and with each event. */
  readonly present: ReadonlySignal<number>;
  readonly pause: () => void;
  readonly play: () => void;
  /** Restarts from the beginning. */
  readonly restart: () => void;
  /** Changes speed or waits and continues from the position. */
  readonly change: (view: ReplayView) => void;
  readonly close: () => void;
};

/** Milliseconds before the first reconnect. */
const RETRY = 1_000;

/**
 * A session replayed by the server. `announced`: its latest summary event. `onEnded`: the session was deleted or moved.
 */
export function openReplay(options: {
  readonly id: string;
  readonly view: ReplayView;
  readonly timeline: Timeline;
  readonly announced: Announcement | undefined;
  readonly onEnded: () => void;
}): ReplayFeed {
  const { id, timeline, announced, onEnded } = options;
  let { view } = options;
  const state = signal<ReplayState>({ state: "connecting" });
  const fold = new DisplayFold(id, () => false);
  const sample = signal<PositionSample>(resting(beginningOf(view) ?? timeline.start));
  let lastId: string | undefined;
  let open: AbortController | undefined;
  let timer: number | undefined;

  const take = (step: ReplayStep): void => {
    state.value = nextReplayState(state.value, step);
  };
  const position = (): number => positionAt(sample.value, performance.now(), timeline);
  const stop = (): void => {
    clearTimeout(timer);
    open?.abort();
    open = undefined;
    // Without a stream the position does not advance.
    sample.value = resting(position());
  };

  async function connect(): Promise<void> {
    stop();
    const attempt = new AbortController();
    open = attempt;
    take({ step: "connect" });
    let why = "the server ended the response";
    try {
      const response = await authorisedFetch(`/sessions/${encodeURIComponent(id)}?${replayParameters(view)}`, {
        headers: { Accept: "text/event-stream", ...(lastId === undefined ? {} : { "Last-Event-ID": lastId }) },
        cache: "no-store",
        signal: attempt.signal,
      });
      // The session moved, so the live view continues under its new name.
      if (response.redirected) return onEnded();
      if (response.ok && response.body !== null) {
        take({ step: "received" });
        sample.value = { ...sample.value, since: performance.now(), speed: view.speed };
        await readEvents(
          response.body,
          decodeSessionEvent,
          (received) => attempt.signal.aborted || receive(received),
          () => undefined,
        );
      } else {
        const refusal = await refusalOf(response, "a-while");
        if (typeof refusal !== "string") return take({ step: "refused", refusal });
        why = refusal;
      }
    } catch (error) {
      why =
        error instanceof TypeError
          ? "the server cannot be reached"
          : error instanceof Error
            ? error.message
            : String(error);
    }
    if (attempt.signal.aborted || state.value.state === "over") return;
    stop();
    take({ step: "lost", why });
    const attempts = state.value.state === "lost" ? state.value.attempt : 1;
    timer = setTimeout(() => void connect(), backoff(attempts, RETRY, Math.random()));
  }

  function receive(received: readonly Received<SessionStreamEvent>[]): void {
    take({ step: "received" });
    for (const { event, id: eventId } of received) {
      lastId = eventId ?? lastId;
      if (event.type === "moved" || event.type === "deleted") return onEnded();
      const moment = momentOf(event, view.by);
      if (moment !== undefined)
        sample.value = { at: Math.max(moment, position()), since: performance.now(), speed: view.speed };
    }
    fold.apply(received.map(({ event }) => event));
    if (!received.some(({ event }) => event.type === "bookmark")) return;
    take({ step: "over" });
    stop();
    sample.value = resting(timeline.end);
  }

  function begin(): void {
    fold.clear();
    if (announced !== undefined) fold.apply([announced]);
    lastId = undefined;
    void connect();
  }

  const seen = (): void => {
    if (document.hidden) {
      take({ step: "pause", by: "hidden" });
      if (state.value.state === "paused") stop();
    } else if (state.value.state === "paused" && state.value.by === "hidden") {
      take({ step: "seen" });
      void connect();
    }
  };
  document.addEventListener("visibilitychange", seen);
  begin();

  return {
    state,
    shown: fold.shown,
    timeline,
    position,
    present: computed(() => {
      void now.value;
      return positionAt(sample.value, performance.now(), timeline);
    }),
    pause() {
      take({ step: "pause", by: "reader" });
      if (state.value.state === "paused") stop();
    },
    play() {
      if (state.value.state === "paused" || state.value.state === "refused") {
        state.value = { state: "connecting" };
        void connect();
      }
    },
    restart() {
      stop();
      view = { ...view, from: "" };
      sample.value = resting(timeline.start);
      state.value = { state: "connecting" };
      begin();
    },
    change(to) {
      const isPlaying = state.value.state === "playing" || state.value.state === "connecting";
      view = to;
      if (isPlaying) void connect();
    },
    close() {
      stop();
      fold.close();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

const resting = (at: number): PositionSample => ({ at, since: 0, speed: 0 });
