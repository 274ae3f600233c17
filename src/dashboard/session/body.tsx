import { setTitle } from "../frame/tab-title.ts";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { firstReading } from "../../session/first-reading.ts";
import { foldsPlumbing, countKinds, type KindFilter } from "../../session/kind-filter.ts";
import { SPAN_KINDS, type SpanKind } from "../../facts/span-kinds.ts";
import { shortId } from "../../session/tree/closed-rows.ts";
import type { KindChoice, ReadingName } from "../address/reading-view.ts";
import { IS_READ_ONLY, type SessionAddress } from "../address/address.ts";
import { go, lastList } from "../address/location.ts";
import { Icon } from "../ui/icons.tsx";
import { type Actions, usePageKeys } from "../keys.tsx";
import { CLOSE_KEYS, keyOf, READING_KEYS, REPLAY_KEYS, SESSION_KEYS, STREAM_KEYS } from "../keymap.ts";
import type { ReplayBarProps } from "./replay/bar.tsx";
import { replayOf } from "../address/replay-view.ts";
import type { ReplayFeed } from "./replay/feed.ts";
import type { LogPanelProps } from "./logs/log-panel.tsx";
import type { PanelProps } from "./panel/panel-props.ts";
import { lazily, preloadParts } from "../ui/lazy.tsx";
import { memoized } from "../ui/memoized.tsx";
import { titleOf } from "../ui/session-title.ts";
import { toggleStream } from "../stream/stream.ts";
import { oneLine } from "../ui/untrusted-text.tsx";
import { type Status, statusWord } from "../../session/liveness.ts";
import { EMPTY_TREE } from "../../session/tree/tree.ts";
import { findRow } from "../../session/tree/find-row.ts";
import type { ReadingProps } from "./reading-props.ts";
import { NO_SEARCH } from "./reading-props.ts";
import type { FiguresProps } from "./shell/figures.tsx";
import type { SearchBoxProps } from "./search/search-box.tsx";
import { Head } from "./shell/head.tsx";
import type { KindTogglesProps } from "./shell/kind-toggles.tsx";
import type { NowLineProps } from "./shell/now-line-view.tsx";
import { DEFAULT_READING, Reading } from "./shell/readings.tsx";
import { sessionSignals } from "./shell/session-signals.ts";
import { READING_ID, ReadingTabs } from "./shell/toolbar.tsx";
import type { TurnsProps } from "./shell/turns.tsx";
import { focusReading, useReader } from "./shell/use-reader.ts";
import type { SessionFeed } from "./feed.ts";
import type { DisplayedSession } from "./display-fold.ts";
import { around, type TimeScale } from "./timeline/time-scale.ts";

/** Most readers look at the rows before they open a span. */
const Panel = lazily<PanelProps>(async () => (await import("./panel/span-panel.tsx")).SpanPanel);
const Absent = lazily<AbsentProps>(async () => (await import("./panel/span-panel.tsx")).AbsentSpan);
const Record = lazily<LogPanelProps>(async () => (await import("./logs/log-panel.tsx")).LogPanel);
/** It reads contents, which the rest of the head does not need. */
const NowLine = lazily<NowLineProps>(async () => (await import("./shell/now-line-view.tsx")).NowLineView);

/** Figures come beside the rows, not before them. */
const Figures = lazily<FiguresProps>(async () => (await import("./shell/figures.tsx")).Figures);
const Bar = lazily<ReplayBarProps>(async () => (await import("./replay/bar.tsx")).ReplayBar);

const SearchBox = lazily<SearchBoxProps>(
  async () => memoized((await import("./search/search-box.tsx")).SearchBox),
  null,
);
/** Without a search no tree is searched, nor is the field drawn again with each batch. */
const NOTHING = { tree: EMPTY_TREE, logs: [] };

