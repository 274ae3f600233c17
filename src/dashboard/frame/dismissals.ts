import { type ReadonlySignal, signal } from "@preact/signals";
import { refusalKey } from "../../session/contract/refused-exports.ts";
import type { RefusedExport } from "../../session/contract/stream-events.ts";

const KEY = "spanfold.dismissedRefusals";

/** Dismissed refusals of this browser, shared by its tabs: `refusalKey` to the time of the latest occurrence. */
const stored = signal(read(localStorage.getItem(KEY)));
addEventListener("storage", (event) => {
  if (event.key === KEY) stored.value = read(event.newValue);
});

export const dismissed: ReadonlySignal<ReadonlyMap<string, number>> = stored;

/** Hides a refusal until it occurs again. Entries that are not among the `known` refusals are removed. */
export function dismiss(refused: RefusedExport, known: readonly RefusedExport[]): void {
  const keys = new Set(known.map(refusalKey));
  const remaining = Array.from(stored.value).filter(([key]) => keys.has(key));
  stored.value = new Map([...remaining, [refusalKey(refused), refused.at]]);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(stored.value)));
}

/** Empty if the text has another format. */
function read(text: string | null): ReadonlyMap<string, number> {
  try {
    const entries = Object.entries(JSON.parse(text ?? "{}") as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  } catch {
    return new Map();
  }
}
