import { useEffect } from "preact/hooks";
import type { ListKind } from "../address.ts";
import { ArrivalsStrip } from "../arrivals/arrivals-strip.tsx";
import { count } from "../figures.ts";
import { Link } from "../link.tsx";
import { Masthead } from "../masthead.tsx";
import { Loading, RefusedView } from "../states.tsx";
import { EmptyList } from "./empty-list.tsx";
import { Filter } from "./filter.tsx";
import type { ListFeed } from "./list-feed.ts";
import { matches } from "./list-fold.ts";
import { SessionRows } from "./session-rows.tsx";

const KINDS: readonly (readonly [ListKind, string, string])[] = [
  ["session", "Sessions", "Sessions, and traces with a query, an agent, a model or a tool in them"],
  ["trace", "Bare traces", "Traces with none of these: plain HTTP, SQL and the like"],
  ["all", "All", "Sessions and bare traces"],
];

export function ListPage({ feed, filter }: { feed: ListFeed; filter: string }) {
  useEffect(() => {
    document.title = documentTitle(feed);
  });
  const state = feed.stream.state.value;
  return (
    <div class="frame">
      <Masthead stream={feed.stream}>
        <h1 class="crumb-here">Sessions</h1>
      </Masthead>
      <main class="list">
        {state.state === "refused" ? (
          <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
        ) : (
          <Body feed={feed} filter={filter} />
        )}
      </main>
      <ArrivalsStrip last={feed.arrivals.value?.last ?? []} notKept={feed.arrivals.value?.notKept} />
    </div>
  );
}

function Body({ feed, filter }: { feed: ListFeed; filter: string }) {
  const sessions = feed.sessions.value;
  if (sessions === undefined) return <Loading what="the sessions" />;
  if (sessions.length === 0 && feed.kind === "session" && filter === "") return <EmptyList />;
  const matching = filter === "" ? sessions : sessions.filter((session) => matches(session, filter));
  return (
    <>
      <div class="toolbar">
        <nav class="switch" aria-label="Kind">
          {KINDS.map(([kind, word, title]) => (
            <Link key={kind} to={{ page: "list", kind, filter }} title={title} current={kind === feed.kind}>
              {word}
            </Link>
          ))}
        </nav>
        <Filter kind={feed.kind} filter={filter} />
        <span class="toolbar-count">
          {filter === "" ? count(sessions.length) : `${count(matching.length)} of ${count(sessions.length)}`}
        </span>
      </div>
      {matching.length === 0 ? (
        <div class="notice">
          <p>{filter === "" ? "Nothing of this kind has arrived." : "Nothing here matches the filter."}</p>
          <p>
            {filter === "" ? null : (
              <Link class="button" to={{ page: "list", kind: feed.kind, filter: "" }}>
                Clear the filter
              </Link>
            )}
          </p>
        </div>
      ) : (
        <SessionRows sessions={matching} stream={feed.stream} />
      )}
    </>
  );
}

function documentTitle(feed: ListFeed): string {
  const known = feed.sessions.value?.length ?? 0;
  return `${known > 0 ? `(${count(known)}) ` : ""}Sessions · Spanfold`;
}
