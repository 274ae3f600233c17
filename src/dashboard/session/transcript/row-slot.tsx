import { useCallback } from "preact/hooks";
import { memoized } from "../../ui/memoized.tsx";
import type { MeasuredRows } from "./measured-rows.ts";
import { type RowProps, StepRow } from "./step-row.tsx";

/** The deepest indent. */
const DEEPEST = 10;

type SlotProps = RowProps & {
  readonly measure: MeasuredRows["measure"];
  /** Its classes: selected, at the cursor, a hit of the search. */
  readonly mark: string;
};

/** An element that is kept for later would keep all that was drawn around it when it was first drawn, and that what was drawn before. */
const Contents = memoized(StepRow);

/** The place of a row. Its contents are drawn again only if they change, and not for a mark. */
function Slot({ measure, mark, ...props }: SlotProps) {
  const { row, node, onSelect } = props;
  const { id, spanId, turn } = row;
  const ref = useCallback(
    (element: HTMLElement | null) => measure({ id, spanId, turn }, element),
    [measure, id, spanId, turn],
  );
  const select = (event: MouseEvent): void => {
    const isControl = event.target instanceof Element && event.target.closest("a, button, summary") !== null;
    // Text that is being selected is read, not opened.
    if (node === undefined || isControl || getSelection()?.isCollapsed === false) return;
    onSelect(node.key);
  };
  return (
    <div
      ref={ref}
      role="listitem"
      class={`step step-of-${row.of.kind} ${mark}`}
      aria-current={mark.includes("selected")}
      style={{ "--depth": Math.max(0, Math.min(row.depth - 1, DEEPEST)) }}
      onClick={select}
    >
      <Contents {...props} />
    </div>
  );
}

/** A batch of a live session changes few of the rows in view. */
export const RowSlot = memoized(Slot);
