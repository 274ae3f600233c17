import { parseArgs } from "node:util";
import { agentSettings } from "../otel/agent-settings.ts";
import type { AgentSettings } from "../otel/agent-settings.ts";
import type { WriteToken } from "../otel/exporter-variables.ts";
import { UsageError } from "./dispatch.ts";
import type { Run } from "./dispatch.ts";
import { UNREACHABLE } from "./server/exit-codes.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { readArrivals, waitForExport } from "./setup/arrivals.ts";
import { writeSettings } from "./setup/write-settings.ts";

/** Seconds. Long enough to open another terminal, start an agent and ask it something. */
const PATIENCE = 300;

/** Prints or writes the settings that point an agent at a program, and waits until something arrives. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...SERVER_OPTIONS,
      write: { type: "boolean" },
      "no-wait": { type: "boolean" },
      wait: { type: "string" },
    },
  });
  const server = Server.of(values, environment);
  const seconds = Number(values.wait ?? PATIENCE);
  if (!(seconds > 0)) throw new UsageError(`--wait is "${values.wait}": it must be a number of seconds.`);
  const [id, ...more] = positionals;
  const known = agentSettings(server.url, undefined).map((each) => each.id);
  if (id === undefined || more.length > 0) throw new UsageError(`Name one of: ${known.join(", ")}.`);
  if (!known.some((each) => each === id)) throw new UsageError(`"${id}" is none of: ${known.join(", ")}.`);

  const before = await readArrivals(server);
  if (before.outcome === "unreachable") {
    console.error(`\n  ${before.why}\n`);
    return UNREACHABLE;
  }
  const needsToken = server.token !== undefined || before.outcome === "refused";
  const refusal = needsToken ? await server.writeRefusal() : undefined;
  const settingsWith = (token: WriteToken): AgentSettings | undefined =>
    agentSettings(server.url, needsToken ? token : undefined).find((each) => each.id === id);

  const shown = settingsWith(refusal === undefined ? placeholder(server, environment["SPANFOLD_TOKEN"]) : INGEST_TOKEN);
  if (shown === undefined) return 1;
  if (values.write === true) {
    if (refusal !== undefined)
      throw new UsageError(`${refusal.message}\n  An agent sends with INGEST_TOKEN. Nothing was written.`);
    const written = await writeSettings(settingsWith({ secret: server.token ?? "" }) ?? shown, shown, environment);
    console.log(`\n${indented(written.text)}\n`);
    if (!written.ok) return 1;
  } else {
    console.log(`\n${indented(printed(shown))}\n`);
    if (refusal !== undefined && server.token !== undefined)
      console.error(`  ${refusal.message}\n  An agent sends with INGEST_TOKEN: put it in its place.\n`);
  }

  if (values["no-wait"] === true) return 0;
  if (before.outcome === "refused") {
    console.error(`  What arrives can't be seen here: ${before.detail} See ${server.url}/sessions\n`);
    return 1;
  }
  console.log(`  Waiting for its first export at ${server.url}. Ctrl-C ends.\n`);
  return await waitForExport(server, before.arrivals, seconds, (line) => console.log(`  ${line}\n`));
};

const INGEST_TOKEN = "<INGEST_TOKEN>";

/** What stands for the token where it is printed: others may see the terminal. */
function placeholder({ token }: Server, variable: string | undefined): string {
  return token !== undefined && token === variable?.trim() ? "$SPANFOLD_TOKEN" : INGEST_TOKEN;
}

function printed({ snippets, note }: AgentSettings): string {
  const parts = snippets.map(({ into, text }) => `${into}:\n\n${text}`);
  return [...parts, ...(note === undefined ? [] : [note])].join("\n\n");
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