const SessionHead = memoized(Head);
/** Choices among the rows come beside them, too. */
const Kinds = lazily<KindTogglesProps>(
  async () => memoized((await import("./shell/kind-toggles.tsx")).KindToggles),
  null,
);
const TurnChoice = lazily<TurnsProps>(async () => memoized((await import("./shell/turns.tsx")).Turns), null);

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
  const signals = useMemo(() => sessionSignals(feed, replay, whole), [feed, replay]);
  const { clock } = signals;
  const displayed = signals.displayed.value;
  const playing = signals.playing.value;
  const { summary, tree, logs, queries } = displayed;
  const status = signals.status.value;
  usePageTitle(status, titleOf(summary), replay === undefined ? "live" : "replay");

  const { start, end } = whole.tree;
  const axisEnd = signals.axisEnd.value;
  const axis = useMemo(() => ({ start, end: axisEnd }), [start, axisEnd]);
  const scale = useMemo(
    () => (range === undefined ? axis : { start: start + range.from, end: start + range.to }),
    [axis, start, range?.from, range?.to],
  );
  const chosen = useMemo(() => new Set<KindChoice>(here.kinds), [here.kinds?.join(",")]);
  const folding = useMemo(() => (foldsPlumbing(countKinds(tree)) ? "folded" : "shown"), [tree]);
  const filter = useMemo(() => filterOf(chosen, folding), [chosen, folding]);
  const turn = useMemo(() => {
    const query = here.turn === undefined ? undefined : queries.find((one) => shortId(one) === here.turn);
    return query === undefined ? undefined : findRow(tree, query.key);
  }, [here.turn, queries, tree]);
  const [found, setFound] = useState(NO_SEARCH);
  const search = here.search === undefined ? NO_SEARCH : found;

  const reading = useRef<HTMLDivElement>(null);
  const state = useReader({
    here,
    tree,
    hits: search.matches,
    newest: playing === "replay" ? "happened" : "received",
    element: reading,
  });
  const { reader, read, open, showAndOpen, following, setFollowing } = state;
  const node = useMemo(() => (selected === undefined ? undefined : findRow(tree, selected)), [tree, selected]);
  // While the session is loading or replayed, the span may still arrive.
  const isLive = feed.stream.state.value.state === "live";
  const isLoaded = whole.of === "whole";
  useEffect(() => {
    if (isLoaded) void preloadParts();
  }, [isLoaded]);
  const absent =
    node === undefined && isLoaded && (replay === undefined ? isLive : playing === "live") ? selected : undefined;

  const change = (to: Partial<SessionAddress>, how: "push" | "replace" = "replace"): void =>
    go({ ...here, ...to }, how);
  const zoom = (to: TimeScale | undefined): void =>
    change(
      { range: to === undefined ? undefined : { from: to.start - start, to: to.end - start } },
      range === undefined ? "push" : "replace",
    );
  const choose = (next: ReadonlySet<KindChoice>): void => change({ kinds: next.size === 0 ? undefined : [...next] });
  const controls = replay === undefined || here.replay === undefined ? undefined : replay.controls(here, here.replay);

  // The beginning of a long session may hold no step of an agent yet.
  const first = isLoaded ? firstReading(whole) : DEFAULT_READING;
  const view: ReadingName = here.view ?? first;
  const setView = (name: ReadingName): void => {
    if (name === view) return;
    state.revealAgain();
    change({ view: name === first && name === DEFAULT_READING ? undefined : name, log: undefined }, "push");
  };
  const record =
    view !== "logs" || here.log === undefined || selected !== undefined
      ? undefined
      : logs.find(({ key }) => key === here.log);
  const isBeside = node !== undefined || absent !== undefined || record !== undefined;
  useFocusAfterPanel(isBeside, reading);
  useLayoutEffect(() => {
    // In a low window the page scrolls too, and what is followed may be below it.
    if (following === "following") reading.current?.scrollIntoView({ block: "nearest" });
  }, [following]);

  usePageKeys(REPLAY_KEYS, controls && ((action) => controls.actions[action]()));
  usePageKeys(READING_KEYS, setView);
  const toggleFollowing = (): void => setFollowing(following === "following" ? "resting" : "following");
  const actions: Actions<typeof SESSION_KEYS> = {
    zoom() {
      const row = tree.byKey.get(reader.cursor ?? "");
      if (row === undefined) return "unhandled";
      return zoom(around(row.start, row.running ? clock.drawn.value : row.end, start));
    },
    zoomOut: () => zoom(undefined),
    widen: () => (isBeside ? change({ panel: here.panel === undefined ? "wide" : undefined }) : "unhandled"),
    follow: toggleFollowing,
    replay: () => change({ replay: replayOf(Number(end - start) / 1e6) }, "push"),
    sessions: () => go(lastList.value),
  };
  usePageKeys(SESSION_KEYS, (action) => actions[action]());
  // The browser closes an open popover first.
  usePageKeys(CLOSE_KEYS, () =>
    selected === undefined || document.querySelector(":popover-open") !== null ? "unhandled" : open(undefined),
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
    revealed: state.revealed,
    order: state.order,
    search,
    filter,
    turn,
    axis,
    scale,
    onZoom: zoom,
    clock,
    following,
    onFollowing: setFollowing,
  };
  // Around the rows, only what changed is drawn again: a key that moves the cursor changes none of it.
  const onChoose = useStable((kinds: readonly KindChoice[]) => choose(onlyThese(chosen, kinds)));
  const onChosen = useStable(choose);
  const onTurn = useStable((id: string | undefined) => change({ turn: id }));
  const onReading = useStable(setView);
  const onSearch = useStable((text: string) => change({ search: text === "" ? undefined : text }));
  const onHit = useStable(state.toHit);
  const onOpen = useStable(showAndOpen);
  const onZoom = useStable(zoom);
  const onReveal = useStable(state.show);
  const seek = here.replay?.by === "event" ? controls?.seek : undefined;
  const onSeek = useStable((millis: number) => seek?.(millis));
  const canSeek = seek !== undefined;
  const cards = useMemo(
    () => ({ displayed, signals, chosen, onChoose, onOpen }),
    [displayed, signals, chosen, onChoose, onOpen],
  );
  const overview = useMemo(
    () => ({
      whole: whole.tree,
      displayed: tree,
      signals,
      axis,
      scale,
      filter,
      search,
      onZoom,
      onReveal,
      replay,
      onSeek: canSeek ? onSeek : undefined,
    }),
    [whole.tree, tree, signals, axis, scale, filter, search, onZoom, onReveal, replay, canSeek, onSeek],
  );
  // What was open when it was first shown keeps its line: nothing moves when it ends.
  const wasOpen = useRef({ signals, isOpen: false });
  if (wasOpen.current.signals !== signals) wasOpen.current = { signals, isOpen: false };
  wasOpen.current.isOpen ||= status !== "finished" && status !== "failed";
  return (
    <>
      <SessionHead
        summary={summary}
        signals={signals}
        start={start}
        end={end}
        connection={replay !== undefined || isLive || !isLoaded ? "live" : "lost"}
        announced={feed.announced}
      />
      {wasOpen.current.isOpen ? (
        <div class="now">
          <NowLine.Part displayed={displayed} signals={signals} onOpen={showAndOpen} />
        </div>
      ) : null}
      {replay === undefined || controls === undefined ? null : <Bar.Part replay={replay} controls={controls} />}
      <div class="session-figures">
        <Figures.Part cards={cards} overview={overview} />
      </div>
      <div class="session-toolbar">
        <ReadingTabs shown={view} logRecords={logs.length} onReading={onReading} />
        <span class="search-place">
          <SearchBox.Part
            sessionId={feed.id}
            displayed={here.search === undefined ? NOTHING : displayed}
            text={here.search ?? ""}
            onText={onSearch}
            found={found}
            onFound={setFound}
            cursor={reader.cursor}
            onHit={onHit}
          />
        </span>
        <Kinds.Part tree={tree} view={view} chosen={chosen} onChosen={onChosen} />
        <span class="toolbar-end">
          <TurnChoice.Part queries={queries} turn={here.turn} onTurn={onTurn} />
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
      </div>
      <div class={`session-body${isBeside ? " with-panel" : ""}${here.panel === "wide" ? " is-wide" : ""}`}>
        <div
          class="reading"
          id={READING_ID}
          ref={reading}
          role="tabpanel"
          tabIndex={-1}
          aria-labelledby={`tab-${view}`}
        >
          <Reading name={view} {...props} />
        </div>
        {record === undefined ? null : (
          <Record.Part
            key={record.key}
            view={record}
            sessionId={feed.id}
            span={record.subject === "" ? undefined : findRow(tree, `${record.traceId}:${record.subject}`)}
            onSpan={showAndOpen}
            onClose={() => change({ log: undefined })}
          />
        )}
        {absent === undefined ? null : <Absent.Part wanted={absent} onClose={() => open(undefined)} />}
        {node === undefined ? null : (
          <Panel.Part
            node={node}
            tree={tree}
            sessionId={feed.id}
            sessionStart={start}
            queries={whole.queries}
            logs={logs}
            counted={clock.counted}
            show={here.show}
            onShow={(show) => change({ show })}
            onClose={() => open(undefined)}
            onSelect={state.show}
            onStep={state.toStep}
          />
        )}
      </div>
    </>
  );
}

