import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { type Run, UsageError } from "./dispatch.ts";
import { SERVER_OPTIONS, Server } from "./server/server.ts";
import { latestSession, sessionPath, targetOf, type Target } from "./server/session-argument.ts";
import { followSessions } from "./watch/follow-sessions.ts";
import { jsonOutput } from "./watch/json-output.ts";
import { linesOutput } from "./watch/lines-output.ts";
import { markdownOutput } from "./watch/markdown-output.ts";
import { treeOutput } from "./watch/tree-output.ts";
import { watchSession } from "./watch/watch-session.ts";
import { redraws } from "./terminal/screen.ts";
import { styleFor } from "./terminal/style.ts";

/** Milliseconds between two looks for the first session. */
const LOOK = 1_000;

/** Shows a session, or all sessions, while they run. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      json: { type: "boolean" },
      md: { type: "boolean" },
      follow: { type: "boolean" },
      until: { type: "string" },
      since: { type: "string" },
    },
    allowPositionals: true,
  });
  const { json, md, follow, until, since } = values;
  if (positionals.length > 1) throw new UsageError("watch shows one session; --follow shows all.");
  if (json === true && md === true) throw new UsageError("--json and --md exclude each other.");
  if (until !== undefined && until !== "finished") throw new UsageError(`--until knows "finished", not "${until}".`);
  if (since !== undefined && json !== true && md !== true) throw new UsageError("--since goes with --json or --md.");
  const style = styleFor(process.stdout, environment);
  // A server that is lost later is waited for. One that never was there is a mistake.
  if (follow === true) {
    if (positionals.length > 0) throw new UsageError("--follow shows all sessions: name none.");
    if (md === true || until !== undefined) throw new UsageError("--follow has no end and no Markdown.");
    const server = Server.of(values, environment);
    await latestSession(server);
    return followSessions(server, { style, json: json ?? false, from: since, environment });
  }
  const target =
    positionals[0] === undefined
      ? await firstSession(Server.of(values, environment))
      : await targetOf(positionals[0], values, environment);
  if (positionals[0] !== undefined) await latestSession(target.server);
  // Its transcript is asked for while it is watched: what is wrong with the version is said at once.
  if (md === true && since !== undefined) await checkVersion(target, since);
  const output =
    json === true
      ? jsonOutput()
      : md === true
        ? markdownOutput(target.server, since)
        : redraws(process.stdout, environment)
          ? treeOutput(process.stdout, style)
          : linesOutput(style);
  return watchSession(target, output, {
    until: until === undefined ? "interrupted" : "finished",
    from: json === true ? since : undefined,
  });
};

async function checkVersion({ server, session }: Target, since: string): Promise<void> {
  const parameters = new URLSearchParams({ format: "markdown", since });
  const { body } = await server.request(`${sessionPath(session)}?${parameters.toString()}`);
  await body?.cancel();
}

/** The session with the newest activity; without one, the first that begins. */
async function firstSession(server: Server): Promise<Target> {
  for (let looked = 0; ; looked++) {
    const session = await latestSession(server);
    if (session !== undefined) return { server, session };
    if (looked === 0) console.error(`\n  There is no session yet at ${server.url}. Waiting for the first.\n`);
    await sleep(LOOK);
  }
}
