import type { ListGroup } from "../../session/list/list-groups.ts";

/** A row and the group that it is shown in. */
export type PlacedRow = { readonly id: string; readonly group: ListGroup };

/** The order of rows as shown. While it is frozen, rows do not move, and new sessions wait until the reader shows them. */
export type FrozenOrder = {
  readonly shown: readonly PlacedRow[];
  /** New sessions. */
  readonly waiting: number;
  /** Sessions that need the reader and are not shown there yet, new ones included. */
  readonly asking: number;
};

export const NO_ROWS: FrozenOrder = { shown: [], waiting: 0, asking: 0 };

/**
 * `current` is the up-to-date order, group by group. Free: it is shown. Frozen: rows keep their places and groups, deleted rows
 * disappear, rows of a requested page follow, and other new rows are counted.
 */
export function arrange(
  before: readonly PlacedRow[],
  current: readonly PlacedRow[],
  hold: "free" | "frozen",
  isRequested: (id: string) => boolean,
): FrozenOrder {
  if (hold === "free" || before.length === 0) return { shown: current, waiting: 0, asking: 0 };
  const present = new Set(current.map(({ id }) => id));
  const remaining = before.filter(({ id }) => present.has(id));
  const placed = new Map(remaining.map(({ id, group }) => [id, group]));
  // A requested page follows all others: its rows are in the last group.
  const requested = current.filter(({ id, group }) => !placed.has(id) && group === "rest" && isRequested(id));
  const shown = [...remaining, ...requested];
  const asking = current.filter(({ id, group }) => group === "needs-you" && placed.get(id) !== "needs-you");
  return { shown, waiting: current.length - shown.length, asking: asking.length };
}
