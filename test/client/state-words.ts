import type { StreamState } from "../../src/client/stream-state.ts";

/** A stream's state as tests print it. */
export function inWords(state: StreamState): string {
  switch (state.state) {
    case "reconnecting":
      return `reconnecting ${state.attempt}: ${state.why}`;
    case "paused":
      return `paused by ${state.by}`;
    case "ended":
      return state.how === "moved" ? `moved to ${state.to}` : state.how;
    case "refused":
      return `refused: ${state.refusal.reason}`;
    case "connecting":
    case "live":
      return state.state;
  }
}
