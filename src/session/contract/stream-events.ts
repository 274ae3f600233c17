import type { Receipt } from "../../facts/delivery.ts";
import type { ResourceLogs } from "../../otel/log-record.ts";
import type { Retention } from "./retention.ts";
import type { ResourceSpans } from "../../otel/span.ts";
import type { Status } from "../liveness.ts";
import type { SessionSummary } from "../summary.ts";

/** All events of a session's stream. `event:` is the type, `data:` the rest as JSON. Those documented with "id" carry a resourceVersion as `id:`. */
export type SessionStreamEvent =
  /** id. `received`: Unix nanoseconds, decimal. */
  | {
      readonly type: "spans";
      readonly received: string;
      readonly receipt: Receipt;
      readonly resourceSpans: readonly ResourceSpans[];
    }
  /** id. Log records of a trace. For records that name a session and no trace, `traceId` stands for the session. */
  | {
      readonly type: "logs";
      readonly received: string;
      readonly receipt: Receipt;
      readonly traceId: string;
      readonly resourceLogs: readonly ResourceLogs[];
    }
  /** id. The trace was removed from this session. `session`: where it moved to. */
  | { readonly type: "gone"; readonly traceId: string; readonly session?: string }
  /** id. Discard the fold: the log follows from its beginning. */
  | { readonly type: "reset" }
  /** id. The session continues under another name. Ends the stream. */
  | { readonly type: "moved"; readonly session: string }
  /** id. The session was deleted. Ends the stream. */
  | { readonly type: "deleted" }
  /**
   * The summary with its present status. Sent again, with a bookmark, when the status changes without new data.
   * `prices`: the text of the deployment's setting; costs use these prices too.
   */
  | {
      readonly type: "session";
      readonly summary: SessionSummary & { readonly status?: Status };
      readonly prices?: string;
      readonly retention?: Retention;
    }
  /** Caught up. `now`: the server's clock, Unix milliseconds. */
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly now: number };

/** All events of the list's stream. */
export type ListStreamEvent =
  /** id. A session appeared or changed. */
  | { readonly type: "session"; readonly summary: SessionSummary }
  /** id. The session was deleted, moved to another name, or left the filter. */
  | { readonly type: "gone"; readonly id: string; readonly session?: string }
  | { readonly type: "reset" }
  | { readonly type: "recentExports"; readonly recentExports: RecentExports }
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly now: number };

/** An export that reached the receiver, stored or not: shows whether an exporter is connected. */
export type RecentExport = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly signal: "traces" | "logs" | "metrics";
  /** Absent for any other content type. */
  readonly encoding?: "json" | "protobuf";
  readonly service?: string;
  /** Spans or log records; 0 for metrics, which are dropped. */
  readonly accepted: number;
  readonly rejected: number;
  /** Why spans, log records or the whole request were refused. */
  readonly reason?: string;
};

/** One refusal and its repetitions, with the values of the newest. */
export type RefusedExport = RecentExport & {
  readonly reason: string;
  /** HTTP status of the answer: 200 if a part was accepted. */
  readonly status: number;
  /** Time of the first, Unix milliseconds; `at` is the last. */
  readonly firstAt: number;
  readonly count: number;
};

export type RecentExports = {
  /** Newest first, at most 20. Exports that were refused as a whole are not among them. */
  readonly last: readonly RecentExport[];
  /** Refusals, whole or partial, newest first: one line each, and one for all others (`addRefusal`). */
  readonly refused: readonly RefusedExport[];
  /** Requests of signals that are accepted but not stored. */
  readonly dropped: { readonly metrics: number };
};

/** What a Worker reports to the directory: exports since its last report. */
export type RecentExportsUpdate = RecentExports;
