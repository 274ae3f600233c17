import { textLength } from "../../lib/body-codec.ts";
import type { MovedOwner, OwnedEntry, OwnedPage, OwnedPlace, OwnersPage } from "../../session/contract/owned-traces.ts";
import type { Shard } from "./shard.ts";
import type { SessionState } from "./state.ts";

/** Logs that one call looks at: others wait for it. */
const LOGS_A_CALL = 50;

/**
 * The traces that logs of this shard own, by id, after one: as much as about `maxBytes` of text, but of each the first delivery at least.
 * An owner has all deliveries of its trace, whatever session shows it. `since`: only traces with a later delivery, Unix milliseconds.
 */
export function readOwners(shard: Shard, after: string, since: number, maxBytes: number): OwnersPage {
  if (!shard.tables.exists) return { pages: [] };
  const ids = shard.tables.tracesAfter(after, LOGS_A_CALL);
  const pages: (OwnedPage | MovedOwner)[] = [];
  let left = maxBytes;
  for (const id of ids) {
    const { state } = shard.log(id);
    if (state.movedBy !== undefined) {
      pages.push({ traceId: id, moved: true });
      continue;
    }
    if (!ownsTrace(state) || state.log.lastReceived(id) < since) continue;
    const { page, bytes } = pageOf(state, 0, left);
    pages.push(page);
    left -= bytes;
    if (left <= 0) return { pages, next: id };
  }
  return { pages, ...(ids.length < LOGS_A_CALL ? {} : { next: ids.at(-1) ?? after }) };
}

/** The owned trace after a place, or from its beginning if its log began anew since; `undefined` if there is none any more. */
export function readOwner(state: SessionState, after: OwnedPlace, maxBytes: number, since = 0): OwnedPage | undefined {
  if (!ownsTrace(state) || state.log.lastReceived(state.id) < since) return undefined;
  return pageOf(state, after.generation === state.generation ? after.revision : 0, maxBytes).page;
}

const ownsTrace = (state: SessionState): boolean => state.isReadable && state.traces.owned() !== undefined;

/** Nothing is folded for it: superseded versions are part of the log. */
function pageOf({ id, log, generation = "" }: SessionState, after: number, maxBytes: number) {
  const entries: OwnedEntry[] = [];
  let bytes = 0;
  let last = after;
  for (const { kind, traceRevision, encoding, body, hashes } of log.chunks(log.revisionBefore(id, after + 1), id)) {
    if (kind === "tombstone") continue;
    if (entries.length > 0 && bytes >= maxBytes)
      return { page: { traceId: id, entries, next: { generation, revision: last } }, bytes };
    entries.push({ kind, encoding, body, hashes });
    bytes += textLength(encoding, body);
    last = traceRevision;
  }
  return { page: { traceId: id, entries }, bytes };
}
