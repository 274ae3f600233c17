import { type ReadonlySignal, signal } from "@preact/signals";
import type { SessionStreamEvent } from "../../session/contract/stream-events.ts";
import { type ReceiverExports, openReceiverExports } from "../frame/receiver-exports.ts";
import { decodeSessionEvent } from "../../client/decode-event.ts";
import { openStream, type Stream } from "../stream/stream.ts";
import { type DisplayedSession, DisplayFold } from "./display-fold.ts";

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
  const fold: DisplayFold = new DisplayFold(id, () => stream.state.value.state === "live");
  const announced = signal<Announcement | undefined>(undefined);
  const stream = openStream(`/sessions/${encodeURIComponent(id)}?watch=true`, decodeSessionEvent, (events) => {
    fold.apply(events);
    announced.value = events.findLast((event) => event.type === "session") ?? announced.value;
    if (events.some((event) => event.type === "bookmark")) receiverExports.refresh();
  });
  return {
    id,
    stream,
    shown: fold.shown,
    announced,
    receiverExports,
    close() {
      fold.close();
      stream.close();
    },
  };
}
