import type { Status } from "../../session/liveness.ts";
import type { FeedEvent, SessionFeed } from "../server/session-feed.ts";

/** Where a watched session is shown. */
export type Output = {
  /** `since`: `--since` goes on where it stopped. */
  readonly resumes?: "since";
  /** Events as they arrive. */
  readonly events?: (events: readonly FeedEvent[], feed: SessionFeed) => void;
  /** The session after events, and each second: times go on without data. `trouble`: why nothing arrives. */
  readonly show?: (feed: SessionFeed, status: Status | undefined, trouble: string | undefined) => void;
  /** For the last time. */
  readonly end?: (feed: SessionFeed) => void | Promise<void>;
};
