import { useEffect } from "preact/hooks";
import type { ListKind } from "../address.ts";
import { ArrivalsStrip } from "../arrivals/arrivals-strip.tsx";
import { count } from "../figures.ts";
import { Link } from "../link.tsx";
import { Masthead } from "../masthead.tsx";
import { Loading, Notice, RefusedView } from "../states.tsx";
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
  const arrived = feed.arrivals.value?.last.some(({ accepted }) => accepted > 0) ?? false;
  if (sessions.length === 0 && feed.kind === "session" && filter === "" && !arrived) return <EmptyList />;
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
        <Nothing kind={feed.kind} filter={filter} />
      ) : (
        <SessionRows sessions={matching} stream={feed.stream} />
      )}
    </>
  );
}

function Nothing({ kind, filter }: { kind: ListKind; filter: string }) {
  if (filter !== "") {
    return (
      <Notice title="Nothing matches the filter">
        <Link class="button" to={{ page: "list", kind, filter: "" }}>
          Clear the filter
        </Link>
      </Notice>
    );
  }
  if (kind !== "session") return <Notice title="Nothing of this kind is here" />;
  return (
    <Notice title="No session is here">
      <p>Spans have arrived, but none that is kept is part of a session, a query, an agent, a model or a tool call.</p>
      <Link class="button" to={{ page: "list", kind: "all", filter }}>
        Show everything
      </Link>
    </Notice>
  );
}

function documentTitle(feed: ListFeed): string {
  const known = feed.sessions.value?.length ?? 0;
  return `${known > 0 ? `(${count(known)}) ` : ""}Sessions · Spanfold`;
}
