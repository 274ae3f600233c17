import { Loading, Notice, ToSessions } from "./frame/page-state.tsx";
import { Masthead } from "./frame/masthead.tsx";
import { listFeed, replayFeed, sessionFeed } from "./feeds.ts";
import { ImportList } from "./sessions/import/import-list.tsx";
import { ListPage } from "./sessions/page.tsx";
import { address } from "./address/location.ts";
import { SessionPage } from "./session/page.tsx";
import { Shortcuts } from "./keys.tsx";
import { TokenDialog } from "./frame/token-form.tsx";

export function App() {
  return (
    <>
      <Page />
      <ImportList />
      <Shortcuts />
      <TokenDialog />
    </>
  );
}

function Page() {
  const here = address.value;
  switch (here.page) {
    case "list": {
      const feed = listFeed.value;
      return feed === undefined ? <Loading what="sessions" /> : <ListPage feed={feed} view={here.view} />;
    }
    case "session": {
      const feed = sessionFeed.value;
      if (feed === undefined) return <Loading what="the session" />;
      return <SessionPage key={feed.id} feed={feed} replay={replayFeed.value} here={here} />;
    }
    case "unknown":
      return (
        <div class="frame">
          <Masthead />
          <main>
            <Notice title="Page not found">
              <p>{here.path}</p>
              <p class="actions">
                <ToSessions />
              </p>
            </Notice>
          </main>
        </div>
      );
  }
}
