import type { LogEntry } from "../../session/contract/log-page.ts";
import type { SessionObject } from "../../durable/session/object.ts";

export type SessionStub = DurableObjectStub<SessionObject>;

/** Bytes of a log's text in one page: bare spans are larger, each with its resource, and a viewer that does not read holds one page. */
export const ITEM_PAGE_BYTES = 256_000;

/** One thing that an Ark client is told, and its place in the revision that brought it, from 1 on. */
export type Told = { readonly place: number; readonly data: unknown };

/** What a revision of a log tells. `session`: the id of the session that shows it. */
export type Tell = (stub: SessionStub, entry: LogEntry, session: string) => Promise<readonly Told[]> | readonly Told[];

export type Item = { readonly cursor: number; readonly data: unknown };

/** Reads on in a log, or in the order of all logs, behind what it read before. */
export type ItemReader = {
  /** `caughtUp`: nothing was left when it answered. `ended`: nothing will come any more. */
  read(): Promise<{ readonly items: readonly Item[]; readonly caughtUp: boolean; readonly ended: boolean }>;
};
