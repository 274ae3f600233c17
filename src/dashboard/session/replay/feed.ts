import { sessionPath, type SessionAddress } from "../../address/address.ts";
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { decodeSessionEvent } from "../../../client/decode-event.ts";
import { openEventStream } from "../../../client/event-stream.ts";
import type { Received } from "../../../client/read-events.ts";
import { CONNECTING, isComplete, type StreamState } from "../../../client/stream-state.ts";
import type { SessionStreamEvent } from "../../../session/contract/stream-events.ts";
import type { SessionTree } from "../../../session/tree/tree.ts";
import { replayParameters, type ReplayView } from "../../address/replay-view.ts";
import { beginningOf } from "./replay-times.ts";
import { now } from "../../clock.ts";
import { authorisation } from "../../server.ts";
import { browser } from "../../stream/browser.ts";
import { type DisplayedSession, DisplayFold } from "../display-fold.ts";
import type { Announcement } from "../feed.ts";
import { replayControls, type ReplayControls } from "./controls.ts";
import { type PositionSample, momentOf, positionAt, type Timeline, timelineOf } from "./timeline.ts";

export type ReplayFeed = {
  /** `live` while it plays. */
  readonly state: ReadonlySignal<StreamState>;
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
  /** Of the address at which it is shown. */
  readonly controls: (here: SessionAddress, view: ReplayView) => ReplayControls;
  readonly close: () => void;
};

/**
 * A session replayed by the server. `whole`: its whole tree; `announced`: its latest summary event. `onEnded`: the session was deleted or moved.
 */
export function openReplay(options: {
  readonly id: string;
  readonly view: ReplayView;
  readonly whole: SessionTree;
  readonly announced: Announcement | undefined;
  readonly onEnded: () => void;
}): ReplayFeed {
  const { id, announced, onEnded } = options;
  let { view } = options;
  const timeline = timelineOf(options.whole, view.by);
  const state = signal<StreamState>(CONNECTING);
  const fold = new DisplayFold(id, () => false, "replay");
  const sample = signal<PositionSample>(resting(beginningOf(view) ?? timeline.start));
  const position = (): number => positionAt(sample.value, performance.now(), timeline);
  const play = (at: number): void => {
    sample.value = { at, since: performance.now(), speed: view.speed };
  };

  const onState = (next: StreamState): void => {
    state.value = next;
    if (next.state === "live") return play(position());
    // Without a stream the position does not advance.
    sample.value = resting(isComplete(next) ? timeline.end : position());
    if (next.state === "ended" && next.how !== "complete") onEnded();
  };
  const onEvents = (received: readonly Received<SessionStreamEvent>[]): void => {
    for (const { event } of received) {
      // The session is shown under its new name, or not at all.
      if (event.type === "moved" || event.type === "deleted") return;
      const moment = momentOf(event, view.by);
      if (moment !== undefined) play(Math.max(moment, position()));
    }
    void fold.apply(received.map(({ event }) => event));
  };
  const begin = (): void => {
    fold.clear();
    if (announced !== undefined) void fold.apply([announced]);
  };
  begin();
  const stream = openEventStream(
    {
      url: () => `${sessionPath(id)}?${replayParameters(view)}`,
      decode: decodeSessionEvent,
      authorisation,
      kind: "replay",
      whenMissing: "give-up",
      onState,
      onEvents,
    },
    browser(0),
  );

  const replay: ReplayFeed = {
    state,
    shown: fold.shown,
    timeline,
    position,
    present: computed(() => {
      void now.value;
      return positionAt(sample.value, performance.now(), timeline);
    }),
    pause: stream.pause,
    play: stream.resume,
    restart() {
      view = { ...view, from: "" };
      sample.value = resting(timeline.start);
      begin();
      stream.restart();
    },
    controls: (here, shown) => replayControls(here, shown, replay),
    change(to) {
      const isPlaying = state.value.state === "live" || state.value.state === "connecting";
      view = to;
      if (isPlaying) stream.reconnect();
    },
    close() {
      stream.close();
      fold.close();
    },
  };
  return replay;
}

const resting = (at: number): PositionSample => ({ at, since: 0, speed: 0 });
