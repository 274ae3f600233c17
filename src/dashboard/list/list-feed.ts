import { type ReadonlySignal, signal } from "@preact/signals";
import type { ListKind } from "../address.ts";
import type { Arrivals } from "../../trace/stream-events.ts";
import type { SessionSummary } from "../../trace/summary.ts";
import { decodeListEvent } from "../stream/decode-event.ts";
import { type Stream, openStream } from "../stream/stream.ts";
import { applyToList, byActivity, emptyList } from "./list-fold.ts";

export type ListFeed = {
  readonly kind: ListKind;
  readonly stream: Stream;
  /** Newest activity first; `undefined` until the stream has caught up once. */
  readonly sessions: ReadonlySignal<readonly SessionSummary[] | undefined>;
  readonly arrivals: ReadonlySignal<Arrivals | undefined>;
};

/** The list of one kind, live. Events that come together are shown together, with the next frame. */
export function openListFeed(kind: ListKind): ListFeed {
  const sessions = signal<readonly SessionSummary[] | undefined>(undefined);
  const arrivals = signal<Arrivals | undefined>(undefined);
  const fold = emptyList();
  let caughtUp = false;
  let frame: number | undefined;

  const show = (): void => {
    frame = undefined;
    arrivals.value = fold.arrivals;
    if (caughtUp || fold.sessions.size > 0) sessions.value = byActivity(fold.sessions.values());
  };
  const stream = openStream(`/sessions?watch=true&kind=${kind}`, decodeListEvent, (events) => {
    for (const event of events) {
      applyToList(fold, event);
      if (event.type === "bookmark") caughtUp = true;
    }
    frame ??= requestAnimationFrame(show);
  });
  return { kind, stream, sessions, arrivals };
}
