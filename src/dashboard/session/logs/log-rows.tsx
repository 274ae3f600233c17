import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import type { SessionAddress } from "../../address/address.ts";
import { Link } from "../../ui/link.tsx";
import { CLOSE_KEYS, OPEN_KEYS, ROW_KEYS } from "../../keymap.ts";
import { type Actions, usePageKeys } from "../../keys.tsx";
import { narrow, useVirtualRows } from "../../ui/virtual-rows.ts";
import { count, duration } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { LogName, SeverityWord } from "./log-entry.tsx";
import { lineOf } from "./log-line.ts";
import { LOG_LEVELS, type LogLevel, type LogView } from "../../address/log-view.ts";
import { recordsIn } from "./severity.ts";

const ROW = 28;
const NARROW_ROW = 46;
/** This near to the end, new records scroll into view, pixels. */
const AT_END = 40;

const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  any: "Any severity",
  info: "Info and up",
  warn: "Warnings and up",
  error: "Errors",
};

export type LogRowsProps = {
  readonly records: readonly ViewRecord[];
  readonly view: LogView;
  readonly here: SessionAddress;
  /** Unix nanoseconds. */
  readonly sessionStart: bigint;
  readonly selected: string | undefined;
  readonly onOpen: (key: string | undefined) => void;
};

/** A session's log records by time. Only rows in view are mounted. At the end, the list follows new records. */
export function LogRows(props: LogRowsProps) {
  const { records, view, selected, onOpen } = props;
  const rows = useMemo(() => recordsIn(records, view), [records, view.of, view.from]);
  const keyOf = useCallback((index: number) => rows[index]?.key ?? "", [rows]);
  const rowHeight = narrow.value ? NARROW_ROW : ROW;
  const { scroller, items, height, scrollTo } = useVirtualRows(rows.length, rowHeight, keyOf);
  const [cursor, setCursor] = useState<string | undefined>(selected);
  const at = rows.findIndex(({ key }) => key === cursor);

  const atEnd = useRef(false);
  useLayoutEffect(() => {
    if (atEnd.current && rows.length > 0) scrollTo(rows.length - 1);
  }, [rows]);
  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    atEnd.current = element.scrollTop > 0 && element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
  };

  const move = (to: number): void => {
    const index = Math.min(rows.length - 1, Math.max(0, to));
    const key = rows[index]?.key;
    if (key === undefined) return;
    scrollTo(index);
    setCursor(key);
    // Otherwise Enter would press the last pressed button.
    scroller.current?.focus({ preventScroll: true });
    if (selected !== undefined) onOpen(key);
  };
  const moves: Actions<typeof ROW_KEYS> = {
    next: () => move(at + 1),
    previous: () => move(at < 0 ? 0 : at - 1),
    pageDown: () => move(at + 20),
    pageUp: () => move(at - 20),
    first: () => move(0),
    last: () => move(rows.length - 1),
  };
  usePageKeys(ROW_KEYS, (action) => moves[action]());
  usePageKeys(OPEN_KEYS, () => (cursor === undefined ? "unhandled" : onOpen(cursor)));
  usePageKeys(CLOSE_KEYS, () => (selected === undefined ? "unhandled" : onOpen(undefined)));

  return (
    <section class="logs" aria-label="Logs">
      <LogFilters {...props} shown={rows.length} />
      {rows.length === 0 ? (
        <p class="muted logs-none">{records.length === 0 ? "No log records." : "No log records match."}</p>
      ) : null}
      <div
        class="scroller"
        ref={scroller}
        role="grid"
        aria-label="Log records"
        aria-rowcount={rows.length}
        tabIndex={0}
        aria-activedescendant={at >= 0 ? `log-${at}` : undefined}
        onScroll={onScroll}
      >
        <div class="rows" style={{ height: `${height}px` }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              // A click anywhere on the row opens it. The list handles the keys.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={item.key}
                id={`log-${item.index}`}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={row.key === selected}
                class={row.key === cursor ? "log-row at-cursor" : "log-row"}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  setCursor(row.key);
                  onOpen(row.key);
                }}
              >
                <LogCells view={row} sessionStart={props.sessionStart} />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function LogCells({ view, sessionStart }: { view: ViewRecord; sessionStart: bigint }) {
  const { record, time } = view;
  const since = time - sessionStart;
  return (
    <>
      <span role="gridcell" class="log-time number" title={time === 0n ? undefined : exactly(toMillis(time))}>
        {time === 0n ? "" : since >= 0n ? `+${duration(since)}` : duration(since)}
      </span>
      <span role="gridcell">
        <SeverityWord record={record} />
      </span>
      <span role="gridcell" class="log-content">
        <LogName record={record} />
        <span class="log-line">
          <UntrustedText text={lineOf(view)} limit={300} />
        </span>
      </span>
    </>
  );
}

/** Real links, because the URL contains the filter. */
function LogFilters({ view, here, records, shown }: LogRowsProps & { shown: number }) {
  const to = (logs: LogView) => ({ ...here, view: "logs", logs }) as const;
  const spanless = useMemo(() => records.filter(({ subject }) => subject === "").length, [records]);
  return (
    <nav class="tabs" aria-label="Log filter">
      <Link class="tab" to={to({ ...view, of: "all" })} current={view.of === "all"}>
        All
        <span class="tab-count">{count(records.length)}</span>
      </Link>
      <Link class="tab" to={to({ ...view, of: "spanless" })} current={view.of === "spanless"}>
        Without a span
        <span class="tab-count">{count(spanless)}</span>
      </Link>
      <span class="tabs-gap" />
      {LOG_LEVELS.map((from) => (
        <Link key={from} class="tab" to={to({ ...view, from })} current={view.from === from}>
          {LEVEL_WORDS[from]}
          {view.from === from && from !== "any" ? <span class="tab-count">{count(shown)}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
