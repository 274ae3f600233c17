import { decodeListEvent } from "../../client/decode-event.ts";
import { openEventStream } from "../../client/event-stream.ts";
import { headless } from "../../client/platform.ts";
import { visibleText } from "../../lib/visible-text.ts";
import type { ListStreamEvent } from "../../session/contract/stream-events.ts";
import { groupOf, LIST_GROUPS } from "../../session/list/list-groups.ts";
import { readListPage } from "../../session/list/list-page.ts";
import { liveness, type Status } from "../../session/liveness.ts";
import type { SessionSummary } from "../../session/summary.ts";
import type { Environment } from "../dispatch.ts";
import { INTERRUPTED, UNREACHABLE } from "../server/exit-codes.ts";
import { lostText, refusalCode, refusalText } from "../server/refusal-text.ts";
import type { Server } from "../server/server.ts";
import { redraws, Screen } from "../terminal/screen.ts";
import { listColumns, listLine } from "../terminal/list-lines.ts";
import { statusText } from "../terminal/session-lines.ts";
import { plain, type Style } from "../terminal/style.ts";
import { onInterrupt } from "./interrupt.ts";
import { EventLines } from "./json-output.ts";

export type FollowOptions = {
  readonly style: Style;
  readonly json: boolean;
  readonly from: string | undefined;
  readonly environment: Environment;
};

/** The list begins with so many sessions; the stream adds those that change. */
const FIRST = 200;
const TICK = 1_000;
const FRAME = 50;

/** All sessions: those that wait for an answer, that run, that ended last. Until Ctrl-C; answers the exit code. */
export function followSessions(server: Server, { style, json, from, environment }: FollowOptions): Promise<number> {
  const sessions = new Map<string, SessionSummary>();
  const screen = !json && redraws(process.stdout, environment) ? new Screen(process.stdout) : undefined;
  /** Statuses that were printed, in a pipe. */
  const printed = new Map<string, Status>();
  const lines = new EventLines();
  let ahead = 0;
  let trouble: string | undefined;
  return new Promise((resolve) => {
    let frame: NodeJS.Timeout | undefined;
    let hasLoaded = from !== undefined;
    const show = (): void => {
      frame = undefined;
      if (json || !hasLoaded) return;
      const now = Date.now() + ahead;
      if (screen === undefined) printChanges(now);
      else screen.draw(board(now, screen.columns, screen.lines));
    };
    const soon = (): void => void (frame ??= setTimeout(show, FRAME));

    function printChanges(now: number): void {
      for (const summary of sessions.values()) {
        const live = liveness(summary.liveness, now);
        if (printed.get(summary.id) === live.status) continue;
        printed.set(summary.id, live.status);
        const question = live.waiting === undefined ? "" : ` ${style("yellow", plain(live.waiting.question))}`;
        console.log(
          `${statusText(live.status, style)} ${plain(summary.title)} ${style("dim", plain(summary.id))}${question}`,
        );
      }
    }

    function board(now: number, columns: number, height: number): string[] {
      const widths = listColumns(columns);
      const drawn = LIST_GROUPS.flatMap((group) => {
        const members = [...sessions.values()]
          .filter(({ liveness: facts }) => groupOf(liveness(facts, now)) === group)
          .toSorted(byActivity);
        if (members.length === 0) return [];
        return [
          style("bold", GROUP_WORDS[group]),
          ...members.map((summary) => listLine(summary, now, widths, style)),
          "",
        ];
      });
      if (drawn.length === 0) drawn.push(style("dim", `No session yet at ${server.url}`));
      const note = trouble === undefined ? [] : [style("yellow", trouble)];
      return [...drawn.slice(0, height - note.length), ...note];
    }

    const stream = openEventStream<ListStreamEvent>(
      {
        url: () => `${server.url}/sessions?watch=true`,
        decode: decodeListEvent,
        from,
        ...(json && from === undefined ? {} : { prologue: { url: `${server.url}/sessions?limit=${FIRST}`, take } }),
        authorisation: () => server.authorisation,
        kind: "watch",
        whenMissing: "give-up",
        onEvents: (received) => {
          if (json) lines.write(received);
          for (const { event } of received) apply(event);
          soon();
        },
        onState: (state) => {
          if (state.state === "refused") return end(refusalCode(state.refusal), refusalText(state.refusal, server));
          if (state.state === "reconnecting" && !hasLoaded)
            return end(UNREACHABLE, `${server.url} cannot be reached: ${state.why}.`);
          trouble = state.state === "reconnecting" ? lostText(state.why) : undefined;
          soon();
        },
      },
      headless,
    );

    function take(body: unknown): string {
      const page = readListPage(body);
      sessions.clear();
      for (const summary of page.sessions) sessions.set(summary.id, summary);
      hasLoaded = true;
      return page.resourceVersion;
    }

    function apply(event: ListStreamEvent): void {
      switch (event.type) {
        case "session":
          sessions.set(event.summary.id, event.summary);
          return;
        case "gone":
          sessions.delete(event.id);
          return;
        case "reset":
          sessions.clear();
          return;
        case "bookmark":
          hasLoaded = true;
          ahead = event.now - Date.now();
          return;
        case "recentExports":
          return;
      }
    }

    let hasEnded = false;
    function end(code: number, why?: string): void {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(ticking);
      clearTimeout(frame);
      stopListening();
      stream.close();
      lines.end();
      screen?.leave();
      if (why !== undefined) console.error(`\n  ${visibleText(why)}\n`);
      resolve(code);
    }
    const interrupt = (): void => end(INTERRUPTED);
    const ticking = setInterval(soon, TICK);
    const stopListening = onInterrupt(interrupt);
  });
}

const GROUP_WORDS = { "needs-you": "Needs you", running: "Running", rest: "Ended" } as const;

const byActivity = (a: SessionSummary, b: SessionSummary): number => {
  const [left, right] = [BigInt(a.liveness.lastArrival), BigInt(b.liveness.lastArrival)];
  return left < right ? 1 : left > right ? -1 : 0;
};
