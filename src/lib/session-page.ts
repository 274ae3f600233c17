/** The server and the session that a page's address names, such as `https://spanfold.example/sessions/trip-7?view=timeline`. */
export type SessionPage = { readonly server: string; readonly session: string };

/** What names the session with the newest activity in commands and tools. A session of this name is named by its page's address. */
export const LATEST = "latest";

/** The id of the session that {@link LATEST} names; without any, of the newest trace: a first program often names no session. `newest` answers the newest id of a list. */
export async function latestOf(
  newest: (kind: "session" | "all") => Promise<string | undefined>,
): Promise<string | undefined> {
  return (await newest("session")) ?? (await newest("all"));
}

/** `undefined`: the text is no address of a session's page. */
export function readSessionPage(text: string): SessionPage | undefined {
  const [, server, id] = /^(https?:\/\/.+?)\/sessions\/([^/?#]+)/i.exec(text) ?? [];
  if (server === undefined || id === undefined) return undefined;
  try {
    return { server, session: decodeURIComponent(id) };
  } catch {
    return undefined;
  }
}
