import { DAY, HOUR, MINUTE, SECOND, stepOver, type TimeScale } from "./time-scale.ts";

export type Tick = { readonly at: number; readonly label: string };

/** Ticks for a lane of `width` pixels, at least `spacing` apart, labelled with the time since `origin`. */
export function ticks(scale: TimeScale, width: number, origin = scale.start, spacing = 72): Tick[] {
  const length = scale.end - scale.start;
  const most = BigInt(Math.max(1, Math.floor(width / spacing)));
  if (length <= 0n) return [{ at: 0, label: "0" }];
  const step = stepOver((length + most - 1n) / most);
  const offset = scale.start - origin;
  const found: Tick[] = [];
  for (let at = ((offset + step - 1n) / step) * step; at < offset + length; at += step) {
    found.push({ at: Number(at - offset) / Number(length), label: tickLabel(at, step) });
  }
  return found;
}

/**
 * Since the start, with no more digits than the step needs: "0", "250 ms", "1.5 s", "12 s", "4:30", "2 h 15 m", "60 d 22 h", "60 d 22:05".
 */
export function tickLabel(at: bigint, step: bigint): string {
  if (at === 0n) return "0";
  if (at < 1_000n) return `${at}\u00a0ns`;
  if (at < 1_000_000n) return `${Number(at) / 1e3}\u00a0µs`;
  if (at < SECOND) return `${Number(at) / 1e6}\u00a0ms`;
  if (at < MINUTE) return `${Number(at) / 1e9}\u00a0s`;
  const seconds = at / SECOND;
  const days = at / DAY;
  const hours = (seconds / 3600n) % 24n;
  const minutes = two((seconds / 60n) % 60n);
  if (step >= DAY || at % DAY === 0n) return `${days}\u00a0d`;
  const before = days === 0n ? "" : `${days}\u00a0d\u00a0`;
  if (step >= MINUTE && at >= HOUR) {
    if (seconds % 3600n === 0n) return `${before}${hours}\u00a0h`;
    return before === "" ? `${hours}\u00a0h\u00a0${minutes}\u00a0m` : `${before}${hours}:${minutes}`;
  }
  const fraction = at % SECOND === 0n ? "" : `.${(at % SECOND).toString().padStart(9, "0").replace(/0+$/, "")}`;
  return `${before}${at < HOUR ? seconds / 60n : `${hours}:${minutes}`}:${two(seconds % 60n)}${fraction}`;
}

const two = (value: bigint): string => value.toString().padStart(2, "0");
