import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { addedRows } from "../../../session/transcript/added-rows.ts";
import type { RowBlock } from "../../../session/transcript/reading-rows.ts";
import type { View } from "./measured-rows.ts";
import type { RowList } from "./row-list.ts";

export type NewRows = {
  readonly count: ReadonlySignal<number>;
  /** Place of the first one; -1 without. */
  readonly first: () => number;
};

/** Rows that arrived out of the reader's view, and were not in view since. `blocks`: of all turns, also those that are not shown. */
export function useNewRows(
  blocks: readonly RowBlock[],
  shown: RowList,
  view: ReadonlySignal<View>,
  newRows: "counted" | "expected",
): NewRows {
  const known = useRef<readonly RowBlock[]>([]);
  const unseen = useSignal<ReadonlySet<string>>(new Set());
  const latest = useRef(shown);
  latest.current = shown;
  const see = (): void => {
    if (unseen.peek().size === 0) return;
    const { first, last } = view.peek();
    const inView = latest.current.slice(first, last + 1).filter(({ id }) => unseen.peek().has(id));
    if (inView.length === 0) return;
    const left = new Set(unseen.peek());
    for (const { id } of inView) left.delete(id);
    unseen.value = left;
  };
  useLayoutEffect(() => {
    const before = known.current;
    known.current = blocks;
    if (before.length === 0 || newRows === "expected") return;
    const added = addedRows(before, blocks);
    if (added.size === 0) return;
    const isShown = shown.length === 0 ? new Set<string>() : shownOf(shown, added);
    if (isShown.size === 0) return;
    unseen.value = new Set([...unseen.peek(), ...isShown]);
    see();
  }, [blocks]);
  useLayoutEffect(() => view.subscribe(see), [view, shown]);
  return {
    count: useComputed(() => unseen.value.size),
    first: () => latest.current.findIndex(({ id }) => unseen.peek().has(id)),
  };
}

function shownOf({ blocks }: RowList, added: ReadonlySet<string>): Set<string> {
  const shown = new Set<string>();
  const turns = new Set(Array.from(added, turnOf));
  for (const block of blocks) {
    if (!turns.has(turnOf(block[0]?.id ?? ""))) continue;
    for (const { id } of block) if (added.has(id)) shown.add(id);
  }
  return shown;
}

const turnOf = (id: string): string => id.slice(0, id.indexOf(":"));
