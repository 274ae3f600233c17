import type { Receipt } from "../../facts/delivery.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { Retention } from "./retention.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary } from "../summary.ts";

/** Everything that crosses a session's stream. `event:` is the type, `data:` the rest as JSON; those marked "id" carry a resourceVersion as `id:`. */
export type SessionStreamEvent =
  /** id. `received`: Unix nanoseconds, decimal. */
  | {
      readonly type: "spans";
      readonly received: string;
      readonly receipt: Receipt;
      readonly resourceSpans: readonly ResourceSpans[];
    }
  /** id. Log records: of the trace, or of records that name a session and no trace the id that stands for it. */
  | {
      readonly type: "logs";
      readonly received: string;
      readonly receipt: Receipt;
      readonly traceId: string;
      readonly resourceLogs: readonly ResourceLogs[];
    }
  /** id. The trace left this session, for another one if `session` says so. */
  | { readonly type: "gone"; readonly traceId: string; readonly session?: string }
  /** id. What was folded so far is void: the log follows from its beginning. */
  | { readonly type: "reset" }
  /** id. Nothing is left here; the session lives on under another name. Ends the stream. */
  | { readonly type: "moved"; readonly session: string }
  /** id. Forgotten. Ends the stream. */
  | { readonly type: "deleted" }
  /**
   * With the status at this moment; again, with a bookmark, when silence alone moves it on. `prices`: the deployment's own,
   * as its setting says them: costs are computed by them too.
   */
  | {
      readonly type: "session";
      readonly summary: SessionSummary & { readonly status?: Status };
      readonly prices?: string;
      readonly retention?: Retention;
    }
  /** Caught up. `now`: the server's clock, Unix milliseconds. */
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly now: number };

/** Everything that crosses the list's stream. */
export type ListStreamEvent =
  /** id. A session appeared or changed. */
  | { readonly type: "session"; readonly summary: SessionSummary }
  /** id. It was deleted, moved to another name, or left the filter. */
  | { readonly type: "gone"; readonly id: string; readonly session?: string }
  | { readonly type: "reset" }
  | { readonly type: "recentExports"; readonly recentExports: RecentExports }
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly now: number };

/** What reached the receiver, whether kept or not: answers "is my exporter arriving?". */
export type RecentExport = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly signal: "traces" | "logs" | "metrics";
  /** Absent where the content type was neither's. */
  readonly encoding?: "json" | "protobuf";
  readonly service?: string;
  /** Spans, or log records; nothing of metrics, which are not kept. */
  readonly accepted: number;
  readonly rejected: number;
  /** Why spans or log records, or the whole request, were refused. */
  readonly reason?: string;
};

/** One refusal, with its repeats: of these, what the newest says. */
export type RefusedExport = RecentExport & {
  readonly reason: string;
  /** The answer's HTTP status: 200 where a part was taken. */
  readonly status: number;
  /** Of the first, Unix milliseconds; `at` is the last. */
  readonly firstAt: number;
  readonly count: number;
};

export type RecentExports = {
  /** Newest first, at most 20; of those that were refused, only what was taken in part. */
  readonly last: readonly RecentExport[];
  /** Refusals, in whole or in part, newest first: one line each, and one for all that find no place (`addRefusal`). */
  readonly refused: readonly RefusedExport[];
  /** Requests of signals that are accepted and not kept. */
  readonly dropped: { readonly metrics: number };
};

/** What a Worker tells the directory of, since it told it last. */
export type RecentExportsUpdate = RecentExports;
