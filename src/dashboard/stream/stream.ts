import type { Decode, StreamEvent } from "../../client/decode-event.ts";
import { readEvents } from "../../client/read-events.ts";
import type { Received } from "../../client/read-events.ts";
import { backoff } from "../../lib/backoff.ts";
import { learnOffset, now, serverNow } from "../clock.ts";
import { authorisedFetch } from "../server.ts";
import { toMillis } from "../ui/moments.ts";
import { readPrologue, refusalOf } from "./prologue.ts";
import type { Prologue } from "./prologue.ts";
import { CONNECTING, nextState } from "./stream-state.ts";
import type { StreamState, StreamStep } from "./stream-state.ts";
import { computed, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

export type Delay = {
  readonly millis: number;
  /** From the server's receipt of the spans that came last; before anything came live, from our asking to its answer. */
  readonly of: "spans" | "answer";
};

export type Stream = {
  readonly state: ReadonlySignal<StreamState>;
  /** How long things take to come here, milliseconds; `undefined` until the stream has answered once. */
  readonly delay: ReadonlySignal<Delay | undefined>;
  /**
   * Until when what is shown is known, Unix milliseconds by the server's clock: ticks while the stream is live, and rests
   * where contact was lost or the reader paused. A silence that is ours must not look like the session's.
   */
  readonly present: ReadonlySignal<number>;
  readonly pause: () => void;
  /** From a pause or a refusal; where a retry is due, it is made now. */
  readonly resume: () => void;
  /** As if the tab were hidden, at once: another view takes the tab's one stream. `show` goes on where it stood. */
  readonly hide: () => void;
  readonly show: () => void;
  readonly close: () => void;
};

/** A tab that nobody sees needs no stream; shorter absences are not worth a reconnect. */
const HIDDEN_GRACE = 10_000;
/** Something that is not there may come: an exporter can be slower than the person who opened its link. */
const NOT_FOUND_RETRY = 5_000;
/** Of a page that was opened just now, somebody waits for the first span. */
const FIRST_RETRY = 2_000;
const JUST_NOW = 60_000;
/** After these events the server says no more. */
const ENDS: ReadonlySet<string> = new Set(["moved", "deleted"]);
/** Before a prologue is read anew. */
const RESET_PAUSE = 250;

/**
 * Opens `url` as an event stream, keeps it open, and resumes where it broke. The events of one read come together.
 * `decode` knows the events that this URL's streams carry.
 */
export function openStream<Event extends StreamEvent>(
  url: string,
  decode: Decode<Event>,
  onEvents: (events: readonly Event[]) => void,
  prologue?: Prologue,
): Stream {
  const state = signal<StreamState>(CONNECTING);
  const delay = signal<Delay | undefined>(undefined);
  const knownUntil = signal<number | undefined>(undefined);
  const present = computed(() => knownUntil.value ?? now.value);
  let caughtUp = false;
  let newest = 0;
  let lastId: string | undefined;
  let base = 1000;
  let open: AbortController | undefined;
  let timer: number | undefined;
  let hiding: number | undefined;
  let aside = false;
  const openedAt = Date.now();
  const since = (): "just-now" | "a-while" => (Date.now() - openedAt < JUST_NOW ? "just-now" : "a-while");

  const take = (step: StreamStep): void => {
    state.value = nextState(state.value, step);
    if (state.value.state === "live") knownUntil.value = undefined;
    else if (state.value.state !== "connecting") knownUntil.value ??= serverNow();
  };
  const isDeleted = (): boolean => state.value.state === "ended" && state.value.how === "deleted";
  const stop = (): void => {
    clearTimeout(timer);
    open?.abort();
    open = undefined;
  };
  const retryIn = (millis: number): void => {
    timer = setTimeout(() => void connect(), millis);
  };

  async function connect(): Promise<void> {
    stop();
    const attempt = new AbortController();
    open = attempt;
    caughtUp = false;
    take({ step: "connect" });
    let why = "the server ended the response";
    let heard = false;
    try {
      if (lastId === undefined && prologue !== undefined) {
        const begun = await readPrologue(prologue, since(), attempt.signal);
        if (typeof begun !== "string") return refuse(begun);
        lastId = begun;
      }
      const sentAt = performance.now();
      const response = await authorisedFetch(resumed(url, lastId), {
        headers: { Accept: "text/event-stream" },
        cache: "no-store",
        signal: attempt.signal,
      });
      if (delay.value?.of !== "spans") delay.value = { millis: Math.round(performance.now() - sentAt), of: "answer" };
      if (response.redirected) {
        // Everything that was here lives under the name that the server leads to.
        const to = sessionAt(response.url);
        if (to !== undefined) {
          take({ step: "moved", to });
          return stop();
        }
      }
      if (response.ok && response.body !== null && /event-stream/.test(response.headers.get("Content-Type") ?? "")) {
        await readEvents(
          response.body,
          decode,
          (received) => {
            if (attempt.signal.aborted) return;
            heard = true;
            receive(received);
          },
          (millis) => (base = millis),
        );
      } else {
        const refusal = await refusalOf(response, since());
        if (typeof refusal !== "string") return refuse(refusal);
        why = refusal;
      }
    } catch (error) {
      why = navigator.onLine ? reasonOf(error) : "this device is offline";
    }
    if (attempt.signal.aborted) return;
    if (state.value.state === "ended") return comeBack();
    // A response that was ended in order is taken up again at once; a fault waits its turn.
    const attempts = heard || state.value.state !== "reconnecting" ? 1 : state.value.attempt + 1;
    const wait = heard ? backoff(1, base / 4, Math.random()) : backoff(attempts, base, Math.random());
    take({ step: "lost", why, retryAt: Date.now() + wait });
    retryIn(wait);
  }

  function refuse(refusal: Extract<StreamStep, { step: "refused" }>["refusal"]): void {
    take({ step: "refused", refusal });
    if (refusal.reason === "not-found" && refusal.movedTo.length === 0)
      retryIn(refusal.since === "just-now" ? FIRST_RETRY : NOT_FOUND_RETRY);
    else comeBack();
  }

  /** What was deleted may begin anew: its stream is then another one, from its beginning. */
  function comeBack(): void {
    if (isDeleted()) retryIn(NOT_FOUND_RETRY);
  }

  function receive(received: readonly Received<Event>[]): void {
    if (state.value.state === "refused") take({ step: "resume" });
    for (const { event, id } of received) {
      if (event.type === "reset" && prologue !== undefined) {
        lastId = undefined;
        stop();
        return retryIn(RESET_PAUSE);
      }
      lastId = id ?? lastId;
      const arrived = arrivalOf(event);
      // The list's arrivals come again with each refusal, when no spans came.
      const isNewer = event.type !== "recentExports" || (arrived ?? 0) > newest;
      newest = Math.max(newest, arrived ?? 0);
      if (caughtUp && isNewer && arrived !== undefined)
        delay.value = { millis: Math.max(0, serverNow() - arrived), of: "spans" };
      if (event.type === "bookmark") {
        lastId = event.resourceVersion;
        learnOffset(event.now, caughtUp ? "another" : "first");
        caughtUp = true;
        take({ step: "caught-up" });
      } else if (event.type === "moved") {
        take({ step: "moved", to: event.session });
      } else if (event.type === "deleted") {
        take({ step: "deleted" });
        lastId = undefined;
      }
    }
    onEvents(received.map(({ event }) => event));
    if (state.value.state !== "ended" || !received.some(({ event }) => ENDS.has(event.type))) return;
    stop();
    comeBack();
  }

  const hide = (): void => {
    take({ step: "hide" });
    stop();
  };
  const show = (): void => {
    const before = state.value;
    take({ step: "show" });
    if (state.value !== before || isDeleted()) void connect();
  };
  const seen = (): void => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(hide, HIDDEN_GRACE);
    else if (!aside) show();
  };
  const online = (): void => {
    if (state.value.state === "reconnecting") void connect();
  };
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("online", online);
  void connect();

  return {
    state,
    delay,
    present,
    pause() {
      take({ step: "pause" });
      if (state.value.state === "paused") stop();
    },
    resume() {
      take({ step: "resume" });
      if (state.value.state === "connecting" || state.value.state === "reconnecting") void connect();
    },
    hide() {
      aside = true;
      hide();
    },
    show() {
      aside = false;
      show();
    },
    close() {
      stop();
      clearTimeout(hiding);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("online", online);
    },
  };
}

/** When the server received what an event tells of, Unix milliseconds. */
function arrivalOf(event: StreamEvent): number | undefined {
  if (event.type === "spans" || event.type === "logs") return toMillis(event.received);
  return event.type === "recentExports" ? event.recentExports.last[0]?.at : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return "the server cannot be reached";
  return error instanceof Error ? error.message : String(error);
}

/** The stream behind the event of this id; from its beginning without one. */
export function resumed(url: string, id: string | undefined): string {
  if (id === undefined) return url;
  return `${url}${url.includes("?") ? "&" : "?"}resourceVersion=${encodeURIComponent(id)}`;
}

/** The session that this URL names, if it is one's. */
export function sessionAt(url: string): string | undefined {
  const match = /^\/sessions\/([^/]+)$/.exec(new URL(url).pathname);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
}

/** What the space bar does. */
export function toggleStream(stream: Stream): void {
  if (stream.state.value.state === "paused") stream.resume();
  else stream.pause();
}
