import { h, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { Element } from "../../overview/element.ts";
import { overview } from "../../overview/overview.ts";
import { UPSTREAMS_PATH } from "../../session/contract/upstreams.ts";
import { BASE, LIST_PATH, readAddress } from "../address/address.ts";
import { Masthead } from "../frame/masthead.tsx";
import { Loading } from "../frame/page-state.tsx";
import { RefusedView } from "../frame/refused.tsx";
import { learnWaiting, setTitle } from "../frame/tab-title.ts";
import { type OverviewFeed, overviewFeed } from "./feed.ts";
import { lazily } from "../ui/lazy.tsx";
import { Link } from "../ui/link.tsx";
import "./overview.css";

const Empty = lazily<object>(
  async () => (await import("../sessions/empty.tsx")).EmptyList,
  <Loading what="the settings" />,
);

export { overviewFeed };

/** As the server draws it, and again with each change. */
export function OverviewPage({ feed }: { readonly feed: OverviewFeed }) {
  useEffect(() => {
    setTitle("Spanfold");
    feed.stream.show();
    return feed.stream.hide;
  }, [feed]);
  const answer = feed.shown.value;
  const counts = answer?.numbers.sessions;
  useEffect(() => learnWaiting(counts), [counts?.waiting]);
  useEffect(() => () => learnWaiting(undefined), []);
  const state = feed.stream.state.value;
  return (
    <div class="frame">
      <Masthead stream={feed.stream}>
        <h1 class="crumb-here">Overview</h1>
      </Masthead>
      <main class="front">
        {state.state === "refused" ? (
          <RefusedView refusal={state.refusal} retry={feed.stream.resume} />
        ) : answer === undefined ? (
          <Loading what="the overview" />
        ) : answer.latest === undefined && answer.numbers.sessions.all === 0 ? (
          <Empty.Part />
        ) : (
          overview(answer, BASE).map(drawn)
        )}
      </main>
    </div>
  );
}

function drawn(node: Element | string): VNode | string {
  if (typeof node === "string") return node;
  const { tag, attributes, children } = node;
  const below = children.map(drawn);
  const { href, class: name } = attributes;
  if (typeof href !== "string" || !(href.startsWith(LIST_PATH) || href === UPSTREAMS_PATH))
    return h(tag, attributes, ...below);
  return (
    <Link to={readAddress(href, "")} {...(typeof name === "string" ? { class: name } : {})}>
      {below}
    </Link>
  );
}
