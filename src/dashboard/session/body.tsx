import { useEffect, useMemo, useState } from "preact/hooks";
import { liveness } from "../../session/liveness.ts";
import { EMPTY_TREE, visibleRows } from "../../session/tree/tree.ts";
import type { SessionAddress } from "../address/address.ts";
import { go, lastList } from "../address/location.ts";
import { Icon } from "../ui/icons.tsx";
import { type Actions, usePageKeys } from "../keys.tsx";
import {
  CLOSE_KEYS,
  keyOf,
  OPEN_KEYS,
  REPLAY_KEYS,
  ROW_KEYS,
  SESSION_KEYS,
  STREAM_KEYS,
  TREE_KEYS,
} from "../keymap.ts";
import { ALL_LOGS } from "../address/log-view.ts";
import { LogsButton, SessionLogs, toggleLogs } from "./logs/session-logs.tsx";
import { ReplayBar } from "./replay/bar.tsx";
import { enterReplay, replayControls } from "./replay/controls.ts";
import type { ReplayFeed } from "./replay/feed.ts";
import { ReplayOverview } from "./replay/overview.tsx";
import { readRetention } from "../frame/retention.ts";
import type { PanelProps } from "./panel/span-facts.tsx";
import { lazily } from "../ui/lazy.tsx";
import { toggleStream } from "../stream/stream.ts";
import { duration, ticking } from "../../lib/figures.ts";
import { oneLine } from "../ui/untrusted-text.tsx";
import { toMillis } from "../ui/moments.ts";
import { statusWord } from "../ui/status.tsx";
import { findRow, moved, type Move, type Reading, shownAt } from "./timeline/reading.ts";
import { SessionActions } from "./shell/actions.tsx";
import { SessionDetails } from "./shell/details.tsx";
import type { SessionFeed } from "./feed.ts";
import { SessionHeader } from "./shell/header.tsx";
import type { DisplayedSession } from "./display-fold.ts";
import { SpanTree } from "./timeline/span-tree.tsx";
import { around, openEnd, roomy, type TimeScale } from "./timeline/time-scale.ts";

/** Most readers look at the tree before they open a span. */
const Panel = lazily<PanelProps>(async () => (await import("./panel/span-panel.tsx")).SpanPanel);
const Absent = lazily<AbsentProps>(async () => (await import("./panel/span-panel.tsx")).AbsentSpan);
/** Before the first click: then a span opens at once. */
const PRELOAD_MILLIS = 1_000;
setTimeout(() => Panel.preload(), PRELOAD_MILLIS);

type AbsentProps = { readonly wanted: string; readonly onClose: () => void };

type BodyProps = {
  readonly feed: SessionFeed;
  readonly whole: DisplayedSession;
  readonly replay: ReplayFeed | undefined;
  readonly here: SessionAddress;
};

