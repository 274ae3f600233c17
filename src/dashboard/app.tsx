import type { ComponentProps } from "preact";
import type { ListView } from "./address/list-view.ts";
import { address } from "./address/location.ts";
import { listFeed, replayFeed, sessionFeed } from "./feeds.ts";
import type { Deletion } from "./frame/deletion.ts";
import { deletion } from "./frame/deletion.ts";
import { Masthead } from "./frame/masthead.tsx";
import { Loading } from "./frame/page-state.tsx";
import { Token } from "./frame/token.tsx";
import { Shortcuts } from "./keys.tsx";
import type { SessionPage } from "./session/page.tsx";
import { DEFAULT_READING, preloadReading } from "./session/shell/readings.tsx";
import { Imports } from "./sessions/import/import-files.tsx";
import type { ListFeed } from "./sessions/feed.ts";
import { lazily } from "./ui/lazy.tsx";

/** A page before its code or its feed is here. */
const Opening = ({ here, what }: { here: string; what: string }) => (
  <div class="frame">
    <Masthead>
      <h1 class="crumb-here">{here}</h1>
    </Masthead>
    <main>
      <Loading what={what} />
    </main>
  </div>
);

// The first page opens with the code of its route alone. Streams open meanwhile.
const openingList = <Opening here="Sessions" what="sessions" />;
const Sessions = lazily<{ readonly feed: ListFeed | undefined; readonly view: ListView }>(async () => {
  const { ListPage } = await import("./sessions/page.tsx");
  return ({ feed, view }) => (feed === undefined ? openingList : <ListPage feed={feed} view={view} />);
}, openingList);
const Overview = lazily<object>(
  async () => {
    const { OverviewPage, overviewFeed } = await import("./overview/page.tsx");
    return () => <OverviewPage feed={overviewFeed()} />;
  },
  <Opening here="Overview" what="the overview" />,
);
const Session = lazily<ComponentProps<typeof SessionPage>>(
  async () => (await import("./session/page.tsx")).SessionPage,
  <Opening here="Session" what="the session" />,
);

const Elsewhere = lazily<{ readonly path: string }>(async () => (await import("./elsewhere.tsx")).ElsewherePage, null);

const DeletionNote = lazily<{ known: Deletion }>(
  async () => (await import("./frame/deletion-note.tsx")).DeletionNote,
  null,
);

// The code of the first reading loads beside that of its page.
const opened = address.peek();
if (opened.page === "session") preloadReading(opened.view ?? DEFAULT_READING);

export function App() {
  return (
    <>
      <Page />
      <Imports />
      <Deleted />
      <Shortcuts />
      <Token />
    </>
  );
}

/** What was deleted, on every page. */
function Deleted() {
  const known = deletion.value;
  return known === undefined ? null : <DeletionNote.Part known={known} />;
}

function Page() {
  const here = address.value;
  switch (here.page) {
    case "overview":
      return <Overview.Part />;
    case "list":
      return <Sessions.Part feed={listFeed.value} view={here.view} />;
    case "session": {
      const feed = sessionFeed.value;
      if (feed === undefined) return <Opening here="Session" what="the session" />;
      return <Session.Part key={feed.id} feed={feed} replay={replayFeed.value} here={here} />;
    }
    case "unknown":
      return <Elsewhere.Part path={here.path} />;
  }
}
