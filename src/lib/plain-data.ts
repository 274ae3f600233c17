/** An unchecked JSON object from outside. It is read by constant field names only, and never written to. */
export type PlainRecord = { readonly [field: string]: unknown };

export function isRecord(value: unknown): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a non-empty string. */
export function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
