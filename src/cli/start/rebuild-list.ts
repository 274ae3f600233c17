import { rebuilt } from "./damaged-files.ts";

/** Has the program compare its list with what the objects hold. Says what came of it; never rejects. */
export async function rebuildList(
  url: URL,
  dataDirectory: string,
  { ADMIN_TOKEN: token }: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL("/admin/rebuild", url), { method: "POST", headers });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const { damaged } = (await response.json()) as { readonly damaged: number };
    rebuilt(dataDirectory);
    const lost = damaged === 0 ? "" : ` ${damaged} of its sessions are damaged: see them there, and delete them.`;
    return `The list is made anew from what the databases hold; large ones take minutes.${lost}`;
  } catch (error) {
    return `The list could not be made anew, and will be by the next start: ${error instanceof Error ? error.message : String(error)}`;
  }
}
