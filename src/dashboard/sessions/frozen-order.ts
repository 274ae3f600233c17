/** The order of rows as shown: while it is held, nothing moves what is being read, and newcomers wait to be called. */
export type HeldOrder = { readonly shown: readonly string[]; readonly waiting: number };

/**
 * `current` is the order as it should be. Free: it is shown. Held: rows stay where they are, those that are gone leave,
 * those that the reader asked for come after them, and those that came by themselves are counted.
 */
export function arrange(
  before: readonly string[],
  current: readonly string[],
  hold: "free" | "held",
  isAskedFor: (id: string) => boolean,
): HeldOrder {
  if (hold === "free" || before.length === 0) return { shown: current, waiting: 0 };
  const present = new Set(current);
  const kept = new Set(before.filter((id) => present.has(id)));
  const shown = [...kept, ...current.filter((id) => !kept.has(id) && isAskedFor(id))];
  return { shown, waiting: current.length - shown.length };
}
