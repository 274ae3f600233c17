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
  /** `spans`: from the server's receipt of the latest spans to this page. `answer`: the response time, before live spans arrive. */
  readonly of: "spans" | "answer";
};

export type Stream = {
  readonly state: ReadonlySignal<StreamState>;
  /** The current delay; `undefined` until the first response. */
  readonly delay: ReadonlySignal<Delay | undefined>;
  /**
   * The time up to which the shown data is complete, Unix milliseconds by the server's clock. It ticks while the stream is
   * live, and stops when the connection is lost or paused, so that a lost connection does not look like an idle session.
   */
  readonly present: ReadonlySignal<number>;
  readonly pause: () => void;
  /** Resumes after a pause or a refusal. A scheduled retry is made at once. */
  readonly resume: () => void;
  /** Pauses at once, as for a hidden tab, because another view uses the tab's only stream. `show` resumes it. */
  readonly hide: () => void;
  readonly show: () => void;
  readonly close: () => void;
};

/** A hidden tab needs no stream. Shorter absences are not worth a reconnect. */
const HIDDEN_GRACE = 10_000;
/** A missing session may appear: a reader can open its link before the exporter sends. */
const NOT_FOUND_RETRY = 5_000;
/** Retries faster on a page that was just opened, because its reader waits for the first span. */
const FIRST_RETRY = 2_000;
const JUST_NOW = 60_000;
/** The server ends the stream after these events. */
const ENDS: ReadonlySet<string> = new Set(["moved", "deleted"]);
/** Before the prologue is read again. */
const RESET_PAUSE = 250;

/**
 * Opens `url` as an event stream, keeps it open, and resumes after a fault. `onEvents` receives all events of one read.
 * `decode` decodes the events of this URL.
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
    let hasReceived = false;
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
        // The redirect names the session that holds the data now.
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
            hasReceived = true;
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
    // A response that ended normally is resumed soon. A fault waits for the backoff.
    const attempts = hasReceived || state.value.state !== "reconnecting" ? 1 : state.value.attempt + 1;
    const wait = hasReceived ? backoff(1, base / 4, Math.random()) : backoff(attempts, base, Math.random());
    take({ step: "lost", why, retryAt: Date.now() + wait });
    retryIn(wait);
  }

  function refuse(refusal: Extract<StreamStep, { step: "refused" }>["refusal"]): void {
    take({ step: "refused", refusal });
    if (refusal.reason === "not-found" && refusal.movedTo.length === 0)
      retryIn(refusal.since === "just-now" ? FIRST_RETRY : NOT_FOUND_RETRY);
    else comeBack();
  }

  /** A deleted session may start again. Its new stream then begins at its start. */
  function comeBack(): void {
    if (isDeleted()) retryIn(NOT_FOUND_RETRY);
  }

  function receive(batch: readonly Received<Event>[]): void {
    if (state.value.state === "refused") take({ step: "resume" });
    for (const { event, id } of batch) {
      if (event.type === "reset" && prologue !== undefined) {
        lastId = undefined;
        stop();
        return retryIn(RESET_PAUSE);
      }
      lastId = id ?? lastId;
      const received = receivedAt(event);
      // The list's recent exports are sent again with each refusal, without new spans.
      const isNewer = event.type !== "recentExports" || (received ?? 0) > newest;
      newest = Math.max(newest, received ?? 0);
      if (caughtUp && isNewer && received !== undefined)
        delay.value = { millis: Math.max(0, serverNow() - received), of: "spans" };
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
    onEvents(batch.map(({ event }) => event));
    if (state.value.state !== "ended" || !batch.some(({ event }) => ENDS.has(event.type))) return;
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

/** When the server received an event's data, Unix milliseconds. */
function receivedAt(event: StreamEvent): number | undefined {
  if (event.type === "spans" || event.type === "logs") return toMillis(event.received);
  return event.type === "recentExports" ? event.recentExports.last[0]?.at : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return "the server cannot be reached";
  return error instanceof Error ? error.message : String(error);
}

/** The stream's URL after the event with this id; from the beginning without one. */
export function resumed(url: string, id: string | undefined): string {
  if (id === undefined) return url;
  return `${url}${url.includes("?") ? "&" : "?"}resourceVersion=${encodeURIComponent(id)}`;
}

/** The session id in this URL, if it is a session's URL. */
export function sessionAt(url: string): string | undefined {
  const match = /^\/sessions\/([^/]+)$/.exec(new URL(url).pathname);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
}

/** The action of the space bar. */
export function toggleStream(stream: Stream): void {
  if (stream.state.value.state === "paused") stream.resume();
  else stream.pause();
}