/** A session, live or as far as a replay has come. */
export function SessionBody({ feed, whole, replay, here }: BodyProps) {
  const { span: selected, range } = here;
  const replaying = replay?.state.value.state;
  const displayed = replay === undefined || replaying === "refused" ? whole : replay.shown.value;
  const isReplaying = replay !== undefined && replaying !== "ended" && replaying !== "refused";
  const { summary, tree, logs } = displayed ?? { summary: whole.summary, tree: EMPTY_TREE, logs: [] };
  const now = isReplaying ? replay.present.value : feed.stream.present.value;
  const live = liveness(summary.liveness, now);
  useEffect(() => {
    const title = oneLine(summary.title || feed.id, 80);
    document.title = `${replay === undefined ? statusWord(live.status) : "Replay"} · ${title} · Spanfold`;
  }, [live.status, summary.title, feed.id, replay]);

  const { start, end } = whole.tree;
  const { counted, drawn } = isReplaying
    ? { counted: now, drawn: BigInt(Math.round(now)) * 1_000_000n }
    : openEnd(summary.liveness, end, now);
  const axis = { start, end: replay !== undefined || counted === undefined ? end : roomy(start, drawn) };
  const scale = range === undefined ? axis : { start: start + range.from, end: start + range.to };

  const [reading, setReading] = useState<Reading>({ collapsed: new Set(), cursor: selected });
  const [following, setFollowing] = useState<"following" | "resting">("resting");
  const node = useMemo(() => (selected === undefined ? undefined : findRow(tree, selected)), [tree, selected]);
  // While the session is loading or replayed, the span may still arrive.
  const isRead = replay === undefined ? feed.stream.state.value.state === "live" : !isReplaying;
  const absent = node === undefined && isRead ? selected : undefined;

  const select = (key: string | undefined): void =>
    go({ ...here, span: key }, selected === undefined ? "push" : "replace");
  const zoom = (to: TimeScale | undefined): void => {
    const wanted = to === undefined ? undefined : { from: to.start - start, to: to.end - start };
    go({ ...here, range: wanted }, range === undefined ? "push" : "replace");
  };
  const read = (next: Reading): void => {
    if (next.cursor !== reading.cursor) setFollowing("resting");
    setReading(next);
    if (selected !== undefined && next.cursor !== undefined && next.cursor !== selected) select(next.cursor);
  };
  const open_ = (key: string, at: Reading = { ...reading, cursor: key }): void => {
    setReading(at);
    setFollowing("resting");
    select(key);
  };
  const controls =
    replay === undefined || here.replay === undefined ? undefined : replayControls(here, here.replay, replay);
  const retention = readRetention(feed.announced.value?.retention);
  const requestRow = live.waiting?.span === undefined ? undefined : findRow(tree, live.waiting.span);
  const enter = (): void => enterReplay(here, Number(end - start) / 1e6);

  // A session without spans shows its logs.
  const logView = here.logs ?? (whole.tree.rows.length === 0 && logs.length > 0 ? ALL_LOGS : undefined);
  const isRecordOpen = logView !== undefined && logs.some(({ key }) => key === here.log);
  const isBeside = node !== undefined || absent !== undefined || isRecordOpen;

  usePageKeys(REPLAY_KEYS, controls && ((action) => controls.actions[action]()));
  const moveRow = (action: Move): "unhandled" | void =>
    logView === undefined ? read(moved(reading, action, visibleRows(tree, reading.collapsed), tree.rows)) : "unhandled";
  usePageKeys(ROW_KEYS, moveRow);
  usePageKeys(TREE_KEYS, moveRow);
  usePageKeys(OPEN_KEYS, () =>
    reading.cursor === undefined || logView !== undefined ? "unhandled" : open_(reading.cursor),
  );
  const toggleFollowing = (): void => setFollowing(following === "following" ? "resting" : "following");
  const actions: Actions<typeof SESSION_KEYS> = {
    zoom() {
      const row = tree.byKey.get(reading.cursor ?? "");
      if (row === undefined) return "unhandled";
      return zoom(around(row.start, row.running ? drawn : row.end, start));
    },
    zoomOut: () => zoom(undefined),
    follow: toggleFollowing,
    replay: enter,
    logs: () => toggleLogs(here),
    sessions: () => go(lastList.value),
  };
  usePageKeys(SESSION_KEYS, (action) => actions[action]());
  // The browser closes an open popover first.
  usePageKeys(CLOSE_KEYS, () =>
    selected === undefined || document.querySelector(":popover-open") !== null ? "unhandled" : select(undefined),
  );
  usePageKeys(STREAM_KEYS, () => toggleStream(feed.stream));

  return (
    <>
      <SessionHeader
        summary={summary}
        connection={replay !== undefined || feed.stream.state.value.state === "live" ? "live" : "lost"}
        live={live}
        elapsed={
          isReplaying || counted === undefined
            ? duration((isReplaying ? drawn : BigInt(summary.end)) - BigInt(summary.start))
            : ticking(counted - toMillis(summary.start))
        }
        retention={retention}
        now={now}
        toRequest={requestRow === undefined ? undefined : () => open_(requestRow.key, shownAt(reading, requestRow))}
      >
        <button
          type="button"
          class="button"
          aria-pressed={following === "following"}
          title={`Keep the newest row in view (${keyOf(SESSION_KEYS, "follow")})`}
          onClick={toggleFollowing}
        >
          <Icon name="down" />
          Follow
        </button>
        <LogsButton records={logs} here={here} />
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
      {replay === undefined || controls === undefined ? null : <ReplayBar replay={replay} controls={controls} />}
      <div class={isBeside ? "session-body with-panel" : "session-body"}>
        {logView === undefined ? (
          <SpanTree
            tree={tree}
            sessionId={feed.id}
            whole={axis}
            scale={scale}
            onZoom={zoom}
            open={drawn}
            counted={counted}
            now={now}
            reading={reading}
            onReading={read}
            selected={selected}
            onOpen={open_}
            newRows={displayed?.newRows ?? "expected"}
            following={following}
            onFollowing={setFollowing}
            expectedRow={
              replay === undefined ? undefined : (row) => findRow(whole.tree, `${row.traceId}:${row.spanId}`)
            }
            overview={
              replay === undefined ? undefined : (
                <ReplayOverview
                  replay={replay}
                  whole={whole.tree}
                  replayed={displayed?.tree}
                  scale={axis}
                  onSeek={here.replay?.by === "event" ? controls?.seek : undefined}
                />
              )
            }
          />
        ) : (
          <SessionLogs records={logs} view={logView} here={here} tree={tree} sessionStart={start} />
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
            counted={counted}
            onClose={() => select(undefined)}
            onSelect={(key) => {
              const row = findRow(tree, key);
              if (row !== undefined) read(shownAt(reading, row));
            }}
          />
        )}
      </div>
    </>
  );
}
