/** The filter of a session's log records. */
export type LogView = {
  /** All records, or records without a span. */
  readonly of: "all" | "spanless";
  /** The lowest severity that is listed. */
  readonly from: LogLevel;
};

export const LOG_LEVELS = ["any", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
