import { useState } from "preact/hooks";
import type { Spill } from "../../trace/span.ts";
import { bytes } from "../figures.ts";
import { fetchSpilled } from "./fetch-spilled.ts";
import type { Spills } from "./spills.ts";

/** Under the preview of a large value: its size, and the button that fetches the whole. */
export function LoadWhole({ spill, spills }: { spill: Spill; spills: Spills }) {
  const [state, setState] = useState<"preview" | "fetching" | { readonly failed: string }>("preview");
  const load = (): void => {
    setState("fetching");
    fetchSpilled(spills.sessionId, spill).then(
      (value) => spills.onFetched(spill.hash, value),
      (error: unknown) => setState({ failed: error instanceof Error ? error.message : String(error) }),
    );
  };
  return (
    <p class="load-whole">
      <button type="button" class="button" disabled={state === "fetching"} onClick={load}>
        {state === "fetching" ? "Loading" : `Load all ${bytes(spill.bytes)}`}
      </button>
      <span class="muted">
        {typeof state === "object"
          ? `Not loaded: ${state.failed}.`
          : spill.cutFrom === undefined
            ? "This is the beginning."
            : `This is the beginning; it came with ${bytes(spill.cutFrom)} and was cut.`}
      </span>
    </p>
  );
}
