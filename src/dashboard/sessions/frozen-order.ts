/** The order of rows as shown: while it is held, nothing moves what is being read, and newcomers wait to be called. */
export type FrozenOrder = { readonly shown: readonly string[]; readonly waiting: number };

/**
 * `current` is the order as it should be. Free: it is shown. Held: rows stay where they are, those that are gone leave,
 * those that the reader asked for come after them, and those that came by themselves are counted.
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
