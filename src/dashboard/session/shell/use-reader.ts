import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { newestStep, type ChangeTime } from "../../../session/newest-step.ts";
import { ALL_OPEN } from "../../../session/tree/closed-rows.ts";
import type { SessionTree } from "../../../session/tree/tree.ts";
import type { SessionAddress } from "../../address/address.ts";
import { go } from "../../address/location.ts";
import { HIT_KEYS, OPEN_KEYS, ROW_KEYS, STEP_KEYS, TREE_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { findRow } from "../../../session/tree/find-row.ts";
import { moved, shownAt, type Move, type Reader } from "../reader.ts";
import type { Following, Revealed, RowOrder } from "../reading-props.ts";

export type ReaderOptions = {
  readonly here: SessionAddress;
  readonly tree: SessionTree;
  readonly hits: ReadonlySet<string> | undefined;
  /** By which time the newest step is followed. */
  readonly newest: ChangeTime;
  /** The element of the reading: keys that move the cursor bring the focus there. */
  readonly element: { readonly current: HTMLElement | null };
};

export type ReaderState = {
  readonly reader: Reader;
  readonly revealed: Revealed | undefined;
  readonly order: RowOrder;
  readonly following: Following;
  readonly setFollowing: (following: Following) => void;
  readonly read: (next: Reader) => void;
  /** Opens a span in the panel. `undefined`: closes the panel. */
  readonly open: (key: string | undefined) => void;
  /** Moves the cursor to a row, and opens what hides it. */
  readonly show: (key: string) => void;
  readonly showAndOpen: (key: string) => void;
  /** Moves the cursor to a hit of the search. The focus stays where it is. */
  readonly toHit: (move: "nextHit" | "previousHit") => void;
  /** Moves the cursor to a step of the same kind. The focus stays where it is. */
  readonly toStep: (move: "nextOfKind" | "previousOfKind") => void;
  /** Brings the cursor's row into view again. */
  readonly revealAgain: () => void;
};

/** Where the reader is, in whichever reading. The open span and the closed rows are in the URL. */
export function useReader({ here, tree, hits, newest, element }: ReaderOptions): ReaderState {
  const { span: selected } = here;
  const [named, setCursor] = useState<string | undefined>(selected);
  // A link names the span without what distinguishes spans of one id.
  const cursor = useMemo(() => named && (findRow(tree, named)?.key ?? named), [tree, named]);
  const [revealed, setRevealed] = useState<Revealed | undefined>(
    selected === undefined ? undefined : { key: selected, by: "reader" },
  );
  // A link names a span without what tells spans of one id apart, and may name one that is still to come.
  useLayoutEffect(() => {
    if (revealed === undefined || tree.byKey.get(revealed.key) !== undefined) return;
    const row = findRow(tree, revealed.key);
    if (row !== undefined) setRevealed({ ...revealed, key: row.key });
  }, [tree, revealed]);
  const [following, setFollowing] = useState<Following>("resting");
  const order: RowOrder = useRef<() => readonly string[]>(undefined);
  const reader: Reader = { cursor, closed: here.closed ?? ALL_OPEN };

  const openedAs = useRef(selected);
  const write = (to: Partial<SessionAddress>, how: "push" | "replace"): void => {
    if ("span" in to) openedAs.current = to.span;
    go({ ...here, ...to }, how);
  };
  // The URL was changed elsewhere: by Back, or by a link.
  useEffect(() => {
    if (openedAs.current === selected) return;
    openedAs.current = selected;
    const row = selected === undefined ? undefined : findRow(tree, selected);
    if (row === undefined) return;
    setCursor(row.key);
    setRevealed({ key: row.key, by: "reader" });
  }, [selected]);

  const goTo = (next: Reader, panel: "as it is" | "opened"): void => {
    const isMoved = next.cursor !== cursor || panel === "opened";
    const closed = next.closed === reader.closed ? here.closed : next.closed;
    if (isMoved) {
      setFollowing("resting");
      setCursor(next.cursor);
    }
    if (next.cursor !== undefined && (isMoved || closed !== here.closed))
      setRevealed({ key: next.cursor, by: "reader" });
    const opens = panel === "opened" || (selected !== undefined && isMoved);
    if (opens && next.cursor !== undefined)
      write({ span: next.cursor, closed }, selected === undefined ? "push" : "replace");
    else if (closed !== here.closed) write({ closed }, "replace");
  };
  const read = (next: Reader): void => goTo(next, "as it is");
  const open = (key: string | undefined): void => {
    if (key === undefined) write({ span: undefined }, "replace");
    else goTo({ ...reader, cursor: key }, "opened");
  };
  const shownRow = (key: string): Reader => {
    const row = findRow(tree, key);
    return row === undefined ? { ...reader, cursor: key } : shownAt(reader, row);
  };

  /** Otherwise Enter would press the last pressed button. */
  const focus = (): void => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && element.current?.contains(active)) return;
    if (active !== null && active.closest(".panel") !== null) return;
    focusReading(element.current);
  };
  const move = (action: Move): "unhandled" | void => {
    const shown = order.current?.();
    if (shown === undefined) return "unhandled";
    const next = moved(reader, action, { shown, tree, hits });
    if (next === reader) return;
    read(next);
    focus();
  };
  const jump = (to: Move): void => read(moved(reader, to, { shown: order.current?.() ?? [], tree, hits }));
  usePageKeys(ROW_KEYS, move);
  usePageKeys(TREE_KEYS, move);
  usePageKeys(STEP_KEYS, move);
  usePageKeys(HIT_KEYS, hits === undefined ? undefined : move);
  usePageKeys(OPEN_KEYS, () => {
    if (cursor === undefined || order.current === undefined) return "unhandled";
    focus();
    open(cursor);
  });

  useLayoutEffect(() => {
    if (following === "resting") return;
    const row = newestStep(tree, newest);
    if (row !== undefined) setRevealed((known) => (known?.key === row.key ? known : { key: row.key, by: "follow" }));
  }, [tree, following, newest]);

  return {
    reader,
    revealed,
    order,
    following,
    setFollowing,
    read,
    open,
    show: (key) => read(shownRow(key)),
    showAndOpen: (key) => goTo(shownRow(key), "opened"),
    toHit: jump,
    toStep: jump,
    revealAgain() {
      if (cursor !== undefined) setRevealed({ key: cursor, by: "reader" });
    },
  };
}

/** The element that scrolls the rows, or the whole reading. */
export function focusReading(element: HTMLElement | null): void {
  (element?.querySelector<HTMLElement>('[tabindex="0"]') ?? element)?.focus({ preventScroll: true });
}
