/** The state of the page's stream, always shown. */
export type StreamState =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "reconnecting"; readonly attempt: number; readonly why: string; readonly retryAt: number }
  | { readonly state: "paused"; readonly by: "reader" | "hidden" }
  | { readonly state: "ended"; readonly how: "deleted" }
  | { readonly state: "ended"; readonly how: "moved"; readonly to: string }
  | { readonly state: "refused"; readonly refusal: Refusal };

/** A response that an immediate retry would not change. */
export type Refusal =
  /** `since`: whether the first request was just now, so that the session may be about to start. */
  | { readonly reason: "not-found"; readonly movedTo: readonly string[]; readonly since: "just-now" | "a-while" }
  | { readonly reason: "unauthorised"; readonly hadToken: "yes" | "no" }
  /** `detail` names the permission that is needed. */
  | { readonly reason: "forbidden"; readonly detail: string; readonly hadToken: "yes" | "no" }
  | { readonly reason: "closed"; readonly title: string; readonly detail: string }
  | { readonly reason: "unexpected"; readonly status: number; readonly title: string; readonly detail: string };

export type StreamStep =
  | { readonly step: "connect" }
  | { readonly step: "caught-up" }
  | { readonly step: "lost"; readonly why: string; readonly retryAt: number }
  | { readonly step: "refused"; readonly refusal: Refusal }
  | { readonly step: "moved"; readonly to: string }
  | { readonly step: "deleted" }
  | { readonly step: "pause" }
  | { readonly step: "resume" }
  | { readonly step: "hide" }
  | { readonly step: "show" };

export const CONNECTING: StreamState = { state: "connecting" };

/** The whole state machine. A step without effect returns the same object. */
export function nextState(from: StreamState, step: StreamStep): StreamState {
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
      return { state: "ended", how: "deleted" };
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
