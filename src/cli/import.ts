import { parseArgs } from "node:util";
import { counted } from "../lib/figures.ts";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { FAILED } from "./server/exit-codes.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { Progress } from "./terminal/progress.ts";
import { plain } from "./terminal/style.ts";
import { writeData } from "./terminal/write-data.ts";
import { filesAt } from "./transfer/files-at.ts";
import { importFile } from "./transfer/import-file.ts";
import { Ledger } from "./transfer/ledger.ts";

/** Sends files of spans to a server: exports of Spanfold, OTLP/JSON, Jaeger's JSON, plain or gzip. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...SERVER_OPTIONS },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError("import needs files, or a folder of them.");
  const server = Server.of(values, environment);
  const progress = new Progress(process.stderr);
  const sum = { spans: 0, logRecords: 0, rejected: 0, unchanged: 0 };
  const sessions = new Set<string>();
  for (const given of positionals) {
    const { folder, files } = await filesAt(given);
    const ledger = folder === undefined ? undefined : await Ledger.open(`${folder}/spanfold-import.ledger`);
    for (const { path, name, size, state } of files) {
      const key = `${server.url} ${name}`;
      if (ledger?.get(key) === state) {
        sum.unchanged++;
        continue;
      }
      const outcome = await importFile(server, path, (sent) => progress.show(name, sent, size));
      progress.clear();
      sum.spans += outcome.spans;
      sum.logRecords += outcome.logRecords;
      for (const session of outcome.sessions) sessions.add(session);
      if (outcome.rejected !== undefined) {
        sum.rejected += outcome.rejected.count;
        console.error(
          `${plain(name)}: ${counted(outcome.rejected.count, "item")} rejected: ${plain(outcome.rejected.reason)}`,
        );
      }
      await ledger?.set(key, state);
    }
    if (files.length === 0) throw new CommandError(`${given} has no files to import.`, FAILED);
  }
  const records = sum.logRecords === 0 ? "" : ` and ${counted(sum.logRecords, "log record")}`;
  const known = sum.unchanged === 0 ? "" : `; ${counted(sum.unchanged, "file")} imported before`;
  console.error(`${counted(sum.spans, "span")}${records} in ${counted(sessions.size, "session")}${known}`);
  for (const session of sessions) writeData(`${session}\n`);
  return sum.rejected > 0 ? FAILED : 0;
};
