import type { ReadonlySignal } from "@preact/signals";
import type { SessionAddress } from "../../address/address.ts";
import { go } from "../../address/location.ts";
import type { REPLAY_KEYS } from "../../keymap.ts";
import type { Actions } from "../../keys.tsx";
import type { Timeline } from "./timeline.ts";
import { isComplete, type StreamState } from "../../../client/stream-state.ts";
import { type ReplayView, SPEEDS } from "../../address/replay-view.ts";
import { begunAt } from "./replay-times.ts";

/** The controls of a replay. Its view is in the URL, its position in the feed. */
export type ReplayControls = {
  readonly view: ReplayView;
  readonly setView: (view: ReplayView) => void;
  readonly seek: (millis: number) => void;
  /** Plays, pauses, or restarts. */
  readonly toggle: () => void;
  readonly exit: () => void;
  readonly actions: Actions<typeof REPLAY_KEYS>;
};

/** What they control: a replay, as its feed has it. */
type Controlled = {
  readonly state: ReadonlySignal<StreamState>;
  readonly timeline: Timeline;
  readonly position: () => number;
  readonly pause: () => void;
  readonly play: () => void;
  readonly restart: () => void;
};

/** A key moves by this fraction of the whole. */
const STRIDE = 0.05;

export function replayControls(here: SessionAddress, view: ReplayView, replay: Controlled): ReplayControls {
  const setView = (to: ReplayView): void => go({ ...here, replay: to }, "replace");
  const seek = (millis: number): void => {
    const to = begunAt(view, Math.min(replay.timeline.end, Math.max(replay.timeline.start, millis)));
    if (to.from === view.from) replay.restart();
    else setView(to);
  };
  const toggle = (): void => {
    const { state } = replay.state.value;
    if (isComplete(replay.state.value)) {
      if (view.from === "") replay.restart();
      else setView({ ...view, from: "" });
    } else if (state === "paused" || state === "refused") replay.play();
    else replay.pause();
  };
  const exit = (): void => go({ ...here, replay: undefined });
  const step = (by: 1 | -1): void => {
    const others =
      by === 1 ? SPEEDS.filter((speed) => speed > view.speed) : SPEEDS.filter((speed) => speed < view.speed);
    const speed = by === 1 ? others[0] : others.at(-1);
    if (speed !== undefined) setView({ ...view, speed });
  };
  const stride = (replay.timeline.end - replay.timeline.start) * STRIDE;
  return {
    view,
    setView,
    seek,
    toggle,
    exit,
    actions: {
      toggle,
      exit,
      slower: () => step(-1),
      faster: () => step(1),
      back: () => seek(replay.position() - stride),
      forward: () => seek(replay.position() + stride),
    },
  };
}
