import type { LogRecord } from "../../../otel/log-record.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import type { LogLevel, LogView } from "../../address/log-view.ts";

/** The lowest OTLP severity number of each level. */
const FIRST: Readonly<Record<LogLevel, number>> = { any: 0, info: 9, warn: 13, error: 17 };

/** The records that pass the filter. */
export function recordsIn(records: readonly ViewRecord[], { of, from }: LogView): readonly ViewRecord[] {
  if (of === "all" && from === "any") return records;
  return records.filter(
    ({ record, subject }) => (of === "all" || subject === "") && (record.severityNumber ?? 0) >= FIRST[from],
  );
}

/** A severity's name and style. */
export type Severity = { readonly word: string; readonly as: "muted" | "plain" | "warn" | "bad" };

const RANGES = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** From the severity number, four to a range; without a number, the producer's text. */
export function severityOf({ severityNumber = 0, severityText = "" }: LogRecord): Severity {
  const word = RANGES[Math.ceil(severityNumber / 4) - 1] ?? severityText.toLowerCase();
  if (severityNumber >= FIRST.error) return { word, as: "bad" };
  if (severityNumber >= FIRST.warn) return { word, as: "warn" };
  return { word, as: severityNumber >= FIRST.info ? "plain" : "muted" };
}
