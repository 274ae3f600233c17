import type { LogRecord } from "../../otel/log-record.ts";
import type { ViewRecord } from "../../session/view/log-view.ts";

/** The filter of a session's log records. */
export type LogView = {
  /** All records, or records without a span. */
  readonly of: "all" | "spanless";
  /** The lowest severity that is listed. */
  readonly from: LogLevel;
};

export const LOG_LEVELS = ["any", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The lowest OTLP severity number of each level. */
const FIRST: Readonly<Record<LogLevel, number>> = { any: 0, info: 9, warn: 13, error: 17 };

export const ALL_LOGS: LogView = { of: "all", from: "any" };

/** Reads the URL parameter: `logs=warn`, `logs=any.spanless`. `undefined`: the spans are shown. */
export function readLogView(text: string | null): LogView | undefined {
  if (text === null) return undefined;
  const [level, of] = text.split(".");
  const from = LOG_LEVELS.find((known) => known === level) ?? "any";
  return { of: of === "spanless" ? "spanless" : "all", from };
}

export function writeLogView({ of, from }: LogView): string {
  return of === "all" ? from : `${from}.${of}`;
}

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
