/** How a session is told again: the parameters of `GET /sessions/:id?replay=true`, as the reader chose them. */
export type ReplayView = {
  readonly speed: number;
  /** By the time at which things happened, or at which they were received. */
  readonly by: "event" | "arrival";
  /** The longest wait between two events, as the API takes durations. */
  readonly idle: string;
  /** As the API takes it: Unix nanoseconds, a time, or a duration into the session. Empty: from its beginning. */
  readonly from: string;
};

/** What the API does unless told otherwise. */
const PLAIN: ReplayView = { speed: 1, by: "event", idle: "2s", from: "" };

export const SPEEDS: readonly number[] = [1, 2, 5, 10, 50];

/** Waits that are offered by name. */
export const IDLES: readonly (readonly [idle: string, words: string])[] = [
  ["500ms", "at most 0.5 s"],
  ["2s", "at most 2 s"],
  ["10s", "at most 10 s"],
  ["1h", "original length"],
];

/** Nobody watches for longer without asking for it, milliseconds. */
const LONGEST_BY_DEFAULT = 60_000;

/** At the least speed that tells a session of so many milliseconds within a minute. */
export const replayOf = (millis: number): ReplayView => ({
  ...PLAIN,
  speed: SPEEDS.find((speed) => millis / speed <= LONGEST_BY_DEFAULT) ?? SPEEDS.at(-1) ?? PLAIN.speed,
});

/** `undefined`: no replay is asked for. What means nothing is passed over. */
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

/** As few as say the same. */
export function replayParameters(view: ReplayView): URLSearchParams {
  const parameters = new URLSearchParams({ replay: "true" });
  for (const name of ["speed", "by", "idle", "from"] as const) {
    if (view[name] !== PLAIN[name]) parameters.set(name, String(view[name]));
  }
  return parameters;
}

/** Where it begins, Unix milliseconds, where that is a point in time. */
export function beginningOf({ from }: ReplayView): number | undefined {
  if (/^\d{17,20}$/.test(from)) return Number(from) / 1e6;
  const moment = /^\d{4}-/.test(from) ? Date.parse(from) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** Another one from there on; `millis`: Unix. */
export const begunAt = (view: ReplayView, millis: number): ReplayView => ({
  ...view,
  from: String(BigInt(Math.round(millis)) * 1_000_000n),
});
