import type { Decode, StreamEvent } from "../../client/decode-event.ts";
import { openEventStream, type EventStream, type Prologue } from "../../client/event-stream.ts";
import type { Received } from "../../client/read-events.ts";
import { CONNECTING, type StreamState } from "../../client/stream-state.ts";
import { learnOffset, now, serverNow } from "../clock.ts";
import { authorisation } from "../server.ts";
import { toMillis } from "../ui/moments.ts";
import { browser } from "./browser.ts";
import { computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** A live stream as the page shows it. */
export type Stream = Pick<EventStream, "pause" | "resume" | "hide" | "show" | "close"> & {
  readonly state: ReadonlySignal<StreamState>;
  /** Milliseconds from the server's receipt of the newest spans to this page; `undefined` while none come. */
  readonly delay: ReadonlySignal<number | undefined>;
  /**
   * The time up to which the shown data is complete, Unix milliseconds by the server's clock. It ticks while the stream is
   * live, and stops when the connection is lost or paused, so that a lost connection does not look like an idle session.
   */
  readonly present: ReadonlySignal<number>;
};

/** A hidden tab needs no stream. Shorter absences are not worth a reconnect. */
const HIDDEN_GRACE = 10_000;
/** Of a session without new spans, an old delay says nothing, milliseconds. */
const DELAY_SHOWN = 30_000;

/** Watches `url`. `onEvents` receives all events of one read. `decode` decodes the events of this URL. */
export function openStream<Event extends StreamEvent>(
  url: string,
  decode: Decode<Event>,
  onEvents: (events: readonly Event[]) => unknown,
  prologue?: Prologue,
): Stream {
  const state = signal<StreamState>(CONNECTING);
  const delay = signal<number | undefined>(undefined);
  let forgetting: ReturnType<typeof setTimeout> | undefined;
  const knownUntil = signal<number | undefined>(undefined);
  const present = computed(() => knownUntil.value ?? now.value);
  let caughtUp = false;
  let newest = 0;

  const learn = ({ event }: Received<Event>): void => {
    const received = receivedAt(event);
    // The list's recent exports are sent again with each refusal, without new spans.
    const isNewer = event.type !== "recentExports" || (received ?? 0) > newest;
    newest = Math.max(newest, received ?? 0);
    if (caughtUp && isNewer && received !== undefined) {
      delay.value = Math.max(0, serverNow() - received);
      clearTimeout(forgetting);
      forgetting = setTimeout(() => (delay.value = undefined), DELAY_SHOWN);
    }
    if (event.type !== "bookmark") return;
    learnOffset(event.now, caughtUp ? "another" : "first");
    caughtUp = true;
  };

  const { pause, resume, hide, show, close } = openEventStream(
    {
      url: () => url,
      decode,
      prologue,
      authorisation,
      kind: "watch",
      whenMissing: "retry",
      onState(next) {
        state.value = next;
        if (next.state === "live") knownUntil.value = undefined;
        else if (next.state !== "connecting") knownUntil.value ??= serverNow();
      },
      onResponse() {
        caughtUp = false;
      },
      onEvents(received) {
        for (const one of received) learn(one);
        return onEvents(received.map(({ event }) => event));
      },
    },
    browser(HIDDEN_GRACE),
  );
  return { state, delay, present, pause, resume, hide, show, close };
}

/** When the server received an event's data, Unix milliseconds. */
function receivedAt(event: StreamEvent): number | undefined {
  if (event.type === "spans" || event.type === "logs") return toMillis(event.received);
  return event.type === "recentExports" ? event.recentExports.last[0]?.at : undefined;
}

/** The action of the space bar. */
export function toggleStream(stream: Stream): void {
  if (stream.state.value.state === "paused") stream.resume();
  else stream.pause();
}