/** The same function for each render, which calls the latest one. */
function useStable<Arguments extends readonly unknown[]>(
  call: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const latest = useRef(call);
  latest.current = call;
  return useCallback((...given) => latest.current(...given), []);
}

function usePageTitle(status: Status, title: string, playing: "live" | "replay"): void {
  useEffect(() => {
    const own = IS_READ_ONLY ? " · Own traces" : "";
    setTitle(`${playing === "live" ? statusWord(status) : "Replay"} · ${oneLine(title, 80)}${own} · Spanfold`);
  }, [status, title, playing]);
}

/** The panel takes the focus with it when it closes: back to the rows. */
function useFocusAfterPanel(isBeside: boolean, reading: { readonly current: HTMLElement | null }): void {
  const before = useRef(isBeside);
  useLayoutEffect(() => {
    const closed = before.current && !isBeside;
    before.current = isBeside;
    if (closed && (document.activeElement === null || document.activeElement === document.body))
      focusReading(reading.current);
  }, [isBeside, reading]);
}

function filterOf(chosen: ReadonlySet<KindChoice>, plumbing: KindFilter["plumbing"]): KindFilter {
  const kinds = new Set<SpanKind>(SPAN_KINDS.filter((kind) => chosen.has(kind)));
  return {
    kinds: kinds.size === 0 ? undefined : kinds,
    errors: chosen.has("errors") ? "only" : "any",
    plumbing: chosen.has("plumbing") ? "shown" : plumbing,
  };
}

/** These kinds and no others, or all again. How plumbing is shown stays. */
function onlyThese(chosen: ReadonlySet<KindChoice>, kinds: readonly KindChoice[]): ReadonlySet<KindChoice> {
  const plumbing: readonly KindChoice[] = chosen.has("plumbing") ? ["plumbing"] : [];
  const isAlready = chosen.size === kinds.length + plumbing.length && kinds.every((kind) => chosen.has(kind));
  return new Set(isAlready ? plumbing : [...kinds, ...plumbing]);
}
