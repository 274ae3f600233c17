import { parseArgs } from "node:util";
import { counted } from "../lib/figures.ts";
import { type Run, UsageError } from "./dispatch.ts";
import { SERVER_OPTIONS, Server } from "./server/server.ts";
import { listColumns, listLine } from "./terminal/list-lines.ts";
import { styleFor } from "./terminal/style.ts";
import { writeData } from "./terminal/write-data.ts";

const FILTERS = [
  "status",
  "kind",
  "q",
  "agent",
  "model",
  "tool",
  "namespace",
  "service",
  "since",
  "until",
  "sort",
  "order",
] as const;
const DEFAULT_LIMIT = 20;
/** The server's own bound of a page. */
const PAGE = 1_000;

/** Lists sessions, newest activity first. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      json: { type: "boolean" },
      all: { type: "boolean" },
      ids: { type: "boolean" },
      limit: { type: "string" },
      ...(Object.fromEntries(FILTERS.map((name) => [name, { type: "string" }])) as Record<
        (typeof FILTERS)[number],
        { type: "string" }
      >),
    },
    allowPositionals: true,
  });
  if (values.json === true && values.ids === true) throw new UsageError("--json and --ids exclude each other.");
  const server = Server.of(values, environment);
  const parameters = new URLSearchParams();
  for (const name of FILTERS) if (values[name] !== undefined) parameters.set(name, values[name]);
  // Words without an option are searched.
  if (positionals.length > 0) parameters.set("q", [values.q, ...positionals].filter(Boolean).join(" "));
  parameters.set("limit", values.limit ?? String(values.all === true ? PAGE : DEFAULT_LIMIT));
  const style = styleFor(process.stdout, environment);
  const columns = listColumns(process.stdout.columns || 120);
  let shown = 0;
  for (let cursor: string | undefined; ;) {
    if (cursor !== undefined) parameters.set("cursor", cursor);
    const page = await server.list(parameters);
    for (const summary of page.sessions) {
      shown++;
      if (values.json === true) writeData(`${JSON.stringify(summary)}\n`);
      else if (values.ids === true) writeData(`${summary.id}\n`);
      else console.log(listLine(summary, Date.now(), columns, style));
    }
    cursor = page.nextCursor;
    if (cursor !== undefined && values.all === true) continue;
    if (shown === 0)
      console.error([...parameters.keys()].length > 1 ? "No session matches." : await nothingYet(server));
    else if (cursor !== undefined && values.json !== true)
      console.error(style("dim", `More: --all, or --limit ${Number(values.limit ?? DEFAULT_LIMIT) * 5}`));
    return 0;
  }
};

/** A first program often names no session. */
async function nothingYet(server: Server): Promise<string> {
  const { counts } = await server.list(new URLSearchParams({ kind: "trace", limit: "1" }));
  const traces = counts.all === 0 ? "" : `, but ${counted(counts.all, "other trace")}: --kind trace`;
  return `No session yet at ${server.url}${traces}.`;
}
