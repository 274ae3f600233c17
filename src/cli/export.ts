import { parseArgs } from "node:util";
import { counted, bytes } from "../lib/figures.ts";
import { type Run, UsageError } from "./dispatch.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { sessionPath, targetOf } from "./server/session-argument.ts";
import { exportAll } from "./transfer/export-all.ts";
import { saveBody } from "./transfer/save-body.ts";
import { Progress } from "./terminal/progress.ts";
import { plain } from "./terminal/style.ts";
import { writeBody } from "./terminal/write-data.ts";

/** Writes sessions as OTLP/JSON, with all their values. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...SERVER_OPTIONS, all: { type: "boolean" }, output: { type: "string", short: "o" } },
    allowPositionals: true,
  });
  const { output } = values;
  const progress = new Progress(process.stderr);
  if (values.all === true) {
    if (positionals.length > 0) throw new UsageError("--all exports every session: name none.");
    if (output === undefined) throw new UsageError("--all needs a folder: --output FOLDER.");
    const done = await exportAll(Server.of(values, environment), output, progress);
    const what = done.of === "all" ? "All sessions" : "What came since the last export";
    const deleted = done.deleted === 0 ? "" : `; ${counted(done.deleted, "trace")} deleted meanwhile`;
    console.error(`${what} written to ${output}: ${counted(done.files, "file")} (${bytes(done.bytes)})${deleted}`);
    return 0;
  }
  if (positionals.length > 1) throw new UsageError("export writes one session, or all with --all.");
  const { server, session } = await targetOf(positionals[0], values, environment);
  const response = await server.request(`${sessionPath(session)}/otlp`, { headers: { Accept: "application/json" } });
  if (output === undefined) {
    await writeBody(response);
    return 0;
  }
  const size = await saveBody(response, output, (read) => progress.show(session, read, 0));
  progress.clear();
  console.error(`${plain(session)} written to ${output} (${bytes(size)})`);
  return 0;
};
