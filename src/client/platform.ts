/** Everything that the client takes from its surroundings: Node, Bun, a Worker, a browser or a test. */
export type Platform = {
  readonly fetch: (
    url: string,
    init: {
      readonly headers: Record<string, string>;
      readonly cache: "no-store";
      readonly signal: AbortSignal;
    },
  ) => Promise<Response>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Runs `work` once after so many milliseconds. Returns the cancellation. */
  readonly after: (millis: number, work: () => void) => () => void;
  readonly network: () => "online" | "offline";
  /** Reports when the reader leaves, returns, or has a network again. Returns the unsubscription. */
  readonly watchReader: (onChange: (change: "hidden" | "visible" | "online") => void) => () => void;
};

/** Without a reader who may look elsewhere: programs and Workers. */
export const headless: Platform = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  random: () => Math.random(),
  after(millis, work) {
    const timer = setTimeout(work, millis);
    return () => clearTimeout(timer);
  },
  network: () => "online",
  watchReader: () => () => {},
};
