/** What a shard sends to the Worker that exports a tenant: the deliveries of the traces that its logs own. */
import type { ChunkEntry } from "./log-page.ts";

export type OwnedEntry = Pick<ChunkEntry, "kind" | "encoding" | "body" | "hashes">;

/** A place between two deliveries of a trace: after so many of them, in the trace's own order. */
export type OwnedPlace = { readonly generation: string; readonly revision: number };

/** Deliveries of one trace, in its own order. */
export type OwnedPage = {
  readonly traceId: string;
  readonly entries: readonly OwnedEntry[];
  /** More are left after it. */
  readonly next?: OwnedPlace;
};

/** A log that is in an object of its own, and may own a trace. */
export type MovedOwner = { readonly traceId: string; readonly moved: true };

/** Traces by id. `next`: the id after which more logs are left. */
export type OwnersPage = { readonly pages: readonly (OwnedPage | MovedOwner)[]; readonly next?: string };
