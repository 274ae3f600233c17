import { rebuilt } from "./damaged-files.ts";
import type { FoundDamage } from "./damaged-files.ts";

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
    const { damaged, adopted } = (await response.json()) as { readonly damaged: number; readonly adopted: number };
    rebuilt(dataDirectory);
    const lost = damaged === 0 ? "" : ` ${damaged} of its sessions are damaged: see them there, and delete them.`;
    const many =
      adopted === 1
        ? "1 large log is found in a file of its own"
        : `${adopted} large logs are found in files of their own`;
    const found = adopted === 0 ? "" : ` ${many} again.`;
    return `The list is made anew from what the databases hold; large ones take minutes.${found}${lost}`;
  } catch (error) {
    return `The list could not be made anew, and will be by the next start: ${error instanceof Error ? error.message : String(error)}`;
  }
}
