import type { DirectoryObject } from "../../durable/directory/object.ts";
import { cursorAfter } from "../cursor.ts";
import type { FeedPage } from "../../session/contract/feed.ts";
import type { ArkQuery } from "../query.ts";

/**
 * Where a stream of all sessions begins: behind what was told, where it resumes; else with what comes from now on, unless
 * the beginning is asked for. A cursor that nobody gave out is past the head, and means now. Asked before the stream
 * is answered: what is acknowledged after that is told.
 */
export async function feedCursor(
  directory: DurableObjectStub<DirectoryObject>,
  { cursor, fromBeginning }: Pick<ArkQuery, "cursor" | "fromBeginning">,
): Promise<number> {
  const page: FeedPage = await directory.feed({ after: Number.MAX_SAFE_INTEGER, limit: 1 });
  const now = page.head === 0 ? 0 : cursorAfter(page.head);
  if (cursor !== undefined) return Math.min(cursor, now);
  return fromBeginning ? 0 : now;
}
