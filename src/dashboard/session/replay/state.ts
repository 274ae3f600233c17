import type { Refusal } from "../../stream/stream-state.ts";

/** The state of a replay. */
export type ReplayState =
  | { readonly state: "connecting" }
  | { readonly state: "playing" }
  | { readonly state: "paused"; readonly by: "reader" | "hidden" }
  | { readonly state: "lost"; readonly why: string; readonly attempt: number }
  | { readonly state: "over" }
  | { readonly state: "refused"; readonly refusal: Refusal };

export type ReplayStep =
  | { readonly step: "connect" }
  | { readonly step: "received" }
  | { readonly step: "pause"; readonly by: "reader" | "hidden" }
  | { readonly step: "seen" }
  | { readonly step: "lost"; readonly why: string }
  | { readonly step: "over" }
  | { readonly step: "refused"; readonly refusal: Refusal };

/** The whole state machine. A step without effect returns the same object. */
export function nextReplayState(from: ReplayState, step: ReplayStep): ReplayState {
  switch (step.step) {
    case "connect":
      // The reason stays visible during the retry.
      return from.state === "lost" ? from : { state: "connecting" };
    case "received":
      return from.state === "connecting" || from.state === "lost" ? { state: "playing" } : from;
    case "pause":
      if (from.state === "over" || from.state === "refused" || from.state === "paused") return from;
      return { state: "paused", by: step.by };
    case "seen":
      return from.state === "paused" && from.by === "hidden" ? { state: "connecting" } : from;
    case "lost":
      if (from.state === "paused" || from.state === "over") return from;
      return { state: "lost", why: step.why, attempt: from.state === "lost" ? from.attempt + 1 : 1 };
    case "over":
      return { state: "over" };
    case "refused":
      return { state: "refused", refusal: step.refusal };
  }
}
