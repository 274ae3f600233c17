import { backoff } from "../lib/backoff.ts";
import type { Decode, StreamEvent } from "./decode-event.ts";
import type { Platform } from "./platform.ts";
import { type Received, readEvents } from "./read-events.ts";
import { classifyFailure, type Failure, type Refusal, whyFailed } from "./refusal.ts";
import { CONNECTING, nextState, type StreamState, type StreamStep } from "./stream-state.ts";

/**
 * A request before the stream: the stream resumes from its resourceVersion. If the server no longer knows that version, the
 * prologue is read again, which is shorter than the events after a reset.
 */
export type Prologue = {
  readonly url: string;
  /** Takes the response's JSON and returns its resourceVersion. Throws on another body. */
  readonly take: (body: unknown) => string;
};

export type EventStreamOptions<Event extends StreamEvent> = {
  /** Read for each connection. */
  readonly url: () => string;
  /** Decodes the events of this URL. */
  readonly decode: Decode<Event>;
  readonly prologue?: Prologue | undefined;
  /** Where the stream begins: the `resourceVersion` or the event's id at which an earlier reader stopped. */
  readonly from?: string | undefined;
  /** The Authorization header's value, if there is one. */
  readonly authorisation?: () => string | undefined;
  /** `watch`: live from the first bookmark, and open until closed. `replay`: live from the response, complete at the bookmark. */
  readonly kind: "watch" | "replay";
  /** `retry`: a missing session may appear. `give-up`: a 404 is final. */
  readonly whenMissing: "retry" | "give-up";
  /** All events of one read. The state is already that after them, except when they complete a replay. More is read after its promise, if it is one. */
  readonly onEvents: (received: readonly Received<Event>[]) => unknown;
  /** Each change. The first state is `connecting`. */
  readonly onState?: (state: StreamState) => void;
  /** A response of the stream's URL, after so many milliseconds. */
  readonly onResponse?: (millis: number) => void;
};

export type EventStream = {
  readonly state: () => StreamState;
  /** Closes the connection, keeps the position. */
  readonly pause: () => void;
  /** Resumes after a pause or a refusal. A scheduled retry is made at once. */
  readonly resume: () => void;
  /** Pauses at once, as for a hidden reader. `show` resumes it. */
  readonly hide: () => void;
  readonly show: () => void;
  /** Connects again from the position, for example because the URL changed. */
  readonly reconnect: () => void;
  /** Connects again from the beginning, from any state. */
  readonly restart: () => void;
  readonly close: () => void;
};

/** Milliseconds before the first retry, unless the server sends `retry:`. */
const RETRY = 1000;
/** A missing session may appear: a reader can open its link before the exporter sends. */
const NOT_FOUND_RETRY = 5_000;
/** Its next request waits for half of the time that it has been missing, within these bounds: browsers log each answer. */
const LEAST_WAIT = 1_000;
const MOST_WAIT = 300_000;
const JUST_NOW = 60_000;
/** Before the prologue is read again. */
const RESET_PAUSE = 250;

/** The end of one attempt. */
type Ending =
  | Failure
  | { readonly failure: "moved"; readonly to: string }
  | { readonly failure: "cut"; readonly why: string };

