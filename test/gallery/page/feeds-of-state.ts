import { signal } from "@preact/signals";
import type { Refusal } from "../../../src/client/refusal.ts";
import type { StreamState } from "../../../src/client/stream-state.ts";
import { type ListView, WHOLE_LIST } from "../../../src/dashboard/address/list-view.ts";
import type { OverviewFeed } from "../../../src/dashboard/overview/feed.ts";
import type { DisplayedSession } from "../../../src/dashboard/session/display-fold.ts";
import type { SessionFeed } from "../../../src/dashboard/session/feed.ts";
import type { ListFeed } from "../../../src/dashboard/sessions/feed.ts";
import type { Stream } from "../../../src/dashboard/stream/stream.ts";
import { PRESENT } from "./captured-session.ts";
import { galleryOverview } from "./overview-feed.ts";
import { listFeed, LIVE, refused, sessionFeed, sessionOf, silentFeed, streamIn } from "./feeds.ts";

export const REFUSALS = {
  "not-found": { reason: "not-found", movedTo: [], since: "a-while" },
  awaited: { reason: "not-found", movedTo: [], since: "just-now" },
  "moved-apart": { reason: "not-found", movedTo: ["checkout-latency", "release-4-0"], since: "a-while" },
  unauthorised: { reason: "unauthorised", hadToken: "no" },
  "wrong-token": { reason: "unauthorised", hadToken: "yes" },
  forbidden: { reason: "forbidden", detail: "this request needs a token that may read", hadToken: "yes" },
  closed: { reason: "closed", title: "Closed", detail: "No token is set. Run `npx wrangler secret put ADMIN_TOKEN`." },
  unexpected: { reason: "unexpected", status: 400, title: "Bad request", detail: 'since: "yesterday" is no time' },
} as const satisfies Readonly<Record<string, Refusal>>;

export const STREAMS: Readonly<Record<string, StreamState>> = {
  connecting: { state: "connecting" },
  reconnecting: { state: "reconnecting", attempt: 3, why: "the server cannot be reached", retryAt: PRESENT + 7_000 },
  paused: { state: "paused", by: "reader" },
  hidden: { state: "paused", by: "hidden" },
  deleted: { state: "ended", how: "deleted" },
  ...Object.fromEntries(Object.entries(REFUSALS).map(([name, refusal]) => [name, refused(refusal)])),
};

/** States of the stream that leave the page without data. */
const isWithoutData = ({ state }: StreamState): boolean =>
  state === "connecting" || state === "refused" || state === "ended";

export type Feeds = {
  readonly overview: () => OverviewFeed;
  readonly list: (view: ListView) => ListFeed;
  readonly session: (id: string) => SessionFeed;
};

/** The feeds of a page in a state that its path does not name: one of a stream, `empty`, `delayed`, `page-failed`. Each is made once. */
export function feedsOf(name: string): Feeds {
  const state = STREAMS[name] ?? LIVE;
  const delay = name === "delayed" ? 637 : undefined;
  const lists = new Map<string, ListFeed>();
  const sessions = new Map<string, SessionFeed>();
  let overview: OverviewFeed | undefined;
  return {
    overview() {
      const stream = streamIn(state, delay);
      return (overview ??= galleryOverview(listIn({ ...WHOLE_LIST, kind: "all" }, name, stream), stream));
    },
    list(view) {
      const key = JSON.stringify(view);
      const feed = lists.get(key) ?? listIn(view, name, streamIn(state, delay));
      lists.set(key, feed);
      return feed;
    },
    session(id) {
      const captured = sessionOf(id);
      const feed =
        sessions.get(id) ??
        (captured === undefined
          ? silentFeed(id, state.state === "live" ? refused(REFUSALS["not-found"]) : state)
          : isWithoutData(state)
            ? silentFeed(id, state)
            : sessionFeed(captured, streamIn(state, delay)));
      sessions.set(id, feed);
      return feed;
    },
  };
}

function listIn(view: ListView, name: string, stream: Stream): ListFeed {
  const feed = listFeed(view, { stream, ...(name === "empty" ? { all: [] } : {}) });
  if (isWithoutData(stream.state.value)) return { ...feed, shown: signal(undefined), recentExports: signal(undefined) };
  const shown = feed.shown.value;
  if (name !== "page-failed" || shown === undefined) return feed;
  const paging = signal({ failed: "the server answered 502" });
  return { ...feed, shown: signal({ ...shown, more: "more" }), paging };
}

/** The session, once it is loaded. */
export function whole(feed: SessionFeed): DisplayedSession | undefined {
  const shown = feed.shown.value;
  return shown?.of === "whole" ? shown : undefined;
}
