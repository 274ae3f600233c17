/** One measured number, in words that a table can show. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The least that is wanted. */
  readonly target?: number;
  /** What else was seen: spread, the rates behind a ratio. */
  readonly detail?: string;
};

export type Section = { readonly bench: string; readonly title: string; readonly figures: readonly Figure[] };

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank; the mean of the middle two where a median falls between. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return part === 0.5 ? (low + (sorted[Math.ceil(at)] ?? Number.NaN)) / 2 : (sorted[Math.ceil(at)] ?? Number.NaN);
}

/** `12.3–14.1` */
export function spread(values: readonly number[], digits = 2): string {
  return `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;
}
