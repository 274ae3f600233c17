export type Level = "error" | "warn" | "info";

/** `level` is "info" by default. An `error` is written as its text. No contents of spans or records belong here. */
export type LogFields = {
  readonly level?: Level;
  readonly error?: unknown;
  readonly [field: string]: unknown;
};

/** Writes one JSON line to the Worker's log. `event` is a fixed name in kebab case, by which lines are searched. */
export function log(event: string, { level = "info", error, ...fields }: LogFields = {}): void {
  console[level](JSON.stringify({ event, level, ...fields, error: textOf(error) }));
}

function textOf(error: unknown): string | undefined {
  if (error === undefined || typeof error === "string") return error;
  return error instanceof Error ? String(error) : (JSON.stringify(error) ?? typeof error);
}
