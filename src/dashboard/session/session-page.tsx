import { useEffect, useMemo, useState } from "preact/hooks";
import { liveness } from "../../trace/liveness.ts";
import { axisOf, visibleRows } from "../../trace/view/tree.ts";
import type { TimeRange } from "../address/address.ts";
import { ArrivalsStrip } from "../arrivals/arrivals-strip.tsx";
import { Hostile } from "../text/hostile.tsx";
import { oneLine } from "../text/hostile-text.ts";
import { Sign } from "../frame/icons.tsx";
import { usePageKeys } from "../frame/keys.ts";
import { Link } from "../address/link.tsx";
import { go, lastList } from "../address/location.ts";
import { Masthead } from "../frame/masthead.tsx";
import { AbsentSpan } from "../span/absent-span.tsx";
import { SpanPanel } from "../span/span-panel.tsx";
import { Loading, Notice, RefusedView, ToSessions } from "../frame/states.tsx";
import { statusWord } from "../text/status.tsx";
import { toggleStream } from "../stream/toggle-stream.ts";
import { findRow } from "./find-row.ts";
import { openEnd } from "./open-end.ts";
import { moved, moveOf, type Reading, shownAt } from "./reading.ts";
import type { SessionFeed, Shown } from "./session-feed.ts";
import { SessionActions } from "./session-actions.tsx";
import { SessionDetails } from "./session-details.tsx";
import { SessionHeader } from "./session-header.tsx";
import { SpanTree } from "./span-tree.tsx";
import { around, roomy, type TimeScale } from "./time-scale.ts";

type PageProps = {
  readonly feed: SessionFeed;
  readonly selected: string | undefined;
  readonly range: TimeRange | undefined;
};

export function SessionPage({ feed, selected, range }: PageProps) {
  const shown = feed.shown.value;
  const state = feed.stream.state.value;
  return (
    <div class="frame">
      <Masthead stream={feed.stream}>
        <Link to={lastList.value}>Sessions</Link>
        <Sign name="chevron" />
        <span class="crumb-here crumb-id">
          <Hostile text={feed.id} limit={300} />
        </span>
      </Masthead>
      <main class="session">
        {state.state === "refused" ? (
          <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
        ) : state.state === "ended" && state.how === "deleted" ? (
          <Notice title="This session was deleted">
            <p>
              Somebody forgot it. Nothing of it is kept; what comes under its name from now on appears here by itself.
            </p>
            <ToSessions />
          </Notice>
        ) : shown === undefined ? (
          <Loading what="the session" />
        ) : (
          <SessionBody feed={feed} shown={shown} selected={selected} range={range} />
        )}
      </main>
      {shown === undefined || state.state === "refused" ? null : (
        <ArrivalsStrip
          last={shown.last}
          refused={feed.arrivals.value.value?.lastRejected}
          onOpen={feed.arrivals.refresh}
        />
      )}
    </div>
  );
}

function SessionBody({ feed, shown, selected, range }: PageProps & { shown: Shown }) {
  const { summary, tree } = shown;
  const now = feed.stream.present.value;
  const live = liveness(summary.liveness, now);
  useEffect(() => {
    document.title = `${statusWord(live.status)} · ${oneLine(summary.title || feed.id, 80)} · Spanfold`;
  }, [live.status, summary.title, feed.id]);

  const { start, end } = useMemo(() => axisOf(tree), [tree]);
  const { counted, drawn } = openEnd(summary.liveness, end, now);
  const whole = { start, end: counted === undefined ? end : roomy(start, drawn) };
  const scale = range === undefined ? whole : { start: start + range.from, end: start + range.to };

  const [reading, setReading] = useState<Reading>({ collapsed: new Set(), cursor: selected });
  const [following, setFollowing] = useState<"following" | "resting">("resting");
  const node = useMemo(() => (selected === undefined ? undefined : findRow(tree, selected)), [tree, selected]);
  // While the session is still being read, it may yet come.
  const absent = node === undefined && feed.stream.state.value.state === "live" ? selected : undefined;

  const select = (key: string | undefined): void =>
    go({ page: "session", id: feed.id, span: key, range }, selected === undefined ? "push" : "replace");
  const zoom = (to: TimeScale | undefined): void => {
    const wanted = to === undefined ? undefined : { from: to.start - start, to: to.end - start };
    go({ page: "session", id: feed.id, span: selected, range: wanted }, range === undefined ? "push" : "replace");
  };
  const read = (next: Reading): void => {
    if (next.cursor !== reading.cursor) setFollowing("resting");
    setReading(next);
    if (selected !== undefined && next.cursor !== undefined && next.cursor !== selected) select(next.cursor);
  };
  const open_ = (key: string): void => {
    setReading({ ...reading, cursor: key });
    setFollowing("resting");
    select(key);
  };

  usePageKeys((key, event) => {
    const inPanel = event.target instanceof Element && event.target.closest(".panel") !== null;
    const move = inPanel && /^(Arrow|Page|Home|End)/.test(key) ? undefined : moveOf(key);
    if (move !== undefined) {
      read(moved(reading, move, visibleRows(tree, reading.collapsed), tree.rows));
      return "taken";
    }
    switch (key) {
      case "Enter":
        if (reading.cursor === undefined) return undefined;
        open_(reading.cursor);
        return "taken";
      case "Escape":
        // An open popover closes first, by the browser's own hand.
        if (selected === undefined || document.querySelector(":popover-open") !== null) return undefined;
        select(undefined);
        return "taken";
      case "z": {
        const row = tree.byKey.get(reading.cursor ?? "");
        if (row === undefined) return undefined;
        zoom(around(row.start, row.running ? drawn : row.end, start));
        return "taken";
      }
      case "0":
        zoom(undefined);
        return "taken";
      case "f":
        setFollowing(following === "following" ? "resting" : "following");
        return "taken";
      case "u":
        go(lastList.value);
        return "taken";
      case " ":
        if (inPanel) return undefined;
        toggleStream(feed.stream);
        return "taken";
      default:
        return undefined;
    }
  });

  return (
    <>
      <SessionHeader
        summary={summary}
        heard={feed.stream.state.value.state === "live" ? "now" : "before"}
        live={live}
        counted={counted}
      >
        <button
          type="button"
          class="button"
          aria-pressed={following === "following"}
          title="Keep the newest row in view (f)"
          onClick={() => setFollowing(following === "following" ? "resting" : "following")}
        >
          <Sign name="down" />
          Follow
        </button>
        <SessionDetails summary={summary} />
        <SessionActions id={feed.id} />
      </SessionHeader>
      <div class={node === undefined && absent === undefined ? "session-body" : "session-body with-panel"}>
        <SpanTree
          tree={tree}
          whole={whole}
          scale={scale}
          onZoom={zoom}
          open={drawn}
          counted={counted}
          now={now}
          reading={reading}
          onReading={read}
          selected={selected}
          onOpen={open_}
          news={shown.news}
          following={following}
          onFollowing={setFollowing}
        />
        {absent === undefined ? null : <AbsentSpan wanted={absent} onClose={() => select(undefined)} />}
        {node === undefined ? null : (
          <SpanPanel
            node={node}
            sessionId={feed.id}
            sessionStart={start}
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
