import { now } from "../clock.ts";
import { count, ticking } from "../../lib/figures.ts";
import { Icon } from "../ui/icons.tsx";
import type { Stream } from "./stream.ts";
import type { StreamState } from "../../client/stream-state.ts";

/** The state of the stream in words, with the pause button. */
export function StreamStatus({ stream }: { stream: Stream }) {
  const state = stream.state.value;
  return (
    <div
      class={`stream stream-${isAwaiting(state) ? "connecting" : state.state}${stream.delay.value === undefined ? "" : " is-receiving"}`}
    >
      <span class="stream-dot" aria-hidden="true" />
      <span class="stream-word" role="status">
        {word(state)}
      </span>
      <Detail stream={stream} />
      <Switch stream={stream} />
    </div>
  );
}

/** Not a fault: the session has not started yet. */
const isAwaiting = (state: StreamState): boolean =>
  state.state === "refused" &&
  state.refusal.reason === "not-found" &&
  state.refusal.since === "just-now" &&
  state.refusal.movedTo.length === 0;

function word(state: StreamState): string {
  switch (state.state) {
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "reconnecting":
      return "Reconnecting";
    case "paused":
      return state.by === "reader" ? "Paused" : "Paused while hidden";
    case "ended":
      return state.how === "moved" ? "Moved" : "Deleted";
    case "refused":
      return isAwaiting(state) ? "Waiting" : "Not connected";
  }
}

function Detail({ stream }: { stream: Stream }) {
  const state = stream.state.value;
  if (state.state === "live") {
    const delay = stream.delay.value;
    if (delay === undefined) return null;
    return (
      <span class="stream-detail" title="Delay from the server's receipt of the newest spans to this page">
        {`${delay < 9_950 ? `${count(delay)}\u00a0ms` : ticking(delay)} behind`}
      </span>
    );
  }
  if (state.state !== "reconnecting") return null;
  // Read so that the countdown ticks. The wait itself uses this device's clock.
  void now.value;
  return (
    <span class="stream-detail" title={`Attempt ${state.attempt}: ${state.why}`}>
      {`attempt ${state.attempt} in ${ticking(state.retryAt - Date.now() + 999)} · ${state.why}`}
    </span>
  );
}

function Switch({ stream }: { stream: Stream }) {
  const { state } = stream.state.value;
  if (state === "ended" || state === "refused") return null;
  if (state === "paused") {
    return (
      <button type="button" class="button" onClick={stream.resume} title="Resume live updates">
        <Icon name="play" />
        Resume
      </button>
    );
  }
  return (
    <button type="button" class="button" onClick={stream.pause} title="Pause live updates">
      <Icon name="pause" />
      Pause
    </button>
  );
}
