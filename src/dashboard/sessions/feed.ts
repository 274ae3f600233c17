import { whyFailed } from "../../client/refusal.ts";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ListCounts } from "../../session/contract/directory.ts";
import { PINNED_STATUSES } from "../../session/list/list-groups.ts";
import { type ListPageAnswer, readListPage } from "../../session/list/list-page.ts";
import type { ListSums } from "../../session/list/list-sums.ts";
import type { RecentExports } from "../../session/contract/stream-events.ts";
import type { SessionSummary } from "../../session/summary.ts";
import { getFresh } from "../get-fresh.ts";
import { writeAddress } from "../address/address.ts";
import { readRetention, type KnownRetention } from "../frame/retention.ts";
import { decodeListEvent } from "../../client/decode-event.ts";
import { afterPress } from "../ui/press.ts";
import { openReread } from "../stream/reread.ts";
import { type Stream, openStream } from "../stream/stream.ts";
import { ListFold } from "./fold.ts";
import { type ListView, pinsGroups } from "../address/list-view.ts";

/** The list as shown at one moment. */
export type DisplayedList = {
  /** In the view's order, from the first session. */
  readonly sessions: readonly SessionSummary[];
  /** Sessions after the end of the loaded pages, as far as they are known. */
  readonly beyond: readonly SessionSummary[];
  /** Whether the row was loaded with a page, not sent by the watch. */
  readonly isPaged: (id: string) => boolean;
  readonly more: "more" | "none";
};

export type ListFeed = {
  readonly view: ListView;
  /** The page's URL, which is the API's as well. */
  readonly url: string;
  readonly stream: Stream;
  /** `undefined` until the first page is loaded. */
  readonly shown: ReadonlySignal<DisplayedList | undefined>;
  /** By status, of all sessions that match the view's other filters. */
  readonly counts: ReadonlySignal<ListCounts | undefined>;
  /** Of all sessions that match the view. */
  readonly sums: ReadonlySignal<ListSums | undefined>;
  readonly recentExports: ReadonlySignal<RecentExports | undefined>;
  /** The server's retention; `undefined`: the server sends none. */
  readonly retention: ReadonlySignal<KnownRetention | undefined>;
  /** Whether the next page is loading, or why it failed. */
  readonly paging: ReadonlySignal<"resting" | "reading" | { readonly failed: string }>;
  /** Loads the next page, if there is one and it is not loading. */
  readonly readMore: () => void;
  readonly close: () => void;
};

const FIRST_PAGE = 100;
const NEXT_PAGE = 200;
/** The watch sends no counts: they are requested again after a change, at most this often, milliseconds. */
const RECOUNT = 3_000;

/** The live list of one view: its first page, then the watch from there. Events are shown with the next frame. */
export function openListFeed(view: ListView): ListFeed {
  const url = writeAddress({ page: "list", view });
  const shown = signal<DisplayedList | undefined>(undefined);
  const counts = signal<ListCounts | undefined>(undefined);
  const sums = signal<ListSums | undefined>(undefined);
  const recentExports = signal<RecentExports | undefined>(undefined);
  const retention = signal<KnownRetention | undefined>(undefined);
  const paging = signal<"resting" | "reading" | { readonly failed: string }>("resting");
  const fold = new ListFold(view.sort, view.order);
  let frame: number | undefined;
  let closed = false;
  /** The generation of the list. A page that was requested before a restart belongs to an earlier one. */
  let generation = 0;

  const show = (): void => {
    frame = undefined;
    recentExports.value = fold.recentExports;
    shown.value = {
      sessions: fold.shown(),
      beyond: fold.beyond(),
      isPaged: (id) => fold.isPaged(id),
      more: fold.nextCursor === undefined ? "none" : "more",
    };
  };
  const schedule = (): void => {
    frame ??= requestAnimationFrame(() => afterPress(show));
  };

  const learnCounts = (page: ListPageAnswer): void => {
    counts.value = page.counts;
    sums.value = page.sums;
    retention.value = readRetention(page.retention);
    if (page.counts.all > page.counts.failed + page.counts.finished) recount.later();
  };

  const stream = openStream(
    withParameters(url, { watch: "true" }),
    decodeListEvent,
    (events) => {
      for (const event of events) fold.apply(event);
      recount.after(events);
      schedule();
    },
    {
      url: withParameters(url, { limit: String(FIRST_PAGE) }),
      take(body) {
        const page = readListPage(body);
        generation++;
        fold.begin(page);
        paging.value = "resting";
        learnCounts(page);
        afterPress(show);
        if (page.nextCursor !== undefined && pinsGroups(view)) void readPinned();
        return page.resourceVersion;
      },
    },
  );

  const recount = openReread(stream.state, RECOUNT, async () => {
    const page = await readPage(withParameters(url, { limit: "1" }));
    if (!closed) learnCounts(page);
  });

  /** Pinned sessions may be of any age. */
  async function readPinned(): Promise<void> {
    const requested = generation;
    const touched = fold.expectPage();
    try {
      const page = await readPage(
        withParameters(url, { limit: String(FIRST_PAGE), status: PINNED_STATUSES.join(",") }),
      );
      if (closed || requested !== generation) return;
      fold.addApart(page, touched);
      schedule();
    } catch {
      // The next page or a change brings them: nothing is missing but their place at the top.
    }
  }

  async function readNext(cursor: string): Promise<void> {
    const requested = generation;
    paging.value = "reading";
    const touched = fold.expectPage();
    try {
      const page = await readPage(withParameters(url, { limit: String(NEXT_PAGE), cursor }));
      if (closed || requested !== generation) return;
      fold.addPage(page, touched);
      paging.value = "resting";
      schedule();
    } catch (error) {
      if (requested === generation) paging.value = { failed: whyFailed(error) };
    }
  }

  return {
    view,
    url,
    stream,
    shown,
    counts,
    sums,
    recentExports,
    retention,
    paging,
    readMore() {
      const cursor = fold.nextCursor;
      if (cursor !== undefined && paging.value !== "reading") void readNext(cursor);
    },
    close() {
      closed = true;
      recount.close();
      stream.close();
    },
  };
}

async function readPage(url: string): Promise<ListPageAnswer> {
  return readListPage(await (await getFresh(url, "application/json")).json());
}

function withParameters(url: string, parameters: Readonly<Record<string, string>>): string {
  return `${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams(parameters)}`;
}
