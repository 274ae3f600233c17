/**
 * The messages by which a log moves from its shard to an object of its own. Each call has the move's number in its context: numbers of a
 * shard only rise, and a message of an earlier move changes nothing.
 */
import type { OffloadedValue } from "../../../facts/delivery.ts";
import type { LocationHint } from "../../../session/contract/location.ts";
import type { OutboxRow } from "../../../session/contract/outbox.ts";
import type { Chunk } from "../log/chunk.ts";
import type { MovedMeta } from "../log/log-meta.ts";
import type { TraceRow } from "../log/rows.ts";
import type { NumberedRun } from "../outbox/rows.ts";

/** Consecutive chunks of the log, with the values that they name. */
export type MovePage = {
  /** The revision before the first chunk. */
  readonly after: number;
  readonly chunks: readonly Chunk[];
  readonly values: readonly OffloadedValue[];
};

/** The object has a log that an earlier move brought, of which the shard knows nothing: its file was lost. Nothing was taken. */
export type Occupied = { readonly outcome: "occupied"; readonly move: number };

/** The last page, and the log's other rows: all that it is when it is closed for writing. */
export type MoveEnd = {
  readonly page: MovePage;
  readonly meta: MovedMeta;
  readonly traces: readonly TraceRow[];
  readonly outbox: readonly OutboxRow[];
  /** The run that delivers the trace to upstreams meanwhile. */
  readonly run?: NumberedRun;
  /** Where the last export came from, if not from where the tenant's objects are made. */
  readonly exporter?: LocationHint;
};

/** When the log's next report is due, and whether a stream follows all sessions. `wait`: milliseconds from now, since clocks of two machines differ. */
export type ReportSchedule = { readonly wait: number; readonly isFollowed: boolean };

/** What an object says to the shard that stored that a log is there. `lost`: it has nothing, since its file was damaged or removed. */
export type MovedState = "open" | "lost";

/** What a shard knows of a move. `void`: it will never be stored. */
export type MoveOutcome = "stored" | "under way" | "void";

/** Of a log that began after the shard's file was lost, to the object that has the log from before. */
export type JoinPage = Pick<MovePage, "chunks" | "values"> & {
  readonly traces: readonly TraceRow[];
  /** The sessions that its traces moved to. */
  readonly movedTo: ReadonlyMap<string, string>;
  readonly isLast: boolean;
};

/**
 * What came of it that an own object looked for its shard. `absent`: it has no open log. `held`: the shard points here. `adopted`: it does
 * again. `joined`: it does again, and what a new log of this id had taken since is here. `deleted`: the log was deleted meanwhile, and nothing is left here.
 */
export type Adoption = "absent" | "held" | "adopted" | "joined" | "deleted";
