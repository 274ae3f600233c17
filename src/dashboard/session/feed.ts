import { sessionPath } from "../address/address.ts";
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionStreamEvent } from "../../session/contract/stream-events.ts";
import { type ReceiverExports, openReceiverExports } from "../frame/receiver-exports.ts";
import { decodeSessionEvent } from "../../client/decode-event.ts";
import { openStream, type Stream } from "../stream/stream.ts";
import type { DisplayedSession, DisplayFold } from "./display-fold.ts";

export type Announcement = Extract<SessionStreamEvent, { type: "session" }>;

export type SessionFeed = {
  readonly id: string;
  readonly stream: Stream;
  /** `undefined` until the first event. */
  readonly shown: ReadonlySignal<DisplayedSession | undefined>;
  /** The latest summary event of the server. */
  readonly announced: ReadonlySignal<Announcement | undefined>;
  /** Exports of all sessions, because a refused export belongs to none. */
  readonly receiverExports: ReceiverExports;
  readonly close: () => void;
};

/** One session, live: a fold over its stream. */
export function openSessionFeed(id: string): SessionFeed {
  const receiverExports = openReceiverExports();
  const fold = signal<DisplayFold | undefined>(undefined);
  // Events may be here before the code of their fold.
  let waiting: SessionStreamEvent[] = [];
  let isClosed = false;
  const announced = signal<Announcement | undefined>(undefined);
  const stream = openStream(`${sessionPath(id)}?watch=true`, decodeSessionEvent, (events) => {
    announced.value = events.findLast((event) => event.type === "session") ?? announced.value;
    if (events.some((event) => event.type === "bookmark")) receiverExports.refresh();
    if (fold.value !== undefined) return fold.value.apply(events);
    waiting.push(...events);
    return loading;
  });
  const loading = import("./display-fold.ts").then(
    async ({ DisplayFold }) => {
      if (isClosed) return;
      const loaded = new DisplayFold(id, () => stream.state.value.state === "live", "log");
      fold.value = loaded;
      const first = waiting;
      waiting = [];
      await loaded.apply(first);
    },
    // The code of the page in its place says that it could not be loaded.
    () => undefined,
  );
  return {
    id,
    stream,
    shown: computed(() => fold.value?.shown.value),
    announced,
    receiverExports,
    close() {
      isClosed = true;
      fold.value?.close();
      stream.close();
    },
  };
}
