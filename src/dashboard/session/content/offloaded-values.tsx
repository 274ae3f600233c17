import { whyFailed } from "../../../client/refusal.ts";
import { sessionPath } from "../../address/address.ts";
import type { AnyValue, Offloaded } from "../../../otel/span.ts";
import { authorisedFetch } from "../../server.ts";
import { bytes } from "../../../lib/figures.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import "./content.css";

/** The state of an offloaded value that is not loaded. */
export type OffloadedState = "preview" | "fetching" | { readonly failed: string };

/** The offloaded values of the open span: loaded ones, and a function that loads another. */
export type OffloadedValues = {
  /** By hash. */
  readonly fetched: ReadonlyMap<string, AnyValue>;
  readonly stateOf: (hash: string) => OffloadedState;
  readonly fetch: (offloaded: Offloaded) => void;
};

/** An input or output up to this size is loaded automatically, bytes. */
const LARGEST_AUTOMATIC = 1_048_576;

/** Whether a value is loaded as soon as it is shown. */
export const isLoadedAutomatically = (offloaded: Offloaded): boolean => offloaded.bytes <= LARGEST_AUTOMATIC;

/** The offloaded values of one span. Requests are aborted with the component. */
export function useOffloadedValues(sessionId: string): OffloadedValues {
  const [fetched, setFetched] = useState<ReadonlyMap<string, AnyValue>>(new Map());
  const [states, setStates] = useState<ReadonlyMap<string, OffloadedState>>(new Map());
  const closing = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => closing.current?.abort(), []);
  const stateOf = (hash: string): OffloadedState => states.get(hash) ?? "preview";
  return {
    fetched,
    stateOf,
    fetch(offloaded) {
      if (stateOf(offloaded.hash) === "fetching" || fetched.has(offloaded.hash)) return;
      const { signal } = (closing.current ??= new AbortController());
      const become = (state: OffloadedState): void => setStates((before) => new Map(before).set(offloaded.hash, state));
      become("fetching");
      fetchOffloaded(sessionId, offloaded, signal).then(
        (value) => setFetched((before) => new Map(before).set(offloaded.hash, value)),
        (error: unknown) => {
          if (!signal.aborted) become({ failed: whyFailed(error) });
        },
      );
    },
  };
}

/** Whole values by URL. The content of a hash never changes, so each is fetched once for each tab. */
const known = new Map<string, AnyValue>();

/** A whole value, by the hash that its preview names. */
export async function fetchOffloaded(sessionId: string, offloaded: Offloaded, signal: AbortSignal): Promise<AnyValue> {
  const url = `${sessionPath(sessionId)}/values/${encodeURIComponent(offloaded.hash)}`;
  const value = known.get(url) ?? (await read(url, signal));
  known.set(url, value);
  return value;
}

async function read(url: string, signal: AbortSignal): Promise<AnyValue> {
  const response = await authorisedFetch(url, { headers: { Accept: "application/json" }, signal });
  if (!response.ok)
    throw new Error(response.status === 404 ? "it was deleted" : `the server answered ${response.status}`);
  const value: unknown = await response.json();
  if (typeof value !== "object" || value === null) throw new Error("the server's answer is not a value");
  return value;
}

/** Under the preview of an offloaded value: its size, and a button that loads the whole, unless it is loaded automatically. */
export function LoadWhole({
  offloaded,
  values,
  when,
}: {
  offloaded: Offloaded;
  values: OffloadedValues;
  when: "shown" | "pressed";
}) {
  const state = values.stateOf(offloaded.hash);
  const isWanted = when === "shown" && isLoadedAutomatically(offloaded) && state === "preview";
  useEffect(() => {
    if (isWanted) values.fetch(offloaded);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `values` is new with every render, and the value is requested once
  }, [isWanted, offloaded.hash]);
  const isUnderWay = state === "fetching" || isWanted;
  return (
    <p class="load-whole">
      {isUnderWay ? (
        <span class="muted" role="status">
          {`Loading the rest of ${bytes(offloaded.bytes)}`}
        </span>
      ) : (
        <>
          <button type="button" class="button" onClick={() => values.fetch(offloaded)}>
            {`Load all ${bytes(offloaded.bytes)}`}
          </button>
          <span class="muted">
            {typeof state === "object" ? `Not loaded: ${state.failed}.` : "Only the beginning is shown."}
          </span>
        </>
      )}
      {offloaded.cutFrom === undefined ? null : (
        <span class="muted">{`It was received with ${bytes(offloaded.cutFrom)} and truncated.`}</span>
      )}
    </p>
  );
}
