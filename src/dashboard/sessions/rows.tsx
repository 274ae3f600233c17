import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { counted } from "../../lib/figures.ts";
import { LIST_GROUPS, type ListGroup } from "../../session/list/list-groups.ts";
import type { SessionSummary } from "../../session/summary.ts";
import { deletingId } from "../frame/deletion.ts";
import { type ListView, pinsGroups } from "../address/list-view.ts";
import { LIST_KEYS, STREAM_KEYS } from "../keymap.ts";
import { type Actions, usePageKeys } from "../keys.tsx";
import { toggleStream } from "../stream/stream.ts";
import { ListIcon } from "../ui/list-icons.tsx";
import { preloadParts } from "../ui/lazy.tsx";
import { narrow, useVirtualRows } from "../ui/virtual-rows.ts";
import { SessionHead } from "./columns.tsx";
import type { DisplayedList, ListFeed } from "./feed.ts";
import { arrange, type FrozenOrder, NO_ROWS, type PlacedRow } from "./frozen-order.ts";
import { type GroupHead, groupHeads, HEAD, headTop, rowTop } from "./group-heads.ts";
import type { Listed } from "./listed.ts";
import { SessionRow } from "./session-row.tsx";
import type { ListStatuses } from "./statuses.ts";

const ROW = 52;
const NARROW_ROW = 104;
/** The next page is requested this many rows before the last one: a few turns of a mouse wheel. */
const AHEAD = 30;

type RowsProps = {
  readonly feed: ListFeed;
  readonly shown: DisplayedList;
  readonly listed: Listed;
  /** Of the address: the header shows its order. */
  readonly view: ListView;
  /** `stale`: the list of another view, until this view's is loaded. */
  readonly state: "current" | "stale";
};

/** The rows. Their order is frozen while the reader has scrolled, or focuses or points at a row. */
export function SessionRows({ shown, listed, feed, view, state }: RowsProps) {
  const { isPaged, more } = shown;
  const groups = pinsGroups(feed.view) ? "apart" : "mixed";
  const { stream } = feed;
  useEffect(() => void preloadParts(), []);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const hold = pointed || focused || scrolled ? "frozen" : "free";

  const { byId, statuses } = listed;
  const leaving = deletingId.value;
  const previous = useRef<FrozenOrder>(NO_ROWS);
  const order = useMemo(
    () =>
      arrange(
        previous.current.shown,
        placed(shown, statuses, groups).filter(({ id }) => id !== leaving),
        hold,
        isPaged,
      ),
    [shown, statuses, groups, hold, isPaged, leaving],
  );
  previous.current = order;
  const heads = useMemo(() => groupHeads(order.shown), [order]);

  const keyOf = useCallback((index: number) => order.shown[index]?.id ?? "", [order]);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height } = useVirtualRows(order.shown.length, rowHeight, keyOf);

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
  const scrollTo = (index: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const top = rowTop(heads, index, rowHeight);
    // A group's first row comes into view with its heading.
    const from = heads.some(({ first }) => first === index) ? top - HEAD : top;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
  };
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
    previous.current = NO_ROWS;
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

  const tabStop = items.some(({ index }) => index === cursor) ? cursor : items[0]?.index;
  const most = useMemo(() => shown.sessions.reduce((max, { cost = 0 }) => Math.max(max, cost), 0), [shown]);
  const rowsOf = (group: ListGroup) =>
    items.flatMap(({ index, key }) => {
      const session = byId.get(key);
      if (session === undefined || order.shown[index]?.group !== group) return [];
      return (
        <SessionRow
          key={key}
          session={session}
          status={statuses.of.get(key)?.status ?? "finished"}
          clock={stream.present}
          index={index}
          top={rowTop(heads, index, rowHeight)}
          height={rowHeight}
          isTabStop={index === tabStop}
        />
      );
    });
  return (
    <>
      <NewSessions order={order} onShow={showNewSessions} />
      <div
        class="session-grid"
        role="table"
        aria-label="Sessions"
        aria-busy={state === "stale"}
        aria-rowcount={more === "more" ? -1 : order.shown.length + 1}
      >
        <SessionHead view={view} />
        <div class="scroller" ref={scroller} role="presentation">
          <div
            class="rows"
            role="presentation"
            style={{ height: `${height + heads.length * HEAD}px`, "--most": most }}
            onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
            onPointerLeave={() => setPointed(false)}
            onFocusIn={follow}
            onFocusOut={() => setFocused(false)}
          >
            {LIST_GROUPS.map((group) => {
              const head = heads.find((one) => one.group === group);
              const rows = rowsOf(group);
              if (rows.length === 0 && head === undefined) return null;
              return (
                <div key={group} role="rowgroup" {...(head === undefined ? {} : { "aria-label": groupWord(group) })}>
                  {head === undefined ? null : <Head head={head} rowHeight={rowHeight} />}
                  {rows}
                </div>
              );
            })}
          </div>
          {more === "more" ? <Foot feed={feed} paging={paging} /> : null}
        </div>
      </div>
    </>
  );
}

/** Group by group, each in the list's order; open questions before sessions that stall. */
function placed({ sessions, beyond }: DisplayedList, { of }: ListStatuses, groups: "apart" | "mixed"): PlacedRow[] {
  if (groups === "mixed") return sessions.map(({ id }) => ({ id, group: "rest" }));
  const isIn = (group: ListGroup) => (session: SessionSummary) => (of.get(session.id)?.group ?? "rest") === group;
  return LIST_GROUPS.flatMap((group) => {
    const own = sessions.filter(isIn(group));
    // Sessions after the end of the loaded pages follow unknown ones: only groups on top show them.
    const rows = group === "rest" ? own : [...own, ...beyond.filter(isIn(group))];
    const isFirst = ({ id }: SessionSummary) => of.get(id)?.status === "waiting";
    return [...rows.filter(isFirst), ...rows.filter((session) => !isFirst(session))].map(({ id }) => ({ id, group }));
  });
}

const WORDS: Readonly<Record<ListGroup, string>> = { "needs-you": "Needs you", running: "Running", rest: "Earlier" };
const groupWord = (group: ListGroup): string => WORDS[group];

/** The group's label has its name: the heading is for eyes. */
const Head = ({ head, rowHeight }: { head: GroupHead; rowHeight: number }) => (
  <div
    class={`group-head group-${head.group}`}
    aria-hidden="true"
    style={{ transform: `translateY(${headTop(head, rowHeight)}px)`, height: `${HEAD}px` }}
  >
    {groupWord(head.group)}
    <span class="muted">{head.rows}</span>
  </div>
);

/** What waits while the order is frozen. */
function NewSessions({ order: { waiting, asking }, onShow }: { order: FrozenOrder; onShow: () => void }) {
  if (waiting + asking === 0) return null;
  const words = [
    ...(asking === 0 ? [] : [asking === 1 ? "1 needs you" : `${asking} need you`]),
    ...(waiting === 0 ? [] : [counted(waiting, "new session")]),
  ];
  return (
    <button type="button" class={asking > 0 ? "pill pill-top pill-asking" : "pill pill-top"} onClick={onShow}>
      <ListIcon name="up" />
      {words.join(" · ")}
    </button>
  );
}

function Foot({ feed, paging }: { feed: ListFeed; paging: ListFeed["paging"]["value"] }) {
  return (
    <div role="rowgroup">
      <div role="row" class="rows-foot">
        <div role="cell">
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
      </div>
    </div>
  );
}
