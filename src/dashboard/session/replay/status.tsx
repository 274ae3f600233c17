import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { StreamState } from "../../../client/stream-state.ts";

const WORDS: Readonly<Record<StreamState["state"], string>> = {
  connecting: "Replay starting",
  live: "Replay",
  paused: "Replay paused",
  reconnecting: "Replay interrupted",
  ended: "Replay finished",
  refused: "Replay not available",
};

export type ReplayStatusProps = { readonly state: StreamState };

/** Replaces the stream's state of a live page. */
export function ReplayStatus({ state }: ReplayStatusProps) {
  const why =
    state.state === "reconnecting"
      ? state.why
      : state.state === "refused" && "detail" in state.refusal
        ? state.refusal.detail
        : state.state === "ended"
          ? "showing the current session"
          : "";
  const tone = state.state === "reconnecting" ? "reconnecting" : state.state === "refused" ? "refused" : "paused";
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
