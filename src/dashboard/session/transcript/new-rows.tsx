import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { counted } from "../../../lib/figures.ts";
import { addedRows } from "../../../session/transcript/added-rows.ts";
import { isTurnId, type RowBlock, turnOfId } from "../../../session/transcript/reading-rows.ts";
import { Icon } from "../../ui/icons.tsx";
import type { View } from "./measured-rows.ts";
import type { RowList } from "./row-list.ts";

export type NewRowsProps = {
  /** Of all turns, also those that are not shown. */
  readonly blocks: readonly RowBlock[];
  readonly shown: RowList;
  readonly view: ReadonlySignal<View>;
  readonly newRows: "counted" | "expected";
  readonly isResting: boolean;
  readonly onRow: (place: number) => void;
};

/** How many rows arrived out of the reader's view, and were not in view since: a button that goes to the first of them. */
export function NewRows({ blocks, shown, view, newRows, isResting, onRow }: NewRowsProps) {
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
    const isShown = shownOf(shown, addedRows(before, blocks));
    if (isShown.size === 0) return;
    unseen.value = new Set([...unseen.peek(), ...isShown]);
    see();
  }, [blocks]);
  useLayoutEffect(() => view.subscribe(see), [view, shown]);
  const toNew = (): void => {
    const at = shown.findIndex(({ id }) => unseen.peek().has(id));
    if (at >= 0) onRow(at);
  };
  return !isResting || unseen.value.size === 0 ? null : (
    <button type="button" class="pill pill-bottom" onClick={toNew}>
      <Icon name="down" />
      {wordsOf([...unseen.value])}
    </button>
  );
}

/** A turn that came whole is one thing, however many steps it has. */
function wordsOf(unseen: readonly string[]): string {
  const turns = unseen.filter(isTurnId);
  return turns.length > 0 ? counted(turns.length, "new turn") : counted(unseen.length, "new step");
}

function shownOf({ blocks }: RowList, added: ReadonlySet<string>): Set<string> {
  const shown = new Set<string>();
  const turns = new Set(Array.from(added, turnOfId));
  for (const block of blocks) {
    if (!turns.has(block[0]?.turn ?? 0)) continue;
    for (const { id } of block) if (added.has(id)) shown.add(id);
  }
  return shown;
}
