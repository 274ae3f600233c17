import { parseArgs } from "node:util";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { FAILED, INTERRUPTED, UNREACHABLE } from "./server/exit-codes.ts";
import { refusalCode, refusalText } from "./server/refusal-text.ts";
import { SERVER_OPTIONS } from "./server/server.ts";
import { targetOf } from "./server/session-argument.ts";
import { SessionFeed } from "./server/session-feed.ts";
import { redraws } from "./terminal/screen.ts";
import { styleFor } from "./terminal/style.ts";
import { jsonOutput } from "./watch/json-output.ts";
import { linesOutput } from "./watch/lines-output.ts";
import { treeOutput } from "./watch/tree-output.ts";

const FRAME = 50;

/** Plays a session again, in its own time or faster. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      json: { type: "boolean" },
      speed: { type: "string" },
      by: { type: "string" },
      idle: { type: "string" },
      from: { type: "string" },
    },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new UsageError("replay plays one session.");
  const { speed, by, idle, from } = values;
  if (speed !== undefined && !(Number(speed) >= 0.01 && Number(speed) <= 10_000))
    throw new UsageError(`--speed must be a number from 0.01 to 10000, not "${speed}".`);
  const { server, session } = await targetOf(positionals[0], values, environment);
  const given = { speed, by, idle, from };
  const parameters = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  const style = styleFor(process.stdout, environment);
  const output =
    values.json === true
      ? jsonOutput()
      : redraws(process.stdout, environment)
        ? treeOutput(process.stdout, style, "replay")
        : linesOutput(style);
  return new Promise((resolve, reject) => {
    let frame: NodeJS.Timeout | undefined;
    let hasEnded = false;
    const end = (finish: () => void): void => {
      if (hasEnded) return;
      hasEnded = true;
      process.off("SIGINT", interrupt);
      feed.close();
      // What came with the end.
      if (frame !== undefined) show();
      Promise.resolve(output.end?.(feed)).then(finish, reject);
    };
    const interrupt = (): void => end(() => resolve(INTERRUPTED));
    const show = (): void => {
      clearTimeout(frame);
      frame = undefined;
      output.show?.(feed, undefined, undefined);
    };
    const feed: SessionFeed = new SessionFeed({
      server,
      session,
      parameters: { replay: "true", ...parameters },
      whenMissing: "give-up",
      onEvents: (events) => {
        output.events?.(events, feed);
        frame ??= setTimeout(show, FRAME);
      },
      onState: (state) => {
        if (state.state === "refused") {
          end(() => reject(new CommandError(refusalText(state.refusal, server), refusalCode(state.refusal))));
        } else if (state.state === "reconnecting" && state.attempt > 10) {
          end(() => reject(new CommandError(`${server.url} cannot be read: ${state.why}.`, UNREACHABLE)));
        } else if (state.state === "ended") {
          end(() => resolve(state.how === "deleted" ? FAILED : 0));
        }
      },
    });
    process.on("SIGINT", interrupt);
  });
};
