import type { ReadonlySignal } from "@preact/signals";
import type { ReadingRow } from "../../../session/transcript/reading-rows.ts";
import { counted } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { View } from "./measured-rows.ts";
import type { RowList } from "./row-list.ts";

export type StickyProps = {
  readonly rows: RowList;
  readonly view: ReadonlySignal<View>;
  readonly onRow: (row: ReadingRow) => void;
};

/** Names the turn and the agents whose steps are read, while their own headers are above the view. */
export function StickyHeader({ rows, view, onRow }: StickyProps) {
  const path: ReadingRow[] = [];
  for (let row = rows.at(view.value.first)?.around; row !== undefined; row = row.around) path.unshift(row);
  if (path.length === 0) return null;
  return (
    <div class="transcript-sticky">
      {path.slice(-MAX_PATH).map((row) => (
        <button key={row.id} type="button" tabIndex={-1} class={`sticky-${row.of.kind}`} onClick={() => onRow(row)}>
          <Name row={row} />
        </button>
      ))}
    </div>
  );
}

const MAX_PATH = 3;

function Name({ row: { of } }: { readonly row: ReadingRow }) {
  if (of.kind === "turn") return <>Turn {of.turn.number}</>;
  if (of.kind === "earlier") return <>Earlier conversation</>;
  if (!("steps" in of)) return null;
  return (
    <>
      <UntrustedText text={of.name} limit={60} /> <span class="muted">{counted(of.steps.length, "step")}</span>
    </>
  );
}
