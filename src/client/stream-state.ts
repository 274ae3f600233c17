import type { Refusal } from "./refusal.ts";

/** The state of a stream, for its reader. */
export type StreamState =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** `retryAt`: Unix milliseconds. */
  | { readonly state: "reconnecting"; readonly attempt: number; readonly why: string; readonly retryAt: number }
  | { readonly state: "paused"; readonly by: "reader" | "hidden" }
  | { readonly state: "ended"; readonly how: "deleted" | "complete" }
  | { readonly state: "ended"; readonly how: "moved"; readonly to: string }
  | { readonly state: "refused"; readonly refusal: Refusal };

export type StreamStep =
  | { readonly step: "connect" }
  | { readonly step: "caught-up" }
  | { readonly step: "lost"; readonly why: string; readonly retryAt: number }
  | { readonly step: "refused"; readonly refusal: Refusal }
  | { readonly step: "moved"; readonly to: string }
  | { readonly step: "deleted" }
  | { readonly step: "complete" }
  | { readonly step: "pause" }
  | { readonly step: "resume" }
  | { readonly step: "hide" }
  | { readonly step: "show" }
  | { readonly step: "restart" };

/** Whether a replay has played to its end. */
export const isComplete = (state: StreamState): boolean => state.state === "ended" && state.how === "complete";

export const CONNECTING: StreamState = { state: "connecting" };

/** The whole state machine. A step without effect returns the same object. */
export function nextState(from: StreamState, step: StreamStep): StreamState {
  if (step.step === "restart") return CONNECTING;
  // A deleted session may start again under its name. Until then no other step changes the state.
  if (from.state === "ended") return from.how === "deleted" && step.step === "caught-up" ? { state: "live" } : from;
  switch (step.step) {
    case "connect":
      return from.state === "live" ? CONNECTING : from;
    case "caught-up":
      return from.state === "paused" || from.state === "live" ? from : { state: "live" };
    case "lost":
      if (from.state === "paused") return from;
      return {
        state: "reconnecting",
        attempt: from.state === "reconnecting" ? from.attempt + 1 : 1,
        why: step.why,
        retryAt: step.retryAt,
      };
    case "refused":
      return from.state === "paused" ? from : { state: "refused", refusal: step.refusal };
    case "moved":
      return { state: "ended", how: "moved", to: step.to };
    case "deleted":
    case "complete":
      return { state: "ended", how: step.step };
    case "pause":
      return from.state === "refused" ? from : { state: "paused", by: "reader" };
    case "hide":
      return from.state === "paused" ? from : { state: "paused", by: "hidden" };
    case "resume":
      return from.state === "paused" || from.state === "refused" ? CONNECTING : from;
    case "show":
      return from.state === "paused" && from.by === "hidden" ? CONNECTING : from;
  }
}
