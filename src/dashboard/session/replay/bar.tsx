import { useEffect, useRef } from "preact/hooks";
import { keyOf, REPLAY_KEYS } from "../../keymap.ts";
import { Icon } from "../../ui/icons.tsx";
import { duration } from "../../../lib/figures.ts";
import { exactly } from "../../ui/moments.ts";
import { isComplete, type StreamState } from "../../../client/stream-state.ts";
import type { ReplayFeed } from "./feed.ts";
import { useReplayTicks } from "./ticks.ts";
import type { ReplayControls } from "./controls.ts";
import { SPEEDS } from "../../address/replay-view.ts";
import { IDLES } from "./replay-times.ts";
import { fractionOf } from "./timeline.ts";
import "./replay.css";

export type ReplayBarProps = { readonly replay: ReplayFeed; readonly controls: ReplayControls };

/** Positions of the slider. An arrow key moves it by a hundredth. */
const STEPS = 1000;
/** The replay restarts this long after the last key or drag, milliseconds. */
const SEEK_DELAY = 250;

/** The controls of a replay: play, position, speed, order of time, waits. */
export function ReplayBar({ replay, controls }: ReplayBarProps) {
  const { view, setView } = controls;
  const speeds = SPEEDS.includes(view.speed) ? SPEEDS : [...SPEEDS, view.speed].sort((a, b) => a - b);
  const idles = IDLES.some(([idle]) => idle === view.idle)
    ? IDLES
    : [...IDLES, [view.idle, `at most ${view.idle}`] as const];
  return (
    <section class="replay" aria-label="Replay">
      <PlayButton state={replay.state.value} onPlay={controls.toggle} />
      <Progress replay={replay} onSeek={controls.seek} />
      <fieldset class="switch speeds">
        <legend class="visually-hidden">Speed</legend>
        {speeds.map((speed) => (
          <label key={speed}>
            <input
              type="radio"
              name="speed"
              checked={speed === view.speed}
              onChange={() => setView({ ...view, speed })}
            />
            <span>{`${speed}×`}</span>
          </label>
        ))}
      </fieldset>
      <label class="replay-choice">
        <span>By</span>
        <select
          class="field"
          aria-label="By which time"
          value={view.by}
          title="Exporters send spans in batches: by time received, many spans appear at once"
          onChange={(event) =>
            setView({ ...view, by: event.currentTarget.value === "arrival" ? "arrival" : "event", from: "" })
          }
        >
          <option value="event">event time</option>
          <option value="arrival">time received</option>
        </select>
      </label>
      <label class="replay-choice">
        <span>Waits</span>
        <select
          class="field"
          aria-label="Waits between two events"
          value={view.idle}
          title="The longest wait between two events, in real time"
          onChange={(event) => setView({ ...view, idle: event.currentTarget.value })}
        >
          {idles.map(([idle, words]) => (
            <option key={idle} value={idle}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button"
        onClick={controls.exit}
        title={`End the replay (${keyOf(REPLAY_KEYS, "exit")})`}
      >
        Back to live
      </button>
    </section>
  );
}

function PlayButton({ state, onPlay }: { state: StreamState; onPlay: () => void }) {
  const [sign, word] = isComplete(state)
    ? (["replay", "Again"] as const)
    : state.state === "paused" || state.state === "refused"
      ? (["play", "Play"] as const)
      : (["pause", "Pause"] as const);
  return (
    <button
      type="button"
      class="button primary replay-play"
      onClick={onPlay}
      title={`${word} (${keyOf(REPLAY_KEYS, "toggle")})`}
    >
      <Icon name={sign} />
      {word}
    </button>
  );
}

/** The position, as a slider. */
function Progress({ replay, onSeek }: { replay: ReplayFeed; onSeek: ReplayControls["seek"] }) {
  const { timeline } = replay;
  const slider = useRef<HTMLInputElement>(null);
  const clock = useRef<HTMLSpanElement>(null);
  const pendingSeek = useRef<number | undefined>(undefined);
  const elapsed = (at: number): string => {
    const millis = Math.round(at - timeline.start);
    return millis < 1 ? "0\u00a0ms" : duration(BigInt(millis) * 1_000_000n);
  };
  const show = (at: number): void => {
    if (clock.current !== null) clock.current.textContent = elapsed(at);
    slider.current?.style.setProperty("--played", `${fractionOf(timeline, at) * 100}%`);
    slider.current?.setAttribute("aria-valuetext", `${elapsed(at)} of ${elapsed(timeline.end)}`);
  };
  useReplayTicks(replay, (at) => {
    if (pendingSeek.current !== undefined) return;
    show(at);
    if (slider.current !== null) slider.current.value = String(fractionOf(timeline, at) * STEPS);
  });
  // The view may change during the delay. After the replay was ended, the seek is dropped.
  const latest = useRef(onSeek);
  latest.current = onSeek;
  useEffect(() => () => clearTimeout(pendingSeek.current), []);
  const seek = (at: number): void => {
    clearTimeout(pendingSeek.current);
    show(at);
    pendingSeek.current = setTimeout(() => {
      pendingSeek.current = undefined;
      latest.current(at);
    }, SEEK_DELAY);
  };
  return (
    <div class="replay-progress">
      <span class="replay-clock" ref={clock} title={exactly(timeline.start)} />
      <input
        ref={slider}
        type="range"
        min="0"
        max={STEPS}
        step={STEPS / 100}
        aria-label="Position"
        onInput={(event) => {
          const fraction = Number(event.currentTarget.value) / STEPS;
          seek(timeline.start + fraction * (timeline.end - timeline.start));
        }}
      />
      <span class="muted">{elapsed(timeline.end)}</span>
    </div>
  );
}
