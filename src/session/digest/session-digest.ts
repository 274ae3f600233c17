import type { ClockRange } from "../clock-outliers.ts";
import type { PartFold } from "../part-fold.ts";
import type { LivenessFacts, SessionSummary } from "../summary.ts";
import { errorCauses } from "./error-causes.ts";
import { nowLine } from "./now-line.ts";
import { sessionProducer } from "./session-producer.ts";
import { stepStrip } from "./step-strip.ts";

export type DigestOf = (
  parts: readonly PartFold[],
  clocks: ClockRange,
  liveness: LivenessFacts,
) => Pick<SessionSummary, "nowLine" | "steps" | "causes" | "producer">;

/** What a list shows of a session beyond its counts; at most 1 kB of JSON text. */
export const sessionDigest: DigestOf = (parts, clocks, { waiting }) => {
  const now = nowLine(parts, clocks, waiting);
  const steps = stepStrip(parts);
  const causes = errorCauses(parts);
  const producer = sessionProducer(parts);
  return {
    ...(now === undefined ? {} : { nowLine: now }),
    ...(steps === "" ? {} : { steps }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(producer === undefined ? {} : { producer }),
  };
};
