import { render } from "preact";
import { address } from "../../../src/dashboard/address/location.ts";
import { learnOffset } from "../../../src/dashboard/clock.ts";
import { ElsewherePage } from "../../../src/dashboard/elsewhere.tsx";
import { deletion } from "../../../src/dashboard/frame/deletion.ts";
import { DeletionNote } from "../../../src/dashboard/frame/deletion-note.tsx";
import { Masthead } from "../../../src/dashboard/frame/masthead.tsx";
import { Loading } from "../../../src/dashboard/frame/page-state.tsx";
import { Token } from "../../../src/dashboard/frame/token.tsx";
import { Shortcuts } from "../../../src/dashboard/keys.tsx";
import { OverviewPage } from "../../../src/dashboard/overview/page.tsx";
import { SessionPage } from "../../../src/dashboard/session/page.tsx";
import { Imports } from "../../../src/dashboard/sessions/import/import-files.tsx";
import { ListPage } from "../../../src/dashboard/sessions/page.tsx";
import "../../../src/dashboard/style.css";
import { answerRequests } from "./answers.ts";
import { PRESENT } from "./captured-session.ts";
import { feedsOf, whole } from "./feeds-of-state.ts";
import { Pieces } from "./pieces.tsx";
import { halfwayReplay } from "./replay.ts";
import { watchDrawn } from "./drawn.ts";

// The gallery: the page with feeds of captured sessions in place of streams. See `states.ts` for its addresses.

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no #page");

watchDrawn();
answerRequests();
learnOffset(PRESENT, "first");
const feeds = feedsOf(location.hash.slice(1));

function Page() {
  const here = address.value;
  if (location.pathname === "/") return <Pieces />;
  switch (here.page) {
    case "overview":
      return <OverviewPage feed={feeds.overview()} />;
    case "list":
      return <ListPage feed={feeds.list(here.view)} view={here.view} />;
    case "session": {
      const feed = feeds.session(here.id);
      const isReplayed = here.replay !== undefined && whole(feed) !== undefined;
      return (
        <SessionPage key={here.id} feed={feed} replay={isReplayed ? halfwayReplay(feed) : undefined} here={here} />
      );
    }
    case "unknown":
      if (here.path !== "/loading") return <ElsewherePage path={here.path} />;
      return (
        <div class="frame">
          <Masthead>
            <h1 class="crumb-here">Sessions</h1>
          </Masthead>
          <main>
            <Loading what="sessions" />
          </main>
        </div>
      );
  }
}

/** As on the page. */
function DeletionOf() {
  const known = deletion.value;
  return known === undefined ? null : <DeletionNote known={known} />;
}

render(
  <>
    <Page />
    <Imports />
    <DeletionOf />
    <Shortcuts />
    <Token />
  </>,
  place,
);
