import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ReadingName } from "../address/reading-view.ts";
import type { SessionAddress } from "../address/address.ts";
import { go, lastList } from "../address/location.ts";
import { Icon } from "../ui/icons.tsx";
import { type Actions, usePageKeys } from "../keys.tsx";
import {
  CLOSE_KEYS,
  keyOf,
  OPEN_KEYS,
  READING_KEYS,
  REPLAY_KEYS,
  ROW_KEYS,
  SESSION_KEYS,
  STEP_KEYS,
  STREAM_KEYS,
  TREE_KEYS,
} from "../keymap.ts";
import { ReplayBar } from "./replay/bar.tsx";
import { enterReplay, replayControls } from "./replay/controls.ts";
import type { ReplayFeed } from "./replay/feed.ts";
import { ReplayOverview } from "./replay/overview.tsx";
import { readRetention } from "../frame/retention.ts";
import type { LogPanelProps } from "./logs/log-panel.tsx";
import type { PanelProps } from "./panel/span-facts.tsx";
import { lazily } from "../ui/lazy.tsx";
import { toggleStream } from "../stream/stream.ts";
import { duration, ticking } from "../../lib/figures.ts";
import { oneLine } from "../ui/untrusted-text.tsx";
import { toMillis } from "../ui/moments.ts";
import { statusWord } from "../ui/status.tsx";
import { ALL_OPEN } from "../../session/tree/closed-rows.ts";
import { findRow, moved, type Move, type Reader, shownAt } from "./reader.ts";
import type { Following, ReadingProps, Revealed, RowOrder } from "./reading-props.ts";
import { NO_SEARCH } from "./reading-props.ts";
import { SessionActions } from "./shell/actions.tsx";
import { SessionDetails } from "./shell/details.tsx";
import { SessionHeader } from "./shell/header.tsx";
import { DEFAULT_READING, Reading } from "./shell/readings.tsx";
import { sessionSignals } from "./shell/session-signals.ts";
import { READING_ID, Toolbar } from "./shell/toolbar.tsx";
import type { SessionFeed } from "./feed.ts";
import type { DisplayedSession } from "./display-fold.ts";
import { around, type TimeScale } from "./timeline/time-scale.ts";

/** Most readers look at the rows before they open a span. */
const Panel = lazily<PanelProps>(async () => (await import("./panel/span-panel.tsx")).SpanPanel);
const Absent = lazily<AbsentProps>(async () => (await import("./panel/span-panel.tsx")).AbsentSpan);
/** Before the first click: then a span opens at once. */
const PRELOAD_MILLIS = 1_000;
setTimeout(() => Panel.preload(), PRELOAD_MILLIS);

const Record = lazily<LogPanelProps>(async () => (await import("./logs/log-panel.tsx")).LogPanel);

type AbsentProps = { readonly wanted: string; readonly onClose: () => void };

type BodyProps = {
  readonly feed: SessionFeed;
  readonly whole: DisplayedSession;
  readonly replay: ReplayFeed | undefined;
  readonly here: SessionAddress;
};

const ALL_KINDS = { kinds: undefined, errors: "any", plumbing: "shown" } as const;

