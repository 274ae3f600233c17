import * as v from "valibot";
import { readDuration, readMoment } from "./moment.ts";
import { flag, numberParameter, oneOf, readParameters, textParameter } from "./parameter.ts";

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

/** No viewer waits an hour for the next event. */
const LONGEST_IDLE = 3_600_000;
const SLOWEST = 0.01;
const FASTEST = 10_000;

const TIME_OR_DURATION =
  "a time such as 2026-11-21T09:30:00Z, Unix nanoseconds, or a duration into the session such as 90s";

/** Whether a session is replayed. Documented in `operations.ts`, as the next ones are. */
export const ReplayFlag = v.object({ replay: flag("replay") });

/** The parameters of a replay. */
export const ReplayParameters = v.object({
  by: v.optional(oneOf("by", ["event", "arrival"]), "event"),
  speed: v.optional(
    numberParameter("speed", {
      pattern: /^\d{1,5}(?:\.\d{1,6})?$/,
      least: SLOWEST,
      most: FASTEST,
      expected: `a number from ${SLOWEST} to ${FASTEST}, such as 10 or 0.5`,
    }),
    "1",
  ),
  idle: v.optional(
    textParameter(
      "idle",
      (given) => readIdle(given) !== undefined,
      "a duration of at most an hour, such as 2s, 500ms or 1m",
    ),
    "2s",
  ),
  from: v.optional(
    textParameter("from", (given) => given === "" || readFrom(given) !== undefined, TIME_OR_DURATION),
    "",
  ),
});

export function readReplayQuery(params: URLSearchParams, lastEventId: string | undefined): ReplayQueryOutcome {
  const read = readParameters(ReplayParameters, params);
  if (!read.ok) return read;
  const resume = lastEventId === undefined || lastEventId === "" ? undefined : parseReplayVersion(lastEventId);
  if (lastEventId && resume === undefined)
    return { ok: false, detail: "Last-Event-ID must be the id of an event of a replay" };
  const { by, speed } = read.value;
  const from = readFrom(read.value.from);
  const query = {
    by,
    speed,
    idle: readIdle(read.value.idle) ?? 0,
    ...(from === undefined ? {} : { from }),
    ...(resume === undefined ? {} : { resume }),
  };
  return { ok: true, query };
}

function readIdle(text: string): number | undefined {
  const idle = readDuration(text);
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
