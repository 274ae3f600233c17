import { useEffect } from "preact/hooks";
import type { Spill } from "../../trace/span.ts";
import { bytes } from "../text/figures.ts";
import { comesByItself, type Spills } from "./spills.ts";

/** Under the preview of a large value: its size, and the button that fetches the whole, unless that comes by itself. */
export function LoadWhole({ spill, spills, when }: { spill: Spill; spills: Spills; when: "shown" | "pressed" }) {
  const state = spills.stateOf(spill.hash);
  const isWanted = when === "shown" && comesByItself(spill) && state === "preview";
  useEffect(() => {
    if (isWanted) spills.fetch(spill);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `spills` is new with every render, and the value is asked for once
  }, [isWanted, spill.hash]);
  const isUnderWay = state === "fetching" || isWanted;
  return (
    <p class="load-whole">
      {isUnderWay ? (
        <span class="muted" role="status">
          {`Loading the rest of ${bytes(spill.bytes)}`}
        </span>
      ) : (
        <>
          <button type="button" class="button" onClick={() => spills.fetch(spill)}>
            {`Load all ${bytes(spill.bytes)}`}
          </button>
          <span class="muted">
            {typeof state === "object" ? `Not loaded: ${state.failed}.` : "This is the beginning."}
          </span>
        </>
      )}
      {spill.cutFrom === undefined ? null : (
        <span class="muted">{`It came with ${bytes(spill.cutFrom)} and was cut.`}</span>
      )}
    </p>
  );
}
