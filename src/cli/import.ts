import { basename } from "node:path";
import { parseArgs } from "node:util";
import { counted } from "../lib/figures.ts";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { FAILED } from "./server/exit-codes.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { Progress } from "./terminal/progress.ts";
import { plain } from "./terminal/style.ts";
import { writeData } from "./terminal/write-data.ts";
import { nextPartName } from "./transfer/export-parts.ts";
import { filesAt, type Input, type InputFile } from "./transfer/files-at.ts";
import { importFile } from "./transfer/import-file.ts";
import { Ledger } from "./transfer/ledger.ts";

/** Sends files of spans to a server: exports of Spanfold, OTLP/JSON, Jaeger's JSON, plain or gzip. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...SERVER_OPTIONS, again: { type: "boolean" } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError("import needs files, or a folder of them.");
  const server = Server.of(values, environment);
  const inputs: Input[] = [];
  for (const given of positionals) inputs.push(await filesAt(given));
  const names = inputs.flatMap(({ files }) => files.map(({ path }) => basename(path)));
  const transfer = new Transfer(server, values.again === true ? "all" : "new", new Set(names));
  try {
    for (const input of inputs) await transfer.send(input);
  } catch (error) {
    if (transfer.hasSent) transfer.report();
    throw error;
  }
  transfer.report();
  return transfer.failed ? FAILED : 0;
};

/** What was sent so far. */
class Transfer {
  readonly #server: Server;
  readonly #wanted: "new" | "all";
  readonly #names: ReadonlySet<string>;
  readonly #progress = new Progress(process.stderr);
  readonly #sessions = new Set<string>();
  #spans = 0;
  #logRecords = 0;
  /** Files that an earlier run sent. */
  #unchanged = 0;
  failed = false;

  /** `names`: of all files. */
  constructor(server: Server, wanted: "new" | "all", names: ReadonlySet<string>) {
    this.#server = server;
    this.#wanted = wanted;
    this.#names = names;
  }

  /** A file that is refused does not stop those after it. */
  async send({ folder, files }: Input): Promise<void> {
    const ledger = folder === undefined ? undefined : await Ledger.open(folder, "import");
    let unwritable: string | undefined;
    for (const file of files) {
      const key = `${this.#server.url} ${file.name}`;
      if (this.#wanted === "new" && ledger?.get(key) === file.state) {
        this.#unchanged++;
        continue;
      }
      try {
        // What lacks its end is sent again by a later run, which says so again.
        if (!(await this.#sendFile(file))) continue;
      } catch (error) {
        this.#progress.clear();
        if (!(error instanceof CommandError && error.exitCode === FAILED)) throw error;
        console.error(plain(error.message));
        this.failed = true;
        continue;
      }
      await ledger?.set(key, file.state).catch(() => (unwritable = folder));
    }
    if (unwritable !== undefined)
      console.error(`${plain(unwritable)} cannot be written: started again, import sends its files again.`);
  }

  /** Whether the file has its end. */
  async #sendFile({ path, name, size }: InputFile): Promise<boolean> {
    const { spans, logRecords, sessions, rejected, end } = await importFile(this.#server, path, (sent) =>
      this.#progress.show(name, sent, size),
    );
    this.#progress.clear();
    this.#spans += spans;
    this.#logRecords += logRecords;
    for (const session of sessions) this.#sessions.add(session);
    if (rejected !== undefined) {
      const count = rejected.count === 0 ? "" : `${counted(rejected.count, "item")} rejected: `;
      console.error(`${plain(name)}: ${count}${plain(rejected.reason)}`);
      if (rejected.count > 0) this.failed = true;
    }
    const isThere = end === "whole" || (end === "next" && this.#names.has(nextPartName(basename(path)) ?? ""));
    if (isThere) return true;
    const why = end === "cut" ? "was cut off" : "goes on after this file";
    console.error(
      `${plain(name)}: the export ${why}; what is there was sent. Complete it with export, then import again.`,
    );
    this.failed = true;
    return false;
  }

  get hasSent(): boolean {
    return this.#spans + this.#logRecords > 0;
  }

  report(): void {
    const records = this.#logRecords === 0 ? "" : ` and ${counted(this.#logRecords, "log record")}`;
    const known =
      this.#unchanged === 0 ? "" : `; ${counted(this.#unchanged, "file")} sent before, which --again would send too`;
    console.error(`${counted(this.#spans, "span")}${records} in ${counted(this.#sessions.size, "session")}${known}`);
    for (const session of this.#sessions) writeData(`${session}\n`);
  }
}
