/** When a log moves to an object of its own, and how. */
export type MoveThresholds = {
  /** Bytes of bodies and offloaded values. */
  readonly bytes: number;
  /** Spans and log records. */
  readonly items: number;
  readonly watchers: number;
  /** Bytes of one call that carries a part of the log. */
  readonly pageBytes: number;
};

const THRESHOLDS: MoveThresholds = { bytes: 1_000_000, items: 2_000, watchers: 50, pageBytes: 4_000_000 };

let thresholds = THRESHOLDS;

export function moveThresholds(): MoveThresholds {
  return thresholds;
}

/** For tests: the given ones instead of the usual ones; without any, the usual ones again. */
export function setMoveThresholds(given: Partial<MoveThresholds> = {}): void {
  thresholds = { ...THRESHOLDS, ...given };
}
