import { readDuration, readMoment } from "../../api/moment.ts";

/** Where an interrupted replay resumes. The log up to `head` has `items` items in this order; `sent` of them were sent. */
export type ReplayVersion = {
  readonly generation: string;
  readonly head: number;
  readonly items: number;
  readonly sent: number;
};

export type ReplayQuery = {
  readonly by: "event" | "arrival";
  readonly speed: number;
  /** Longest wait between two events, in milliseconds of the viewer's time. */
  readonly idle: number;
  /** Unix milliseconds, or milliseconds into the session. Earlier items go out at once. */
  readonly from?: { readonly moment: number } | { readonly into: number };
  readonly resume?: ReplayVersion;
};

export type ReplayQueryOutcome =
  | { readonly ok: true; readonly query: ReplayQuery }
  | { readonly ok: false; readonly detail: string };

const DEFAULT_IDLE = 2_000;
/** No viewer waits an hour for the next event. */
const LONGEST_IDLE = 3_600_000;
const SLOWEST = 0.01;
const FASTEST = 10_000;

/** The parameters of a replay. */
export function readReplayQuery(params: URLSearchParams, lastEventId: string | undefined): ReplayQueryOutcome {
  const by = (["event", "arrival"] as const).find((known) => known === (params.get("by") ?? "event"));
  if (by === undefined) return refuse("by must be event or arrival");
  const speed = readSpeed(params.get("speed") ?? "1");
  if (speed === undefined) return refuse(`speed must be a number from ${SLOWEST} to ${FASTEST}, such as 10 or 0.5`);
  const idle = readIdle(params.get("idle"));
  if (idle === undefined) return refuse("idle must be a duration of at most an hour, such as 2s, 500ms or 1m");
  const fromText = params.get("from") ?? "";
  const from = fromText === "" ? undefined : readFrom(fromText);
  if (fromText !== "" && from === undefined)
    return refuse(
      "from must be a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration into the session such as 90s",
    );
  const resume = lastEventId === undefined || lastEventId === "" ? undefined : parseReplayVersion(lastEventId);
  if (lastEventId && resume === undefined) return refuse("Last-Event-ID must be the id of an event of a replay");
  const query = {
    by,
    speed,
    idle,
    ...(from === undefined ? {} : { from }),
    ...(resume === undefined ? {} : { resume }),
  };
  return { ok: true, query };
}

function refuse(detail: string): ReplayQueryOutcome {
  return { ok: false, detail };
}

function readSpeed(text: string): number | undefined {
  const speed = /^\d{1,5}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return speed >= SLOWEST && speed <= FASTEST ? speed : undefined;
}

function readIdle(text: string | null): number | undefined {
  const idle = text === null ? DEFAULT_IDLE : readDuration(text);
  return idle === undefined || idle > LONGEST_IDLE ? undefined : idle;
}

function readFrom(text: string): ReplayQuery["from"] {
  const into = readDuration(text);
  if (into !== undefined) return { into };
  const moment = readMoment(text, 0);
  return moment === undefined ? undefined : { moment };
}

/** The `id:` of a replay's events. It is no revision of the log: a replay by event sends revisions in parts. */
export function formatReplayVersion({ generation, head, items, sent }: ReplayVersion): string {
  return `${generation}.${head}.${items}.${sent}`;
}

function parseReplayVersion(text: string): ReplayVersion | undefined {
  const match = /^([0-9a-z]{1,64})\.(\d{1,15})\.(\d{1,9})\.(\d{1,9})$/.exec(text);
  if (match === null) return undefined;
  const [, generation = "", head, items, sent] = match;
  return { generation, head: Number(head), items: Number(items), sent: Number(sent) };
}
