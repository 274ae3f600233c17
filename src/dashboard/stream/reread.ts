import { effect, type ReadonlySignal } from "@preact/signals";
import type { StreamState } from "../../client/stream-state.ts";
import type { ListStreamEvent } from "../../session/contract/stream-events.ts";

/** Reads again what the list's stream does not send. */
export type Reread = {
  /** After those events that change a session. */
  readonly after: (events: readonly ListStreamEvent[]) => void;
  /** Once more without an event: while sessions are open, time alone changes their statuses. */
  readonly later: () => void;
  readonly close: () => void;
};

/** Without a change, and after a read that failed, milliseconds. */
const LATER = 10_000;

/**
 * Calls `read` while the stream of this state is live. What is due meanwhile is read when it is live again. `pause`: changes within so
 * many milliseconds are one.
 */
export function openReread(state: ReadonlySignal<StreamState>, pause: number, read: () => Promise<void>): Reread {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;
  let isMissed = false;
  let isClosed = false;

  const rereadIn = (millis: number): void => {
    const at = performance.now() + millis;
    if (isClosed || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void reread(), millis);
  };
  const reread = async (): Promise<void> => {
    dueAt = Infinity;
    isMissed = state.peek().state !== "live";
    if (isMissed) return;
    try {
      await read();
    } catch {
      rereadIn(LATER);
    }
  };
  const unwatch = effect(() => {
    if (state.value.state === "live" && isMissed) rereadIn(0);
  });

  return {
    after(events) {
      if (events.some(({ type }) => type === "session" || type === "gone")) rereadIn(pause);
    },
    later: () => rereadIn(LATER),
    close() {
      isClosed = true;
      clearTimeout(timer);
      unwatch();
    },
  };
}
