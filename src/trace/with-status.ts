import { liveness } from "./liveness.ts";
import type { Status } from "./liveness.ts";
import type { SessionSummary } from "./summary.ts";

export type StatedSummary = SessionSummary & { readonly status: Status };

/** The session's facts, and what they mean at this moment (Unix milliseconds). */
export function withStatus(summary: SessionSummary, now: number): StatedSummary {
  return { ...summary, status: liveness(summary.liveness, now).status };
}
