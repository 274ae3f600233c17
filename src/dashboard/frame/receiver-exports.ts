import { LIST_PATH } from "../address/address.ts";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { RecentExports } from "../../session/contract/stream-events.ts";
import { authorisedFetch } from "../server.ts";

/** The list is requested no more often than this, milliseconds. */
const LEAST_INTERVAL = 10_000;

/** Recent exports of all sessions, for the page of one session. */
export type ReceiverExports = {
  readonly value: ReadonlySignal<RecentExports | undefined>;
  readonly refresh: () => void;
};

export function openReceiverExports(): ReceiverExports {
  const value = signal<RecentExports | undefined>(undefined);
  let requestedAt = Number.NEGATIVE_INFINITY;
  return {
    value,
    refresh() {
      if (performance.now() - requestedAt < LEAST_INTERVAL) return;
      requestedAt = performance.now();
      // A failure is ignored: the session's own data does not depend on it, and the next refresh tries again.
      read().then(
        (exports) => (value.value = exports ?? value.value),
        () => undefined,
      );
    },
  };
}

async function read(): Promise<RecentExports | undefined> {
  const response = await authorisedFetch(`${LIST_PATH}?limit=1`, { headers: { Accept: "application/json" } });
  if (!response.ok) return undefined;
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("recentExports" in body)) return undefined;
  // The server is of the same build as this page.
  return body.recentExports as RecentExports;
}
