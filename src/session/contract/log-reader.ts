import type { OffloadedValue } from "../../facts/delivery.ts";
import { PAGE_BYTES } from "./log-page.ts";
import type { ChunkEntry, Cursor, LogPage, View } from "./log-page.ts";

/** The log of an object, page by page. The object's stub implements it, and so can an archive or a test. */
export type LogReader = {
  /** At least one entry if one is left, then up to about `maxBytes`. `until`: the log as it was when that revision was its head. */
  read(view: View, from: Cursor | undefined, maxBytes: number, until?: number, also?: "claims"): Promise<LogPage>;
};

/** A page without entries: the state of a log, and its summary. */
export type LogPeeker = { peek(view: View, also?: "queries"): Promise<LogPage> };

/** The offloaded values of a log. */
export type ValueReader = {
  /** The first of these values, up to about `maxBytes`; one at least. `undefined` for an unknown hash. */
  values(hashes: string[], maxBytes: number): Promise<readonly (OffloadedValue | undefined)[]>;
};

/** Deliveries of log records of one trace. `next`: the revision after which more are left. */
export type RecordsPage =
  | { readonly state: "absent" }
  | {
      readonly state: "present";
      readonly generation: string;
      readonly entries: readonly ChunkEntry[];
      readonly next?: number;
    };

/** The log records of a session's traces. */
export type RecordReader = {
  records(traceId: string, after: number, maxBytes: number): Promise<RecordsPage>;
};

export type PresentPage = Extract<LogPage, { state: "present" }>;

/** The log was deleted, moved or begun anew while it was read: what was read so far is no longer true. */
export class LogChanged extends Error {
  constructor() {
    super("the log changed its generation while it was read");
  }
}

export type Walk = {
  readonly view: View;
  /** Where the walk begins and ends, as a `peek` had it. Without it, the head is the one of the first page. */
  readonly peeked?: Pick<PresentPage, "generation" | "head">;
  readonly also?: "claims";
};

/**
 * The pages of a log, first to last, up to its head when the walk began. No page if the log is absent or moved. Throws
 * {@link LogChanged} if that happens later.
 */
export async function* walkLog(log: LogReader, { view, peeked, also }: Walk): AsyncGenerator<PresentPage, void> {
  let generation = peeked?.generation;
  let head = peeked?.head;
  let revision = 0;
  do {
    const from = generation === undefined ? undefined : { generation, revision };
    const page = await log.read(view, from, PAGE_BYTES, head, also);
    if (generation === undefined && page.state !== "present") return;
    const present = unchanged(page);
    yield present;
    generation = present.generation;
    head ??= present.head;
    revision = present.next;
  } while (revision < head);
}

/** The page if it continues the log that its reader began; else throws {@link LogChanged}. */
export function unchanged(page: LogPage): PresentPage {
  if (page.state !== "present" || page.reset) throw new LogChanged();
  return page;
}
