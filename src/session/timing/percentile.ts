/** Of ascending values, the nearest rank: a value that was measured, not one between two. 0 without any. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
