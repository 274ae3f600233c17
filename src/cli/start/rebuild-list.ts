import { Readable } from "node:stream";
import { count } from "../../lib/figures.ts";
import { linesOf } from "../transfer/lines.ts";
import { rebuilt } from "./damaged-files.ts";
import type { FoundDamage } from "./damaged-files.ts";

/** Counts in the answer. `unanswered`: logs that could not be looked for. */
type Rebuilt = {
  readonly logs: number;
  readonly damaged: number;
  readonly adopted: number;
  readonly unanswered: number;
  /** In the last line. */
  readonly complete?: true;
};

/** Lines of progress come as often at most. */
const PROGRESS_MILLIS = 5_000;

/** Has the program compare its list with what the objects hold. Says what came of it, and `progress` meanwhile; never rejects. */
export async function rebuildList(
  url: URL,
  dataDirectory: string,
  { own }: Pick<FoundDamage, "own">,
  { ADMIN_TOKEN: token }: Readonly<Record<string, string | undefined>>,
  progress: (sentence: string) => void,
): Promise<string> {
  try {
    const headers = {
      accept: "application/x-ndjson",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = own === undefined ? {} : { body: JSON.stringify({ own }) };
    const response = await fetch(new URL("/admin/rebuild", url), { method: "POST", headers, ...body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { damaged, adopted, unanswered } = await readSteps(response, progress);
    // Else the next start asks again.
    if (unanswered === 0) rebuilt(dataDirectory);
    const lost = damaged === 0 ? "" : ` ${damaged} of its sessions are damaged: see them there, and delete them.`;
    const many =
      adopted === 1
        ? "1 large log is found in a file of its own"
        : `${adopted} large logs are found in files of their own`;
    const found = adopted === 0 ? "" : ` ${many} again.`;
    const failed =
      unanswered === 0 ? "" : ` Objects that failed: ${unanswered}. The next start looks for their large logs again.`;
    return `The list is made anew from what the databases hold; large ones take minutes.${found}${failed}${lost}`;
  } catch (error) {
    return `The list could not be made anew, and will be by the next start: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A line for each step. `fetch` gives up after five minutes without one. */
async function readSteps({ body }: Response, progress: (sentence: string) => void): Promise<Rebuilt> {
  let saidAt = Date.now();
  for await (const line of linesOf(Readable.from(body ?? []))) {
    const found = JSON.parse(Buffer.from(line).toString()) as Rebuilt;
    if (found.complete === true) return found;
    if (Date.now() - saidAt < PROGRESS_MILLIS) continue;
    saidAt = Date.now();
    const { adopted, logs } = found;
    progress(`Large logs found in files of their own: ${count(adopted)}. Logs compared with the list: ${count(logs)}.`);
  }
  throw new Error("the answer was cut off");
}
