import { UPSTREAMS_PATH } from "../session/contract/upstreams.ts";
import { Masthead } from "./frame/masthead.tsx";
import { Notice, ToSessions } from "./frame/page-state.tsx";
import { UpstreamsPage } from "./upstreams/page.tsx";

/** The pages that are seldom opened, and addresses without a page. */
export function ElsewherePage({ path }: { path: string }) {
  return path.replace(/\/$/, "") === UPSTREAMS_PATH ? <UpstreamsPage /> : <NotFoundPage path={path} />;
}

function NotFoundPage({ path }: { path: string }) {
  return (
    <div class="frame">
      <Masthead>
        <h1 class="crumb-here">Page not found</h1>
      </Masthead>
      <main>
        <Notice title="There is no page at this address">
          <p>{path}</p>
          <p class="actions">
            <ToSessions />
          </p>
        </Notice>
      </main>
    </div>
  );
}