/** Opens an event stream, keeps it open, and resumes after a fault from the last event's id. */
export function openEventStream<Event extends StreamEvent>(
  options: EventStreamOptions<Event>,
  platform: Platform,
): EventStream {
  const { kind, prologue } = options;
  let state = CONNECTING;
  let lastId = options.from;
  let base = RETRY;
  /** When the session was first missing, milliseconds. */
  let missingSince: number | undefined;
  let open: AbortController | undefined;
  let cancelRetry = (): void => {};
  let reader: "present" | "elsewhere" = "present";
  let isClosed = false;
  const openedAt = platform.now();

  const take = (step: StreamStep): void => {
    const next = nextState(state, step);
    if (next === state) return;
    state = next;
    options.onState?.(state);
  };
  const isDeleted = (): boolean => state.state === "ended" && state.how === "deleted";
  const stop = (): void => {
    cancelRetry();
    open?.abort();
    open = undefined;
  };
  const retryIn = (millis: number): void => {
    // Its reader may have closed it when it heard of the state.
    if (!isClosed) cancelRetry = platform.after(millis, () => void connect());
  };

  async function connect(): Promise<void> {
    stop();
    const attempt = new AbortController();
    open = attempt;
    take({ step: "connect" });
    let hasReceived = false;
    let ending: Ending;
    try {
      ending = await request(attempt.signal, (received) => {
        if (attempt.signal.aborted) return undefined;
        hasReceived = true;
        return receive(received);
      });
    } catch (error) {
      const why = platform.network() === "offline" ? "this device is offline" : whyFailed(error);
      ending = { failure: "cut", why };
    }
    if (attempt.signal.aborted) return;
    if (state.state === "ended") return comeBack();
    if (ending.failure === "refused") return refuse(ending.refusal);
    if (ending.failure === "moved") {
      take({ step: "moved", to: ending.to });
      return stop();
    }
    // A response that ended normally is resumed soon. A fault waits for the backoff.
    const attempts = hasReceived || state.state !== "reconnecting" ? 1 : state.attempt + 1;
    const delay = backoff(attempts, hasReceived ? base / 4 : base, platform.random());
    const wait = ending.failure === "temporary" ? delay + (ending.retryAfter ?? 0) : delay;
    take({ step: "lost", why: ending.why, retryAt: platform.now() + wait });
    retryIn(wait);
  }

  /** One connection, from its request to its end. Throws when it breaks. */
  async function request(
    signal: AbortSignal,
    onEvents: (received: readonly Received<Event>[]) => unknown,
  ): Promise<Ending> {
    const authorisation = options.authorisation?.();
    const get = (url: string, headers: Record<string, string>): Promise<Response> => {
      const credentials = authorisation === undefined ? {} : { Authorization: authorisation };
      return platform.fetch(url, { headers: { ...headers, ...credentials }, cache: "no-store", signal });
    };
    const failureOf = (response: Response): Promise<Failure> => {
      const now = platform.now();
      const since = now - openedAt < JUST_NOW ? "just-now" : "a-while";
      return classifyFailure(response, { since, hadToken: authorisation === undefined ? "no" : "yes", now });
    };
    if (lastId === undefined && prologue !== undefined) {
      const answer = await get(prologue.url, { Accept: "application/json" });
      if (!answer.ok) return failureOf(answer);
      const body: unknown = await answer.json();
      signal.throwIfAborted();
      lastId = prologue.take(body);
    }
    const sentAt = platform.now();
    const response = await get(options.url(), {
      Accept: "text/event-stream",
      ...(lastId === undefined ? {} : { "Last-Event-ID": lastId }),
    });
    signal.throwIfAborted();
    options.onResponse?.(platform.now() - sentAt);
    // The redirect names the session that holds the data now.
    const to = response.redirected ? sessionAt(response.url) : undefined;
    if (to !== undefined) return { failure: "moved", to };
    const isStream = /event-stream/.test(response.headers.get("Content-Type") ?? "");
    if (!response.ok || response.body === null || !isStream) return failureOf(response);
    if (kind === "replay") take({ step: "caught-up" });
    await readEvents(
      response.body,
      { decode: options.decode, onEvents, onRetry: (millis) => (base = millis) },
      platform.after,
    );
    return { failure: "cut", why: "the server ended the response" };
  }

  function refuse(refusal: Refusal): void {
    take({ step: "refused", refusal });
    if (options.whenMissing === "give-up" || refusal.reason !== "not-found" || refusal.movedTo.length > 0) return;
    missingSince ??= platform.now();
    retryIn(Math.min(MOST_WAIT, Math.max(LEAST_WAIT, (platform.now() - missingSince) / 2)));
  }

  /** A deleted session may start again. Its new stream then begins at its start. */
  function comeBack(): void {
    if (isDeleted() && options.whenMissing === "retry") retryIn(NOT_FOUND_RETRY);
  }

  function receive(batch: readonly Received<Event>[]): unknown {
    if (state.state === "refused") take({ step: "resume" });
    missingSince = undefined;
    let after: "open" | "ended" | "complete" = "open";
    for (const { event, id } of batch) {
      if (event.type === "reset" && prologue !== undefined) {
        lastId = undefined;
        stop();
        return retryIn(RESET_PAUSE);
      }
      lastId = id ?? lastId;
      if (event.type === "bookmark") {
        if (kind === "replay") after = "complete";
        else lastId = event.resourceVersion;
        take({ step: "caught-up" });
      } else if (event.type === "moved") {
        take({ step: "moved", to: event.session });
        after = "ended";
      } else if (event.type === "deleted") {
        take({ step: "deleted" });
        lastId = undefined;
        after = "ended";
      }
    }
    const done = options.onEvents(batch);
    if (after === "open") return done;
    stop();
    if (after === "complete") take({ step: "complete" });
    else comeBack();
  }

  const hide = (): void => {
    take({ step: "hide" });
    stop();
  };
  const show = (): void => {
    const before = state;
    take({ step: "show" });
    if (state !== before || isDeleted()) void connect();
  };
  const unwatch = platform.watchReader((change) => {
    if (change === "hidden") hide();
    else if (change === "visible" && reader === "present") show();
    else if (change === "online" && state.state === "reconnecting") void connect();
  });
  void connect();

  return {
    state: () => state,
    pause() {
      take({ step: "pause" });
      if (state.state === "paused") stop();
    },
    resume() {
      take({ step: "resume" });
      if (state.state === "connecting" || state.state === "reconnecting") void connect();
    },
    hide() {
      reader = "elsewhere";
      hide();
    },
    show() {
      reader = "present";
      show();
    },
    reconnect: () => void connect(),
    restart() {
      lastId = undefined;
      take({ step: "restart" });
      void connect();
    },
    close() {
      isClosed = true;
      stop();
      unwatch();
    },
  };
}

/** The session id in this URL, if it is a session's URL. */
function sessionAt(url: string): string | undefined {
  const match = /^\/sessions\/([^/]+)$/.exec(new URL(url).pathname);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
}
