import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { SessionAddress } from "../address/address.ts";
import { Link } from "../ui/link.tsx";
import { lastList } from "../address/location.ts";
import { PageFooter } from "../frame/page-footer.tsx";
import { Icon } from "../ui/icons.tsx";
import { Masthead } from "../frame/masthead.tsx";
import { Loading, Notice, ToSessions } from "../frame/page-state.tsx";
import { RefusedView } from "../frame/refused.tsx";
import type { ReplayFeed } from "./replay/feed.ts";
import type { ReplayStatusProps } from "./replay/status.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { lazily } from "../ui/lazy.tsx";
import type { SessionActionsProps } from "./shell/actions.tsx";
import { SessionBody } from "./body.tsx";
import type { SessionFeed } from "./feed.ts";
import { whenIdle } from "../ui/idle.ts";
import { exactly, startedAt } from "../ui/moments.ts";
import "./shell/session.css";
import "./shell/toolbar.css";

/** The first format of dates takes a browser some milliseconds: it makes it while the session is awaited. */
whenIdle(() => [startedAt, exactly].map((write) => write(Date.now())), 1_000);

type PageProps = {
  readonly feed: SessionFeed;
  /** `undefined`: no replay, or not started yet. */
  readonly replay: ReplayFeed | undefined;
  readonly here: SessionAddress;
};

export function SessionPage({ feed, replay, here }: PageProps) {
  // The header is not drawn again with each batch.
  const shown = useMemo(() => computed(() => feed.shown.value?.of), [feed]).value;
  const state = feed.stream.state.value;
  // Without a session the page has no other heading of the first level.
  const Here = shown === undefined || state.state === "refused" || state.state === "ended" ? "h1" : "span";
  return (
    <div class="frame">
      <Masthead
        stream={feed.stream}
        status={replay === undefined ? undefined : <ReplayState.Part state={replay.state.value} />}
        actions={
          state.state === "refused" || shown === undefined ? undefined : <Actions.Part feed={feed} here={here} />
        }
      >
        <Link to={lastList.value}>Sessions</Link>
        <Icon name="chevron" />
        <Here class="crumb-here crumb-id">
          <UntrustedText text={feed.id} limit={300} />
        </Here>
      </Masthead>
      <main class="session" aria-busy={shown === "part"}>
        {state.state === "refused" ? (
          <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
        ) : state.state === "ended" && state.how === "deleted" ? (
          <Notice title="This session was deleted">
            <p>New data under this name will appear here.</p>
            <ToSessions />
          </Notice>
        ) : shown === undefined ? (
          <Loading what="the session" />
        ) : (
          <Body feed={feed} replay={replay} here={here} />
        )}
      </main>
      {state.state === "refused" ? null : <Exports feed={feed} />}
    </div>
  );
}

/** They come with each export, and the rows need not be drawn again for them. */
function Exports({ feed }: Pick<PageProps, "feed">) {
  const shown = feed.shown.value;
  if (shown === undefined) return null;
  const { value, refresh } = feed.receiverExports;
  return <PageFooter last={shown.last} refused={value.value?.refused} onOpen={refresh} />;
}

function Body(props: PageProps) {
  const whole = props.feed.shown.value;
  return whole === undefined ? null : <SessionBody {...props} whole={whole} />;
}

const ReplayState = lazily<ReplayStatusProps>(async () => (await import("./replay/status.tsx")).ReplayStatus, null);
const Actions = lazily<SessionActionsProps>(async () => (await import("./shell/actions.tsx")).SessionActions, null);
