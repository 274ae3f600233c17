import { arrange } from "./frozen-order.ts";
import type { FrozenOrder } from "./frozen-order.ts";
import { go } from "../address/location.ts";
import type { ListView } from "../address/list-view.ts";
import { LIST_KEYS, STREAM_KEYS } from "../keymap.ts";
import { type Actions, usePageKeys } from "../keys.tsx";
import { toggleStream } from "../stream/stream.ts";
import { counted } from "../../lib/figures.ts";
import { Icon } from "../ui/icons.tsx";
import { Link } from "../ui/link.tsx";
import { narrow, useVirtualRows } from "../ui/virtual-rows.ts";
import { SessionCells, LIST_COLUMNS } from "./columns.tsx";
import type { ListColumn } from "./columns.tsx";
import type { ListFeed, DisplayedList } from "./feed.ts";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

const ROW = 52;
const NARROW_ROW = 104;
/** The next page is requested this many rows before the last one: a few turns of a mouse wheel. */
const AHEAD = 30;

/** The rows. Their order is frozen while the reader has scrolled, or focuses or points at a row. */
export function SessionRows({ shown, feed }: { shown: DisplayedList; feed: ListFeed }) {
  const { sessions, isPaged, more } = shown;
  const { stream } = feed;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const hold = pointed || focused || scrolled ? "frozen" : "free";

  const previous = useRef<FrozenOrder>({ shown: [], waiting: 0 });
  const byId = useMemo(() => new Map(sessions.map((session) => [session.id, session])), [sessions]);
  const order = useMemo(() => arrange(previous.current.shown, [...byId.keys()], hold, isPaged), [byId, hold, isPaged]);
  previous.current = order;

  const keyOf = useCallback((index: number) => order.shown[index] ?? "", [order]);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height, scrollTo } = useVirtualRows(order.shown.length, rowHeight, keyOf);

  const last = items.at(-1)?.index ?? 0;
  const paging = feed.paging.value;
  useEffect(() => {
    // A failed page is retried only by the reader.
    if (more === "more" && paging === "resting" && last >= order.shown.length - AHEAD) feed.readMore();
  }, [more, paging, last, order, feed]);

  const [cursor, setCursor] = useState<number | undefined>(undefined);
  // A key that moves the cursor also moves the focus once the row is mounted, unless the reader moved the focus before.
  const pendingFocus = useRef<{ readonly index: number; readonly from: Element | null }>(undefined);
  const applyFocus = (): void => {
    if (pendingFocus.current === undefined) return;
    const { index, from } = pendingFocus.current;
    const { activeElement, body } = document;
    const isElsewhere = activeElement !== from && activeElement !== body;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`) ?? undefined;
    if (!isElsewhere && link === undefined) return;
    pendingFocus.current = undefined;
    if (!isElsewhere) link?.focus({ preventScroll: true });
  };
  useLayoutEffect(applyFocus);
  const move = (to: number): void => {
    if (order.shown.length === 0) return;
    const index = Math.min(order.shown.length - 1, Math.max(0, to));
    pendingFocus.current = { index, from: document.activeElement };
    scrollTo(index);
    setCursor(index);
    applyFocus();
  };

  const showNewSessions = (): void => {
    pendingFocus.current = undefined;
    setCursor(undefined);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    previous.current = { shown: [], waiting: 0 };
    setPointed(false);
    setFocused(false);
    setScrolled(false);
    scroller.current?.scrollTo({ top: 0 });
  };

  const actions: Actions<typeof LIST_KEYS> = {
    next: () => move(cursor === undefined ? 0 : cursor + 1),
    previous: () => move(cursor === undefined ? 0 : cursor - 1),
    first: () => move(0),
    last: () => move(order.shown.length - 1),
    // The focus is on the session's link.
    open: () => "unhandled",
    showNew: showNewSessions,
  };
  usePageKeys(LIST_KEYS, (action) => actions[action]());
  usePageKeys(STREAM_KEYS, () => toggleStream(stream));

  // The cursor follows the focus when the reader tabs or clicks.
  const follow = (event: FocusEvent): void => {
    setFocused(true);
    const index = (event.target as Element).closest<HTMLElement>("[data-index]")?.dataset.index;
    if (index !== undefined) setCursor(Number(index));
  };
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const listen = (): void => setScrolled(element.scrollTop > 4);
    element.addEventListener("scroll", listen, { passive: true });
    return () => element.removeEventListener("scroll", listen);
  }, [scroller]);

  return (
    <>
      {order.waiting > 0 ? (
        <button type="button" class="pill pill-top" onClick={showNewSessions}>
          <Icon name="up" />
          {counted(order.waiting, "new session")}
        </button>
      ) : null}
      <div class="scroller" ref={scroller}>
        <div
          class="rows"
          role="rowgroup"
          style={{ height: `${height}px` }}
          onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          onFocusIn={follow}
          onFocusOut={() => setFocused(false)}
        >
          {items.map((item) => {
            const session = byId.get(order.shown[item.index] ?? "");
            if (session === undefined) return null;
            return (
              <div
                key={item.key}
                role="row"
                class="session-row"
                data-index={item.index}
                aria-rowindex={item.index + 2}
                style={{ transform: `translateY(${item.start}px)`, height: `${rowHeight}px` }}
              >
                <SessionCells session={session} now={stream.present.value} />
              </div>
            );
          })}
        </div>
        {more === "more" ? (
          <div class="rows-foot">
            {typeof paging === "object" ? (
              <>
                <span class="bad">{`The next sessions could not be loaded: ${paging.failed}.`}</span>
                <button type="button" class="button" onClick={feed.readMore}>
                  Try again
                </button>
              </>
            ) : (
              <span role="status">Loading more sessions</span>
            )}
          </div>
        ) : null}
      </div>
    </>
  );
}

/** The column headers. Sortable ones are links: the first click sorts largest or newest first, the second reverses. */
export function SessionHead({ view }: { view: ListView }) {
  return (
    <div class="session-head" role="row">
      {LIST_COLUMNS.map((column) => (
        <div key={column.word} role="columnheader" class={column.name} {...ariaSort(column, view)}>
          {column.sort === undefined ? column.word : <SortLink column={column} sort={column.sort} view={view} />}
        </div>
      ))}
    </div>
  );
}

function ariaSort({ sort }: ListColumn, view: ListView) {
  if (sort === undefined) return {};
  if (sort !== view.sort) return { "aria-sort": "none" } as const;
  return { "aria-sort": view.order === "desc" ? "descending" : "ascending" } as const;
}

function SortLink(props: { column: ListColumn; sort: ListView["sort"]; view: ListView }) {
  const { column, sort, view } = props;
  const isSorted = view.sort === sort;
  const order = isSorted && view.order === "desc" ? "asc" : "desc";
  return (
    <Link class="sort" to={{ page: "list", view: { ...view, sort, order } }} title={orderWords(sort, order)}>
      {isSorted ? <Icon name={view.order === "desc" ? "down" : "up"} /> : null}
      {column.word}
    </Link>
  );
}

function orderWords(sort: ListView["sort"], order: ListView["order"]): string {
  const [desc, asc] =
    sort === "activity" || sort === "start"
      ? ["newest first", "oldest first"]
      : sort === "duration"
        ? ["longest first", "shortest first"]
        : ["most first", "fewest first"];
  return `Sort by ${sort}, ${order === "desc" ? desc : asc}`;
}

/** Sorting on narrow screens, which have no headers. */
export function SortChoice({ view }: { view: ListView }) {
  return (
    <select
      class="sort-choice"
      aria-label="Sort by"
      value={`${view.sort} ${view.order}`}
      onChange={(event) => {
        const [sort, order] = event.currentTarget.value.split(" ");
        const column = LIST_COLUMNS.find((known) => known.sort === sort);
        if (column?.sort === undefined) return;
        go({ page: "list", view: { ...view, sort: column.sort, order: order === "asc" ? "asc" : "desc" } });
      }}
    >
      {LIST_COLUMNS.flatMap(({ word, sort }) =>
        sort === undefined
          ? []
          : (["desc", "asc"] as const).map((order) => (
              <option key={`${sort} ${order}`} value={`${sort} ${order}`}>
                {`${word} ${order === "desc" ? "↓" : "↑"}`}
              </option>
            )),
      )}
    </select>
  );
}
