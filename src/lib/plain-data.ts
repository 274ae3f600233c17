/** What JSON from outside is until it has been looked at. Read only by names of ours, never written to. */
export type PlainRecord = { readonly [field: string]: unknown };

export function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a string that is not empty. */
export function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
