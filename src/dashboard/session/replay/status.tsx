import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { ReplayState } from "./state.ts";

const WORDS: Readonly<Record<ReplayState["state"], string>> = {
  connecting: "Replay starting",
  playing: "Replay",
  paused: "Replay paused",
  lost: "Replay interrupted",
  over: "Replay finished",
  refused: "Replay not available",
};

/** Replaces the stream's state of a live page. */
export function ReplayStatus({ state }: { state: ReplayState }) {
  const why =
    state.state === "lost"
      ? state.why
      : state.state === "refused" && "detail" in state.refusal
        ? state.refusal.detail
        : state.state === "over"
          ? "showing the current session"
          : "";
  const tone = state.state === "lost" ? "reconnecting" : state.state === "refused" ? "refused" : "paused";
  return (
    <div class={`stream stream-${tone}`}>
      <span class="stream-dot" aria-hidden="true" />
      <span class="stream-word" role="status">
        {WORDS[state.state]}
      </span>
      {why === "" ? null : (
        <span class="stream-detail">
          <UntrustedText text={why} limit={120} />
        </span>
      )}
    </div>
  );
}
