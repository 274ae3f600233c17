import { setTimeout as sleep } from "node:timers/promises";
import type { RecentExport, RecentExports } from "../../session/contract/stream-events.ts";
import { readProblem } from "../../client/refusal.ts";
import { CommandError } from "../dispatch.ts";
import type { Server } from "../server/server.ts";
import { plain } from "../terminal/style.ts";

/** The program reports exports to its list once a second. */
const POLL_MILLIS = 1_000;

/** What the list says of exports and of the session that changed last. */
export type Arrivals = {
  readonly recentExports: RecentExports;
  readonly sessions: readonly { readonly id: string }[];
};

export type Reached =
  | { readonly outcome: "answered"; readonly arrivals: Arrivals }
  /** Nothing listens there, or something else does. */
  | { readonly outcome: "unreachable"; readonly why: string }
  /** `detail`: the program's own words. */
  | { readonly outcome: "refused"; readonly detail: string };

export async function readArrivals(server: Server): Promise<Reached> {
  const isOther = { outcome: "unreachable", why: `${server.url} is no Spanfold.` } as const;
  try {
    const response = await server.answer("/sessions?kind=all&limit=1", { headers: { Accept: "application/json" } });
    if (!response.ok) {
      const { detail, title } = await readProblem(response);
      return { outcome: "refused", detail: detail || title || `It answered ${response.status}.` };
    }
    const { recentExports, sessions } = (await response.json()) as Partial<Arrivals>;
    return recentExports === undefined || sessions === undefined
      ? isOther
      : { outcome: "answered", arrivals: { recentExports, sessions } };
  } catch (error) {
    if (error instanceof CommandError) return { outcome: "unreachable", why: error.message };
    if (error instanceof SyntaxError) return isOther;
    throw error;
  }
}

/** Waits for spans or log records that were not there `before`, and says what goes wrong meanwhile. Answers the exit code. */
export async function waitForExport(
  server: Server,
  before: Arrivals,
  seconds: number,
  say: (line: string) => void,
): Promise<number> {
  const deadline = Date.now() + seconds * 1_000;
  let earlier = before.recentExports;
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
  while (Date.now() < deadline) {
    await sleep(POLL_MILLIS);
    const now = await readArrivals(server);
    if (now.outcome !== "answered") {
      sayOnce(now.outcome === "unreachable" ? now.why : now.detail);
      continue;
    }
    const { recentExports, sessions } = now.arrivals;
    const fresh = newSince(earlier, recentExports);
    const arrived = fresh.find(({ accepted }) => accepted > 0);
    if (arrived !== undefined) {
      const [latest] = sessions;
      const at = latest === undefined ? "/sessions" : `/sessions/${encodeURIComponent(latest.id)}`;
      say(`${arrivalText(arrived)}  ${server.url}${at}`);
      return 0;
    }
    for (const line of troubles(earlier, recentExports)) sayOnce(line);
    if (fresh.some(({ signal }) => signal === "metrics"))
      sayOnce("Metrics arrive, which are not stored. Traces or log records are still missing.");
    earlier = recentExports;
  }
  say(
    `Nothing arrived in ${seconds} s. Does the agent run with these settings, in the same shell, and has it ended a call since? Its own log says what its exporter does.`,
  );
  return 1;
}

function newSince(earlier: RecentExports, now: RecentExports): readonly RecentExport[] {
  const known = new Set(earlier.last.map((each) => JSON.stringify(each)));
  return now.last.filter((each) => !known.has(JSON.stringify(each)));
}

/** Refusals that happened since, as sentences. */
function troubles(earlier: RecentExports, now: RecentExports): string[] {
  const counts = new Map(earlier.refused.map(({ status, reason, count }) => [`${status} ${reason}`, count]));
  return now.refused
    .filter(({ status, reason, count }) => count > (counts.get(`${status} ${reason}`) ?? 0))
    .map(({ status, signal, reason }) => `An export of ${signal} was refused (${status}): ${plain(reason)}`);
}

function arrivalText({ accepted, signal, service }: RecentExport): string {
  const [one, many] = signal === "logs" ? ["log record", "log records"] : ["span", "spans"];
  return `Arrived: ${accepted} ${accepted === 1 ? one : many}${service === undefined ? "" : ` of ${plain(service)}`}.`;
}
