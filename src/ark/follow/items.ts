import type { FeedFrame } from "../../session/contract/directory.ts";
import type { LogEntry } from "../../session/contract/log-page.ts";
import type { LogPeeker, LogReader, ValueReader } from "../../session/contract/log-reader.ts";

/** A session's object, as far as Ark's streams read it. */
export type SessionLog = LogReader & LogPeeker & ValueReader;

/** Bytes of a log's text in one page: bare spans are larger, each with its resource, and a viewer that does not read holds one page. */
export const ITEM_PAGE_BYTES = 256_000;

/** One item for an Ark client, and its index in its revision, from 1 on. */
export type RevisionItem = { readonly index: number; readonly data: unknown };

/** Reads the items of one revision of a log. `session`: the id of the session that shows it. */
export type ReadItems = (
  stub: SessionLog,
  entry: LogEntry,
  session: string,
) => Promise<readonly RevisionItem[]> | readonly RevisionItem[];

export type Item = { readonly cursor: number; readonly data: unknown };

/** Reads one log, or all logs in the order of the directory, on from its last read. */
export type ItemReader = {
  /** `caughtUp`: nothing more was there when it answered. `ended`: nothing will come any more. */
  read(): Promise<{ readonly items: readonly Item[]; readonly caughtUp: boolean; readonly ended: boolean }>;
};

/** A reader of all logs, which may learn of changes meanwhile. */
export type FeedItems = ItemReader & {
  /** Sees a message of the directory. Returns whether there may be more to read. */
  notice(frame: FeedFrame): boolean;
};

/**
 * The number of entries that one read sends. A page's text is bounded, its large values are not: an entry with large values
 * is sent by itself.
 */
export function countTogether(unsent: readonly { readonly entry: LogEntry }[]): number {
  const isLarge = ({ entry }: { readonly entry: LogEntry }) => entry.kind !== "gone" && entry.hashes.length > 0;
  const large = unsent.findIndex(isLarge);
  return large < 0 ? unsent.length : Math.max(1, large);
}