/** A session, live or as far as a replay has come. */
export function SessionBody({ feed, whole, replay, here }: BodyProps) {
  const { span: selected, range } = here;
  const signals = useMemo(() => sessionSignals(feed, replay, whole), [feed, replay]);
  const { clock } = signals;
  const displayed = signals.displayed.value;
  const playing = signals.playing.value;
  const status = signals.status.value;
  const { summary, tree, logs } = displayed;
  useEffect(() => {
    const title = oneLine(summary.title || feed.id, 80);
    document.title = `${replay === undefined ? statusWord(status) : "Replay"} · ${title} · Spanfold`;
  }, [status, summary.title, feed.id, replay]);

  const { start, end } = whole.tree;
  const axisEnd = signals.axisEnd.value;
  const axis = useMemo(() => ({ start, end: axisEnd }), [start, axisEnd]);
  const scale = range === undefined ? axis : { start: start + range.from, end: start + range.to };

  const [cursor, setCursor] = useState<string | undefined>(selected);
  const [revealed, setRevealed] = useState<Revealed | undefined>(
    selected === undefined ? undefined : { key: selected, by: "reader" },
  );
  const [following, setFollowing] = useState<Following>("resting");
  const reader: Reader = { cursor, closed: here.closed ?? ALL_OPEN };
  const order: RowOrder = useRef<() => readonly string[]>(undefined);
  const node = useMemo(() => (selected === undefined ? undefined : findRow(tree, selected)), [tree, selected]);
  // While the session is loading or replayed, the span may still arrive.
  const isRead = replay === undefined ? feed.stream.state.value.state === "live" : playing === "live";
  const absent = node === undefined && isRead ? selected : undefined;

  const change = (to: Partial<SessionAddress>, how: "push" | "replace"): void => go({ ...here, ...to }, how);
  const select = (key: string | undefined, to: Partial<SessionAddress> = {}): void =>
    change({ ...to, span: key }, selected === undefined ? "push" : "replace");
  const zoom = (to: TimeScale | undefined): void =>
    change(
      { range: to === undefined ? undefined : { from: to.start - start, to: to.end - start } },
      range === undefined ? "push" : "replace",
    );
  /** Goes to a state of the reader, and opens the span of the cursor if a panel is open or has to be. */
  const read = (next: Reader, panel: "as it is" | "opened" = "as it is"): void => {
    const isMoved = next.cursor !== cursor || panel === "opened";
    const closed = next.closed === reader.closed ? here.closed : next.closed;
    if (isMoved) {
      setFollowing("resting");
      setCursor(next.cursor);
    }
    if (next.cursor !== undefined && (isMoved || next.closed !== reader.closed))
      setRevealed({ key: next.cursor, by: "reader" });
    const opens = panel === "opened" || (selected !== undefined && isMoved);
    if (opens && next.cursor !== undefined) select(next.cursor, { closed });
    else if (closed !== here.closed) change({ closed }, "replace");
  };
  const open = (key: string | undefined): void =>
    key === undefined ? select(undefined) : read({ ...reader, cursor: key }, "opened");
  const show = (key: string): void => {
    const row = findRow(tree, key);
    if (row !== undefined) read(shownAt(reader, row));
  };
  const controls =
    replay === undefined || here.replay === undefined ? undefined : replayControls(here, here.replay, replay);
  const retention = readRetention(feed.announced.value?.retention);
  const live = signals.live.value;
  const requestRow = live.waiting?.span === undefined ? undefined : findRow(tree, live.waiting.span);
  const enter = (): void => enterReplay(here, Number(end - start) / 1e6);

  // A session without spans shows its logs.
  const view: ReadingName = here.view ?? (whole.tree.rows.length === 0 && logs.length > 0 ? "logs" : DEFAULT_READING);
  const record =
    view !== "logs" || here.log === undefined || selected !== undefined
      ? undefined
      : logs.find(({ key }) => key === here.log);
  const isBeside = node !== undefined || absent !== undefined || record !== undefined;
  const setView = (name: ReadingName): void => {
    if (name === view) return;
    if (cursor !== undefined) setRevealed({ key: cursor, by: "reader" });
    change({ view: name, log: undefined }, "push");
  };

  usePageKeys(REPLAY_KEYS, controls && ((action) => controls.actions[action]()));
  const moveRow = (action: Move): "unhandled" | void => {
    const shown = order.current?.();
    if (shown === undefined) return "unhandled";
    read(moved(reader, action, { shown, tree, hits: undefined }));
  };
  usePageKeys(ROW_KEYS, moveRow);
  usePageKeys(TREE_KEYS, moveRow);
  usePageKeys(STEP_KEYS, moveRow);
  usePageKeys(OPEN_KEYS, () => (cursor === undefined || order.current === undefined ? "unhandled" : open(cursor)));
  usePageKeys(READING_KEYS, setView);
  const toggleFollowing = (): void => setFollowing(following === "following" ? "resting" : "following");
  const actions: Actions<typeof SESSION_KEYS> = {
    zoom() {
      const row = tree.byKey.get(cursor ?? "");
      if (row === undefined) return "unhandled";
      return zoom(around(row.start, row.running ? clock.drawn.value : row.end, start));
    },
    zoomOut: () => zoom(undefined),
    widen: () => "unhandled",
    follow: toggleFollowing,
    replay: enter,
    sessions: () => go(lastList.value),
  };
  usePageKeys(SESSION_KEYS, (action) => actions[action]());
  // The browser closes an open popover first.
  usePageKeys(CLOSE_KEYS, () =>
    selected === undefined || document.querySelector(":popover-open") !== null ? "unhandled" : select(undefined),
  );
  usePageKeys(STREAM_KEYS, () => toggleStream(feed.stream));

  const props: ReadingProps = {
    sessionId: feed.id,
    here,
    displayed,
    whole,
    playing,
    selected,
    onSelect: open,
    reader,
    onReader: read,
    revealed,
    order,
    search: NO_SEARCH,
    filter: ALL_KINDS,
    turn: undefined,
    axis,
    scale,
    onZoom: zoom,
    clock,
    following,
    onFollowing: setFollowing,
  };
  const counted = clock.counted.value;
  return (
    <>
      <SessionHeader
        summary={summary}
        connection={replay !== undefined || feed.stream.state.value.state === "live" ? "live" : "lost"}
        live={live}
        elapsed={
          playing === "replay" || counted === undefined
            ? duration((playing === "replay" ? clock.drawn.value : BigInt(summary.end)) - BigInt(summary.start))
            : ticking(counted - toMillis(summary.start))
        }
        retention={retention}
        now={clock.present.value}
        toRequest={requestRow === undefined ? undefined : () => read(shownAt(reader, requestRow), "opened")}
      >
        {replay === undefined ? (
          <button
            type="button"
            class="button"
            title={`Replay the session (${keyOf(SESSION_KEYS, "replay")})`}
            onClick={enter}
          >
            <Icon name="replay" />
            Replay
          </button>
        ) : null}
        <SessionDetails summary={summary} retention={retention} />
        <SessionActions id={feed.id} />
      </SessionHeader>
      {replay === undefined || controls === undefined ? null : (
        <>
          <ReplayBar replay={replay} controls={controls} />
          <ReplayOverview
            replay={replay}
            whole={whole.tree}
            replayed={displayed.tree}
            scale={axis}
            onSeek={here.replay?.by === "event" ? controls.seek : undefined}
          />
        </>
      )}
      <Toolbar shown={view} logRecords={logs.length} onReading={setView}>
        <span class="toolbar-end">
          <button
            type="button"
            class="button"
            aria-pressed={following === "following"}
            title={`Keep the newest step in view (${keyOf(SESSION_KEYS, "follow")})`}
            onClick={toggleFollowing}
          >
            <Icon name="down" />
            Follow
          </button>
        </span>
      </Toolbar>
      <div class={isBeside ? "session-body with-panel" : "session-body"}>
        <div class="reading" id={READING_ID} role="tabpanel" aria-labelledby={`tab-${view}`}>
          <Reading name={view} {...props} />
        </div>
        {record === undefined ? null : (
          <Record.Part
            key={record.key}
            view={record}
            sessionId={feed.id}
            span={record.subject === "" ? undefined : findRow(tree, `${record.traceId}:${record.subject}`)}
            onSpan={open}
            onClose={() => change({ log: undefined }, "replace")}
          />
        )}
        {absent === undefined ? null : <Absent.Part wanted={absent} onClose={() => select(undefined)} />}
        {node === undefined ? null : (
          <Panel.Part
            node={node}
            sessionId={feed.id}
            sessionStart={start}
            queries={whole.queries}
            logs={logs}
            standIns={tree.replacements}
            counted={clock.counted}
            onClose={() => select(undefined)}
            onSelect={show}
          />
        )}
      </div>
    </>
  );
}
