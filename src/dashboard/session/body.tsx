import { useEffect, useMemo, useState } from "preact/hooks";
import { liveness } from "../../session/liveness.ts";
import { EMPTY_TREE, visibleRows } from "../../session/tree/tree.ts";
import type { SessionAddress } from "../address/address.ts";
import { go, lastList } from "../address/location.ts";
import { Icon } from "../ui/icons.tsx";
import { usePageKeys } from "../keys.tsx";
import { ALL_LOGS } from "../address/log-view.ts";
import { LogsButton, SessionLogs, toggleLogs } from "./views/session-logs.tsx";
import { ReplayBar } from "./replay/bar.tsx";
import { enterReplay, replayControls } from "./replay/controls.ts";
import type { ReplayFeed } from "./replay/feed.ts";
import { ReplayOverview } from "./replay/overview.tsx";
import { readRetention } from "../frame/retention.ts";
import { AbsentSpan, SpanPanel } from "./panel/span-panel.tsx";
import { toggleStream } from "../stream/stream.ts";
import { duration, ticking } from "../ui/figures.ts";
import { oneLine } from "../ui/untrusted-text.tsx";
import { toMillis } from "../ui/moments.ts";
import { statusWord } from "../ui/status.tsx";
import { findRow, moved, moveOf, type Reading, shownAt } from "./views/reading.ts";
import { SessionActions } from "./actions.tsx";
import { SessionDetails } from "./details.tsx";
import type { SessionFeed } from "./feed.ts";
import { SessionHeader } from "./header.tsx";
import type { DisplayedSession } from "./display-fold.ts";
import { SpanTree } from "./views/span-tree.tsx";
import { around, openEnd, roomy, type TimeScale } from "./views/time-scale.ts";

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

  usePageKeys((key, event) => {
    const inPanel = event.target instanceof Element && event.target.closest(".panel") !== null;
    if (!inPanel && controls?.keys(key, event) === "handled") return "handled";
    const move = inPanel && /^(Arrow|Page|Home|End)/.test(key) ? undefined : moveOf(key);
    if (move !== undefined && logView === undefined) {
      read(moved(reading, move, visibleRows(tree, reading.collapsed), tree.rows));
      return "handled";
    }
    switch (key) {
      case "Enter":
        if (reading.cursor === undefined || logView !== undefined) return undefined;
        open_(reading.cursor);
        return "handled";
      case "Escape":
        // The browser closes an open popover first.
        if (selected === undefined || document.querySelector(":popover-open") !== null) return undefined;
        select(undefined);
        return "handled";
      case "z": {
        const row = tree.byKey.get(reading.cursor ?? "");
        if (row === undefined) return undefined;
        zoom(around(row.start, row.running ? drawn : row.end, start));
        return "handled";
      }
      case "0":
        zoom(undefined);
        return "handled";
      case "f":
        setFollowing(following === "following" ? "resting" : "following");
        return "handled";
      case "L":
        toggleLogs(here);
        return "handled";
      case "r":
        enter();
        return "handled";
      case "u":
        go(lastList.value);
        return "handled";
      case " ":
        if (inPanel) return undefined;
        toggleStream(feed.stream);
        return "handled";
      default:
        return undefined;
    }
  });

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
          title="Keep the newest row in view (f)"
          onClick={() => setFollowing(following === "following" ? "resting" : "following")}
        >
          <Icon name="down" />
          Follow
        </button>
        <LogsButton records={logs} here={here} />
        {replay === undefined ? (
          <button type="button" class="button" title="Replay the session (r)" onClick={enter}>
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
        {absent === undefined ? null : <AbsentSpan wanted={absent} onClose={() => select(undefined)} />}
        {node === undefined ? null : (
          <SpanPanel
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
