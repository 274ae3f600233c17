import type { TimeScale } from "./time-scale.ts";

/** Left edge and width in percent, clipped to the axis. */
export function place(scale: TimeScale, start: bigint, end: bigint): { left: number; width: number } {
  const length = Number(scale.end - scale.start) || 1;
  const left = clamp(Number(start - scale.start) / length);
  const right = clamp(Number(end - scale.start) / length);
  return { left: left * 100, width: Math.max(0, right - left) * 100 };
}

/** Whether no part of it lies on the axis. */
export const isOutside = (scale: TimeScale, start: bigint, end: bigint): boolean =>
  start > scale.end || (end > start ? end : start) < scale.start;

const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));
