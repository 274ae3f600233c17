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
