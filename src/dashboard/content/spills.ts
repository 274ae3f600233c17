import { useEffect, useRef, useState } from "preact/hooks";
import type { AnyValue, Spill } from "../../trace/span.ts";
import { fetchSpilled } from "./fetch-spilled.ts";

/** Where a large value stands that is not here yet. */
export type Spilled = "preview" | "fetching" | { readonly failed: string };

/** Large values of the span that is looked at: those fetched so far, and how to come by another. */
export type Spills = {
  /** By hash. */
  readonly fetched: ReadonlyMap<string, AnyValue>;
  readonly stateOf: (hash: string) => Spilled;
  readonly fetch: (spill: Spill) => void;
};

/** Up to this many bytes a value that is the span's input or output comes without being asked for. */
const BY_ITSELF = 1_048_576;

/** Whether a value is fetched as soon as it is looked at. */
export const comesByItself = (spill: Spill): boolean => spill.bytes <= BY_ITSELF;

/** The large values of one span; whatever is under way ends with the component. */
export function useSpills(sessionId: string): Spills {
  const [fetched, setFetched] = useState<ReadonlyMap<string, AnyValue>>(new Map());
  const [states, setStates] = useState<ReadonlyMap<string, Spilled>>(new Map());
  const closing = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => closing.current?.abort(), []);
  const stateOf = (hash: string): Spilled => states.get(hash) ?? "preview";
  return {
    fetched,
    stateOf,
    fetch(spill) {
      if (stateOf(spill.hash) === "fetching" || fetched.has(spill.hash)) return;
      const { signal } = (closing.current ??= new AbortController());
      const become = (state: Spilled): void => setStates((before) => new Map(before).set(spill.hash, state));
      become("fetching");
      fetchSpilled(sessionId, spill, signal).then(
        (value) => setFetched((before) => new Map(before).set(spill.hash, value)),
        (error: unknown) => {
          if (!signal.aborted) become({ failed: error instanceof Error ? error.message : String(error) });
        },
      );
    },
  };
}
