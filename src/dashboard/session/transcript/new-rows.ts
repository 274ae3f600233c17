import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { View } from "./measured-rows.ts";

type Rows = readonly { readonly id: string }[];

export type NewRows = {
  readonly count: ReadonlySignal<number>;
  /** Place of the first one; -1 without. */
  readonly first: () => number;
};

/** Rows that arrived out of the reader's view, and were not in view since. */
export function useNewRows(rows: Rows, view: ReadonlySignal<View>, newRows: "counted" | "expected"): NewRows {
  const known = useRef<Set<string>>(new Set());
  const unseen = useSignal<ReadonlySet<string>>(new Set());
  useLayoutEffect(() => {
    const isFirst = known.current.size === 0;
    const added = rows.filter(({ id }) => !known.current.has(id));
    for (const { id } of added) known.current.add(id);
    if (added.length === 0 || isFirst || newRows === "expected") return;
    unseen.value = new Set([...unseen.peek(), ...added.map(({ id }) => id)]);
    see();
  }, [rows]);
  const see = (): void => {
    if (unseen.peek().size === 0) return;
    const { first, last } = view.peek();
    const inView = rows.slice(first, last + 1).filter(({ id }) => unseen.peek().has(id));
    if (inView.length === 0) return;
    const left = new Set(unseen.peek());
    for (const { id } of inView) left.delete(id);
    unseen.value = left;
  };
  useLayoutEffect(() => view.subscribe(see), [view, rows]);
  return {
    count: useComputed(() => unseen.value.size),
    first: () => rows.findIndex(({ id }) => unseen.peek().has(id)),
  };
}
