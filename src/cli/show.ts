import { parseArgs } from "node:util";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { FAILED, UNREACHABLE } from "./server/exit-codes.ts";
import { SERVER_OPTIONS } from "./server/server.ts";
import { refusalCode, refusalText } from "./server/refusal-text.ts";
import { sessionPath, targetOf, type Target } from "./server/session-argument.ts";
import { SessionFeed } from "./server/session-feed.ts";
import { sessionLines } from "./terminal/session-lines.ts";
import { styleFor } from "./terminal/style.ts";
import { writeBody } from "./terminal/write-data.ts";

/** Prints a session once: as a tree, as Markdown, or as JSON. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      json: { type: "boolean" },
      md: { type: "boolean" },
      span: { type: "string" },
      turn: { type: "string" },
      max: { type: "string" },
    },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new UsageError("show prints one session.");
  if (values.json === true && values.md === true) throw new UsageError("--json and --md exclude each other.");
  if (values.md !== true && (values.turn ?? values.max) !== undefined)
    throw new UsageError("--turn and --max go with --md.");
  if (values.md === true && values.span !== undefined) throw new UsageError("--span prints JSON.");
  const target = await targetOf(positionals[0], values, environment);
  const { server, session } = target;
  if (values.span !== undefined) {
    const span = /^([0-9a-f]{32})[:/]([0-9a-f]{16})$/i.exec(values.span);
    if (span === null) throw new UsageError("--span must be <trace id>:<span id>, in hex.");
    const path = `${sessionPath(session)}/spans/${span[1]}/${span[2]}`;
    await writeBody(await server.request(path, { headers: { Accept: "application/json" } }));
    return 0;
  }
  if (values.md === true) {
    const parameters = new URLSearchParams({ format: "markdown" });
    for (const name of ["turn", "max"] as const) if (values[name] !== undefined) parameters.set(name, values[name]);
    await writeBody(await server.request(`${sessionPath(session)}?${parameters.toString()}`));
    return 0;
  }
  if (values.json === true) {
    await writeBody(await server.request(sessionPath(session), { headers: { Accept: "application/json" } }));
    return 0;
  }
  const feed = await completeFeed(target);
  const summary = feed.view.summary();
  if (summary === undefined) throw new CommandError(`Session ${session} has no spans.`, FAILED);
  const style = styleFor(process.stdout, environment);
  const drawn = { summary, tree: feed.view.tree(), now: feed.now };
  console.log(sessionLines(drawn, { columns: process.stdout.columns || 120, style }).join("\n"));
  return 0;
};

/** A session up to now. */
function completeFeed({ server, session }: Target): Promise<SessionFeed> {
  return new Promise((resolve, reject) => {
    const end = (outcome: () => void): void => {
      feed.close();
      outcome();
    };
    const feed: SessionFeed = new SessionFeed({
      server,
      session,
      whenMissing: "give-up",
      onEvents: (events) => {
        if (events.some(({ event }) => event.type === "bookmark")) end(() => resolve(feed));
      },
      onState: (state) => {
        if (state.state === "refused")
          end(() => reject(new CommandError(refusalText(state.refusal, server), refusalCode(state.refusal))));
        if (state.state === "reconnecting" && state.attempt > 3)
          end(() => reject(new CommandError(`${server.url} cannot be read: ${state.why}.`, UNREACHABLE)));
        if (state.state === "ended" && state.how === "moved")
          end(() => resolve(completeFeed({ server, session: state.to })));
      },
    });
  });
}
