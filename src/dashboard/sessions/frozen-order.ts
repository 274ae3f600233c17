/** The order of rows as shown. While it is frozen, rows do not move, and new sessions wait until the reader shows them. */
export type FrozenOrder = { readonly shown: readonly string[]; readonly waiting: number };

/**
 * `current` is the up-to-date order. Free: it is shown. Frozen: rows keep their places, deleted rows disappear, rows of
 * a requested page follow, and other new rows are counted.
 */
export function arrange(
  before: readonly string[],
  current: readonly string[],
  hold: "free" | "frozen",
  isRequested: (id: string) => boolean,
): FrozenOrder {
  if (hold === "free" || before.length === 0) return { shown: current, waiting: 0 };
  const present = new Set(current);
  const remaining = new Set(before.filter((id) => present.has(id)));
  const shown = [...remaining, ...current.filter((id) => !remaining.has(id) && isRequested(id))];
  return { shown, waiting: current.length - shown.length };
}
