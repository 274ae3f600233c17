import { rebuilt } from "./damaged-files.ts";
import type { FoundDamage } from "./damaged-files.ts";

/** Counts in the answer. `unanswered`: logs that could not be looked for. */
type Rebuilt = { readonly damaged: number; readonly adopted: number; readonly unanswered: number };

/** Has the program compare its list with what the objects hold. Says what came of it; never rejects. */
export async function rebuildList(
  url: URL,
  dataDirectory: string,
  { own }: Pick<FoundDamage, "own">,
  { ADMIN_TOKEN: token }: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const body = own === undefined ? {} : { body: JSON.stringify({ own }) };
    const response = await fetch(new URL("/admin/rebuild", url), { method: "POST", headers, ...body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { damaged, adopted, unanswered } = (await response.json()) as Rebuilt;
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
