import { readFile, rename, writeFile } from "node:fs/promises";
import { isRecord } from "../../lib/plain-data.ts";

/** What a transfer has done, in a file beside its data: a later run goes on from there. */
export class Ledger {
  readonly #file: string;
  readonly #done: Map<string, string>;

  private constructor(file: string, done: Map<string, string>) {
    this.#file = file;
    this.#done = done;
  }

  /** An unreadable ledger is an empty one: everything is transferred again, which changes nothing. */
  static async open(file: string): Promise<Ledger> {
    const text = await readFile(file, "utf8").catch(() => "{}");
    return new Ledger(file, new Map(entriesIn(text)));
  }

  get(name: string): string | undefined {
    return this.#done.get(name);
  }

  async set(name: string, state: string): Promise<void> {
    this.#done.set(name, state);
    await writeFile(`${this.#file}.part`, `${JSON.stringify(Object.fromEntries(this.#done), undefined, 1)}\n`);
    await rename(`${this.#file}.part`, this.#file);
  }
}

function entriesIn(text: string): [string, string][] {
  try {
    const read: unknown = JSON.parse(text);
    return isRecord(read)
      ? Object.entries(read).flatMap(([name, state]) =>
          typeof state === "string" ? [[name, state] as [string, string]] : [],
        )
      : [];
  } catch {
    return [];
  }
}
