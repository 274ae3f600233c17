/** The parameters of `GET /sessions/:id?replay=true`, as the reader chose them. */
export type ReplayView = {
  readonly speed: number;
  /** Ordered by event time, or by the time of receipt. */
  readonly by: "event" | "arrival";
  /** The longest wait between two events, a duration in the API's format. */
  readonly idle: string;
  /** In the API's format: Unix nanoseconds, a time, or a duration since the session's start. Empty: the start. */
  readonly from: string;
};

/** The API's defaults. */
const PLAIN: ReplayView = { speed: 1, by: "event", idle: "2s", from: "" };

export const SPEEDS: readonly number[] = [1, 2, 5, 10, 50];

/** The offered waits. */
export const IDLES: readonly (readonly [idle: string, words: string])[] = [
  ["500ms", "at most 0.5 s"],
  ["2s", "at most 2 s"],
  ["10s", "at most 10 s"],
  ["1h", "original length"],
];

/** The longest replay at the default speed, milliseconds. A longer one needs the reader's choice. */
const LONGEST_BY_DEFAULT = 60_000;

/** A replay at the lowest speed that shows a session of this many milliseconds within a minute. */
export const replayOf = (millis: number): ReplayView => ({
  ...PLAIN,
  speed: SPEEDS.find((speed) => millis / speed <= LONGEST_BY_DEFAULT) ?? SPEEDS.at(-1) ?? PLAIN.speed,
});

/** `undefined`: no replay. Ignores invalid values. */
export function readReplayView(parameters: URLSearchParams): ReplayView | undefined {
  if (parameters.get("replay") !== "true") return undefined;
  const speed = /^\d{1,5}(\.\d{1,6})?$/.test(parameters.get("speed") ?? "") ? Number(parameters.get("speed")) : 0;
  const idle = parameters.get("idle") ?? "";
  return {
    speed: speed >= 0.01 && speed <= 10_000 ? speed : PLAIN.speed,
    by: parameters.get("by") === "arrival" ? "arrival" : PLAIN.by,
    idle: /^\d{1,6}(ms|[smh])$/.test(idle) ? idle : PLAIN.idle,
    from: parameters.get("from") ?? PLAIN.from,
  };
}

/** Only parameters that differ from the defaults. */
export function replayParameters(view: ReplayView): URLSearchParams {
  const parameters = new URLSearchParams({ replay: "true" });
  for (const name of ["speed", "by", "idle", "from"] as const) {
    if (view[name] !== PLAIN[name]) parameters.set(name, String(view[name]));
  }
  return parameters;
}

/** The start of the replay, Unix milliseconds, if it is a point in time. */
export function beginningOf({ from }: ReplayView): number | undefined {
  if (/^\d{17,20}$/.test(from)) return Number(from) / 1e6;
  const moment = /^\d{4}-/.test(from) ? Date.parse(from) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** The same replay from another point in time. `millis`: Unix. */
export const begunAt = (view: ReplayView, millis: number): ReplayView => ({
  ...view,
  from: String(BigInt(Math.round(millis)) * 1_000_000n),
});
