import type { StreamState } from "../../client/stream-state.ts";
import { visibleText } from "../../lib/visible-text.ts";
import { liveness } from "../../session/liveness.ts";
import type { Status } from "../../session/liveness.ts";
import { EXIT_OF, FAILED, INTERRUPTED, UNREACHABLE } from "../server/exit-codes.ts";
import { lostText, refusalCode, refusalText } from "../server/refusal-text.ts";
import type { Target } from "../server/session-argument.ts";
import { SessionFeed } from "../server/session-feed.ts";
import { onInterrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";

export type WatchOptions = {
  /** `finished`: until it finishes, fails, stalls or waits; the exit code says which. */
  readonly until: "finished" | "interrupted";
  readonly from?: string | undefined;
};

/** Times go on without data, milliseconds. */
const TICK = 1_000;
/** A frame, milliseconds: what arrives together is drawn once. */
const FRAME = 50;
/** With an end to wait for, a lost server is given up after this time, milliseconds. */
const PATIENCE = 60_000;

/** Shows a session until it ends as asked, or until Ctrl-C. Answers the exit code. */
export function watchSession(target: Target, output: Output, { until, from }: WatchOptions): Promise<number> {
  const { server } = target;
  return new Promise((resolve, reject) => {
    let trouble: string | undefined;
    let lostSince: number | undefined;
    let isLive = false;
    let frame: NodeJS.Timeout | undefined;
    let lastVersion = from;
    let feed = open(target.session, from);

    function open(session: string, at: string | undefined): SessionFeed {
      const opened: SessionFeed = new SessionFeed({
        server,
        session,
        from: at,
        whenMissing: "retry",
        onEvents: (events) => {
          lastVersion = opened.view.state.caughtUp ?? lastVersion;
          output.events?.(events, opened);
          frame ??= setTimeout(show, FRAME);
        },
        onState: take,
      });
      return opened;
    }

    function take(state: StreamState): void {
      if (state.state === "live") isLive = true;
      if (state.state === "reconnecting") {
        lostSince ??= Date.now();
        trouble = lostText(state.why);
      } else if (state.state === "refused") {
        trouble = refusalText(state.refusal, server);
        // Its first span may still arrive.
        if (state.refusal.reason !== "not-found" || state.refusal.movedTo.length > 0)
          return end(refusalCode(state.refusal), trouble);
        trouble = "No such session yet. Waiting for it";
      } else if (state.state === "ended" && state.how === "moved") {
        feed.close();
        isLive = false;
        feed = open(state.to, undefined);
      } else if (state.state === "ended" && state.how === "deleted") {
        return end(FAILED, `Session ${feed.session} was deleted.`);
      } else if (state.state === "live") {
        lostSince = undefined;
        trouble = undefined;
      }
      frame ??= setTimeout(show, FRAME);
    }

    function statusNow(): Status | undefined {
      // After a version, only the server knows the whole session.
      const summary = from === undefined ? feed.view.summary() : feed.view.announced;
      return summary === undefined ? undefined : liveness(summary.liveness, feed.now).status;
    }

    function show(): void {
      frame = undefined;
      const status = statusNow();
      output.show?.(feed, status, trouble);
      if (until === "interrupted") return;
      if (lostSince !== undefined && Date.now() - lostSince > PATIENCE)
        return end(UNREACHABLE, `${server.url} was not reachable for ${PATIENCE / 1000} s.`);
      // While it loads, the state is an old one.
      const code = status === undefined || !isLive || lostSince !== undefined ? undefined : EXIT_OF[status];
      if (code !== undefined) end(code);
    }

    let hasEnded = false;
    function end(code: number, why?: string): void {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(ticking);
      clearTimeout(frame);
      stopListening();
      feed.close();
      Promise.resolve(output.end?.(feed)).then(() => {
        if (why !== undefined) console.error(`\n  ${visibleText(why)}\n`);
        resolve(code);
      }, reject);
    }
    function interrupt(): void {
      end(
        INTERRUPTED,
        lastVersion === undefined || output.resumes !== "since"
          ? undefined
          : `To go on from here: --since ${lastVersion}`,
      );
    }
    const ticking = setInterval(() => (frame ??= setTimeout(show, 0)), TICK);
    const stopListening = onInterrupt(interrupt);
  });
}
