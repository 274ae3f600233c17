import { type ReadonlySignal, signal } from "@preact/signals";
import type { ListCounts } from "../../session/contract/directory.ts";
import type { RecentExports } from "../../session/contract/stream-events.ts";
import type { SessionSummary } from "../../session/summary.ts";
import { authorisedFetch } from "../server.ts";
import { writeAddress } from "../address/address.ts";
import { readRetention, type KnownRetention } from "../frame/retention.ts";
import { decodeListEvent } from "../../client/decode-event.ts";
import { type Stream, openStream } from "../stream/stream.ts";
import { ListFold, type ListPageAnswer, readListPage } from "./fold.ts";
import type { ListView } from "../address/list-view.ts";

/** One moment of the list. */
export type DisplayedList = {
  /** In the view's order, from its beginning. */
  readonly sessions: readonly SessionSummary[];
  /** Whether the row was read as part of a page, and did not come by itself. */
  readonly isPaged: (id: string) => boolean;
  readonly more: "more" | "none";
};

export type ListFeed = {
  /** The page's own, which is the API's as well. */
  readonly url: string;
  readonly stream: Stream;
  /** `undefined` until the first page is here. */
  readonly shown: ReadonlySignal<DisplayedList | undefined>;
  /** By status, of all that the view shows apart from its own statuses. */
  readonly counts: ReadonlySignal<ListCounts | undefined>;
  readonly recentExports: ReadonlySignal<RecentExports | undefined>;
  /** For how long the server keeps what is listed; `undefined`: it does not say. */
  readonly retention: ReadonlySignal<KnownRetention | undefined>;
  /** Of the next page: whether it is being read, or why it could not be. */
  readonly paging: ReadonlySignal<"resting" | "reading" | { readonly failed: string }>;
  /** Reads the next page, if there is one and it is not being read already. */
  readonly readMore: () => void;
  readonly close: () => void;
};

export const listUrl = (view: ListView): string => writeAddress({ page: "list", view });

const FIRST_PAGE = 100;
const NEXT_PAGE = 200;
/** The watch does not tell counts: they are asked for again when something changed, at most this often, in milliseconds. */
const RECOUNT = 3_000;
/** Statuses move on by time alone while something is open. */
const RECOUNT_OPEN = 10_000;

/** The list of one view, live: its first page, then the watch from there. Events that come together are shown with the next frame. */
export function openListFeed(view: ListView): ListFeed {
  const url = listUrl(view);
  const shown = signal<DisplayedList | undefined>(undefined);
  const counts = signal<ListCounts | undefined>(undefined);
  const recentExports = signal<RecentExports | undefined>(undefined);
  const retention = signal<KnownRetention | undefined>(undefined);
  const paging = signal<"resting" | "reading" | { readonly failed: string }>("resting");
  const fold = new ListFold(view.sort, view.order);
  let frame: number | undefined;
  let recounting: number | undefined;
  let recountAt = Infinity;
  let closed = false;
  /** Of the list as it was begun last: a page that was asked for before belongs to another. */
  let generation = 0;

  const show = (): void => {
    frame = undefined;
    recentExports.value = fold.recentExports;
    shown.value = {
      sessions: fold.shown(),
      isPaged: (id) => fold.isPaged(id),
      more: fold.nextCursor === undefined ? "none" : "more",
    };
  };
  const plan = (): void => {
    frame ??= requestAnimationFrame(show);
  };

  const learnCounts = (page: ListPageAnswer): void => {
    counts.value = page.counts;
    retention.value = readRetention(page.retention);
    if (page.counts.all > page.counts.failed + page.counts.finished) recountIn(RECOUNT_OPEN);
  };
  const recountIn = (millis: number): void => {
    const at = performance.now() + millis;
    if (closed || at >= recountAt) return;
    clearTimeout(recounting);
    recountAt = at;
    recounting = setTimeout(() => void recount(), millis);
  };
  const recount = async (): Promise<void> => {
    recountAt = Infinity;
    // Paused or out of sight nothing changes; what the stream brings afterwards counts anew.
    if (stream.state.value.state !== "live") return;
    try {
      const page = await readPage(withParameters(url, { limit: "1" }));
      if (!closed) learnCounts(page);
    } catch {
      recountIn(RECOUNT_OPEN);
    }
  };

  const stream = openStream(
    withParameters(url, { watch: "true" }),
    decodeListEvent,
    (events) => {
      for (const event of events) fold.apply(event);
      if (events.some(({ type }) => type !== "recentExports")) recountIn(RECOUNT);
      plan();
    },
    {
      url: withParameters(url, { limit: String(FIRST_PAGE) }),
      take(body) {
        const page = readListPage(body);
        generation++;
        fold.begin(page);
        paging.value = "resting";
        learnCounts(page);
        show();
        return page.resourceVersion;
      },
    },
  );

  async function readNext(cursor: string): Promise<void> {
    const requested = generation;
    paging.value = "reading";
    fold.expectPage();
    try {
      const page = await readPage(withParameters(url, { limit: String(NEXT_PAGE), cursor }));
      if (closed || requested !== generation) return;
      fold.addPage(page);
      paging.value = "resting";
      plan();
    } catch (error) {
      if (requested === generation) paging.value = { failed: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    url,
    stream,
    shown,
    counts,
    recentExports,
    retention,
    paging,
    readMore() {
      const cursor = fold.nextCursor;
      if (cursor !== undefined && paging.value !== "reading") void readNext(cursor);
    },
    close() {
      closed = true;
      clearTimeout(recounting);
      stream.close();
    },
  };
}

async function readPage(url: string): Promise<ListPageAnswer> {
  const response = await authorisedFetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return readListPage(await response.json());
}

function withParameters(url: string, parameters: Readonly<Record<string, string>>): string {
  return `${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams(parameters)}`;
}
