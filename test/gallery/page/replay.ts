import { signal } from "@preact/signals";
import { DisplayFold } from "../../../src/dashboard/session/display-fold.ts";
import type { SessionFeed } from "../../../src/dashboard/session/feed.ts";
import { replayControls } from "../../../src/dashboard/session/replay/controls.ts";
import type { ReplayFeed } from "../../../src/dashboard/session/replay/feed.ts";
import { timelineOf } from "../../../src/dashboard/session/replay/timeline.ts";
import { LIVE, sessionOf } from "./feeds.ts";

const replays = new Map<string, ReplayFeed>();

/** A replay that has come half-way through the session, and rests there. */
export function halfwayReplay(feed: SessionFeed): ReplayFeed | undefined {
  const known = replays.get(feed.id);
  if (known !== undefined) return known;
  const shown = feed.shown.peek();
  const session = sessionOf(feed.id);
  if (shown === undefined || session === undefined) return undefined;
  const timeline = timelineOf(shown.tree, "event");
  const middle = (timeline.start + timeline.end) / 2;
  const fold = new DisplayFold(feed.id, () => false, "replay");
  void fold.apply(session.events.slice(0, Math.floor(session.events.length / 2)));
  const nothing = () => undefined;
  const replay: ReplayFeed = {
    state: signal(LIVE),
    shown: fold.shown,
    timeline,
    position: () => middle,
    present: signal(middle),
    pause: nothing,
    play: nothing,
    restart: nothing,
    change: nothing,
    controls: (here, view) => replayControls(here, view, replay),
    close: nothing,
  };
  replays.set(feed.id, replay);
  return replay;
}
