import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { counted } from "../text/figures.ts";
import { Sign } from "../frame/icons.tsx";
import { type KeyHandler, usePageKeys } from "../frame/keys.ts";
import { toggleStream } from "../stream/toggle-stream.ts";
import { narrow } from "../frame/viewport.ts";
import { useVirtualRows } from "../frame/virtual-rows.ts";
import { arrange, type HeldOrder } from "./held-order.ts";
import { SessionCells } from "./list-columns.tsx";
import type { ListFeed, ListShown } from "./list-feed.ts";

const ROW = 52;
const NARROW_ROW = 104;
/** Rows before the last one at which the next page is asked for: a few turns of a wheel. */
const AHEAD = 30;

/** The rows themselves: their order rests while somebody has scrolled, focused or points at one. */
export function SessionRows({ shown, feed }: { shown: ListShown; feed: ListFeed }) {
  const { sessions, isPaged, more } = shown;
  const { stream } = feed;
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const hold = pointed || focused || scrolled ? "held" : "free";

  const previous = useRef<HeldOrder>({ shown: [], waiting: 0 });
  const byId = useMemo(() => new Map(sessions.map((session) => [session.id, session])), [sessions]);
  const order = useMemo(() => arrange(previous.current.shown, [...byId.keys()], hold, isPaged), [byId, hold, isPaged]);
  previous.current = order;

  const keyOf = useCallback((index: number) => order.shown[index] ?? "", [order]);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height, scrollTo } = useVirtualRows(order.shown.length, rowHeight, keyOf);

  const last = items.at(-1)?.index ?? 0;
  const paging = feed.paging.value;
  useEffect(() => {
    // What failed is tried again when the reader says so.
    if (more === "more" && paging === "resting" && last >= order.shown.length - AHEAD) feed.readMore();
  }, [more, paging, last, order, feed]);

  const [cursor, setCursor] = useState<number | undefined>(undefined);
  // A key that moves the cursor also moves the focus, once: when the row is mounted, unless the reader went elsewhere first.
  const awaited = useRef<{ readonly index: number; readonly from: Element | null }>(undefined);
  const focusAwaited = (): void => {
    if (awaited.current === undefined) return;
    const { index, from } = awaited.current;
    const { activeElement, body } = document;
    const isElsewhere = activeElement !== from && activeElement !== body;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`) ?? undefined;
    if (!isElsewhere && link === undefined) return;
    awaited.current = undefined;
    if (!isElsewhere) link?.focus({ preventScroll: true });
  };
  useLayoutEffect(focusAwaited);
  const move = (to: number): void => {
    if (order.shown.length === 0) return;
    const index = Math.min(order.shown.length - 1, Math.max(0, to));
    awaited.current = { index, from: document.activeElement };
    scrollTo(index);
    setCursor(index);
    focusAwaited();
  };

  const callNewcomers = (): void => {
    awaited.current = undefined;
    setCursor(undefined);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    previous.current = { shown: [], waiting: 0 };
    setPointed(false);
    setFocused(false);
    setScrolled(false);
    scroller.current?.scrollTo({ top: 0 });
  };

  const keys: KeyHandler = (key) => {
    switch (key) {
      case "ArrowDown":
      case "j":
        move(cursor === undefined ? 0 : cursor + 1);
        return "taken";
      case "ArrowUp":
      case "k":
        move(cursor === undefined ? 0 : cursor - 1);
        return "taken";
      case "Home":
        move(0);
        return "taken";
      case "End":
        move(order.shown.length - 1);
        return "taken";
      case ".":
        callNewcomers();
        return "taken";
      case " ":
        toggleStream(stream);
        return "taken";
      case "Escape":
        callNewcomers();
        return "taken";
      default:
        return undefined;
    }
  };
  usePageKeys(keys);

  // The row that is read has its focus within; the cursor follows where the reader tabs or clicks.
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
        <button type="button" class="pill pill-top" onClick={callNewcomers}>
          <Sign name="up" />
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
                <span class="bad">{`The next sessions could not be read: ${paging.failed}.`}</span>
                <button type="button" class="button" onClick={feed.readMore}>
                  Try again
                </button>
              </>
            ) : (
              <span role="status">Reading more sessions</span>
            )}
          </div>
        ) : null}
      </div>
    </>
  );
}
