import { appendFile, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

const nameOf = (transfer: "export" | "import"): string => `spanfold-${transfer}.ledger`;

/** Whether a file is one of these, and no data. */
export const isLedger = (path: string): boolean =>
  basename(path) === nameOf("export") || basename(path) === nameOf("import");

/** What a transfer has done, in a file beside its data: a later run goes on from there. A line for each step, the last one of a name counts. */
export class Ledger {
  readonly #file: string;
  readonly #done: Map<string, string>;

  private constructor(file: string, done: Map<string, string>) {
    this.#file = file;
    this.#done = done;
  }

  /** What cannot be read is transferred again, which changes nothing. */
  static async open(folder: string, transfer: "export" | "import"): Promise<Ledger> {
    const file = join(folder, nameOf(transfer));
    const text = await readFile(file, "utf8").catch(() => "");
    return new Ledger(file, new Map(text.split("\n").flatMap(entriesIn)));
  }

  get(name: string): string | undefined {
    return this.#done.get(name);
  }

  async set(name: string, state: string): Promise<void> {
    this.#done.set(name, state);
    // A run that was killed may have left half a line.
    await appendFile(this.#file, `\n${JSON.stringify([name, state])}\n`);
  }
}

function entriesIn(line: string): [string, string][] {
  try {
    const read: unknown = JSON.parse(line);
    if (!Array.isArray(read)) return [];
    const [name, state] = read as readonly unknown[];
    return typeof name === "string" && typeof state === "string" ? [[name, state]] : [];
  } catch {
    return [];
  }
}
