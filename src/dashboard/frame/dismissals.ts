import { type ReadonlySignal, signal } from "@preact/signals";
import { refusalKey } from "../../session/contract/refused-exports.ts";
import type { RefusedExport } from "../../session/contract/stream-events.ts";

const KEY = "spanfold.dismissedRefusals";

/** Of this browser, for all its tabs: by `refusalKey`, when the refusal had happened last. */
const stored = signal(read(localStorage.getItem(KEY)));
addEventListener("storage", (event) => {
  if (event.key === KEY) stored.value = read(event.newValue);
});

export const dismissed: ReadonlySignal<ReadonlyMap<string, number>> = stored;

/** Until it happens again. What is none of the `known` refusals any more is forgotten. */
export function dismiss(refused: RefusedExport, known: readonly RefusedExport[]): void {
  const keys = new Set(known.map(refusalKey));
  const kept = Array.from(stored.value).filter(([key]) => keys.has(key));
  stored.value = new Map([...kept, [refusalKey(refused), refused.at]]);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(stored.value)));
}

/** Nothing where it is none of ours. */
function read(text: string | null): ReadonlyMap<string, number> {
  try {
    const entries = Object.entries(JSON.parse(text ?? "{}") as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  } catch {
    return new Map();
  }
}
