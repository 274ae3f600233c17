import type { Bindings } from "../../config.ts";
import { directoryOf, sessionAt } from "../../place.ts";
import type { RecentPage } from "../../session/contract/directory.ts";
import { EVERY_SESSION, NEWEST } from "./trace-page.ts";

/** Sessions forgotten at once, and by one request, which may make 10,000 calls. */
const AT_ONCE = 32;
const MOST = 4_000;

/** Forgets sessions with all that they hold, the last changed first. Answers how many, and whether none is left. */
export async function purgeSessions(
  env: Bindings,
  tenant: string,
): Promise<{ readonly purged: number; readonly isDone: boolean }> {
  let purged = 0;
  let before: number | undefined = NEWEST;
  while (before !== undefined && purged < MOST) {
    const page: RecentPage = await directoryOf(env, tenant).recent(before, AT_ONCE, EVERY_SESSION);
    await Promise.all(
      page.sessions.map(async ({ summary }) => {
        const { id } = JSON.parse(summary) as { id: string };
        await sessionAt(env, tenant, id).forget();
      }),
    );
    purged += page.sessions.length;
    before = page.next;
  }
  return { purged, isDone: before === undefined };
}
