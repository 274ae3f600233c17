import { useEffect, useRef } from "preact/hooks";
import { PageFooter } from "../frame/page-footer.tsx";
import { lazily } from "../ui/lazy.tsx";
import { Link } from "../ui/link.tsx";
import { learnWaiting, setTitle } from "../frame/tab-title.ts";
import { Masthead } from "../frame/masthead.tsx";
import { Loading } from "../frame/page-state.tsx";
import { RefusedView } from "../frame/refused.tsx";
import type { StreamState } from "../../client/stream-state.ts";
import { IS_READ_ONLY } from "../address/address.ts";
import { DropZone, ImportButton } from "./import/import-button.tsx";
import { Chips } from "./toolbar/chips.tsx";
import { Filters } from "./toolbar/filters.tsx";
import type { ListFeed, DisplayedList } from "./feed.ts";
import { isNarrowed, type ListKind, type ListView, WHOLE_LIST } from "../address/list-view.ts";
import { NotifyButton } from "../notify/notify-button.tsx";
import { NothingFound } from "./nothing-found.tsx";
import { SearchBox } from "./toolbar/search-box.tsx";
import { SortChoice } from "./columns.tsx";
import { useListed } from "./listed.ts";
import { SessionRows } from "./rows.tsx";
import { StatusTabs } from "./toolbar/status-tabs.tsx";
import { SumsLine } from "./toolbar/sums-line.tsx";
import "./toolbar/toolbar.css";
import "./rows.css";
import "./import/import.css";

const Empty = lazily<object>(async () => (await import("./empty.tsx")).EmptyList, <Loading what="the settings" />);

const KINDS: readonly (readonly [ListKind, string, string])[] = [
  ["session", "Sessions", "Sessions, and traces with a turn, an agent, a model call or a tool call"],
  ["trace", "Other traces", "Traces with none of these: plain HTTP, SQL and the like"],
  ["all", "All", "Sessions and other traces"],
];

export function ListPage({ feed, view }: { feed: ListFeed; view: ListView }) {
  const state = feed.stream.state.value;
  return (
    <div class="frame">
      {IS_READ_ONLY ? null : <DropZone />}
      <Masthead stream={feed.stream}>
        <h1 class="crumb-here">Sessions</h1>
      </Masthead>
      <main class="list">
        {isShut(state) ? (
          <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
        ) : (
          <Body feed={feed} view={view} />
        )}
      </main>
      <PageFooter
        last={feed.recentExports.value?.last ?? []}
        dropped={feed.recentExports.value?.dropped}
        refused={feed.recentExports.value?.refused}
        retention={feed.retention.value}
      />
    </div>
  );
}

/** Refused for any filter: no choice of the reader would help. */
const isShut = (state: StreamState): state is Extract<StreamState, { state: "refused" }> =>
  state.state === "refused" && state.refusal.reason !== "unexpected";

function Body({ feed, view }: { feed: ListFeed; view: ListView }) {
  // The previous list stays until the new one is loaded.
  const last = useRef<{ readonly feed: ListFeed; readonly shown: DisplayedList }>(undefined);
  const now = feed.shown.value;
  if (now !== undefined) last.current = { feed, shown: now };
  const current = last.current;
  const listed = useListed(current?.feed ?? feed, current?.shown);
  const { counts, sums } = listed;
  useEffect(() => setTitle("Sessions · Spanfold"), []);
  useEffect(() => learnWaiting(counts), [counts?.waiting]);
  useEffect(() => () => learnWaiting(undefined), []);
  const state = feed.stream.state.value;
  if (current === undefined && state.state !== "refused") return <Loading what="sessions" />;
  const sessions = current?.shown.sessions ?? [];
  const hasExports = current?.feed.recentExports.value?.last.some(({ accepted }) => accepted > 0) ?? false;
  if (now?.sessions.length === 0 && view.kind === WHOLE_LIST.kind && !isNarrowed(view) && !hasExports) {
    return <Empty.Part />;
  }
  return (
    <>
      <div class="toolbar">
        <nav class="switch" aria-label="Kind">
          {KINDS.map(([kind, word, title]) => (
            <Link key={kind} to={{ page: "list", view: { ...view, kind } }} title={title} current={kind === view.kind}>
              {word}
            </Link>
          ))}
        </nav>
        <SearchBox view={view} />
        <Filters view={view} sessions={sessions} />
        <SortChoice view={view} />
        {IS_READ_ONLY ? null : <ImportButton />}
        <NotifyButton subject="all" />
        <Chips view={view} />
      </div>
      <div class="tabs-line">
        <StatusTabs view={view} counts={counts} />
        <SumsLine sums={sums} />
      </div>
      {state.state === "refused" ? (
        <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
      ) : current === undefined ? null : current.shown.sessions.length === 0 ? (
        <NothingFound view={view} />
      ) : (
        <div class={now === undefined ? "session-table is-stale" : "session-table"}>
          <SessionRows
            key={current.feed.url}
            feed={current.feed}
            shown={current.shown}
            listed={listed}
            view={view}
            state={now === undefined ? "stale" : "current"}
          />
        </div>
      )}
    </>
  );
}
