import { computed, effect, signal, untracked } from "@preact/signals";
import { writeAddress } from "./address/address.ts";
import type { ListFeed, openListFeed } from "./sessions/feed.ts";
import { address, go } from "./address/location.ts";
import type { openReplay, ReplayFeed } from "./session/replay/feed.ts";
import { replayParameters, type ReplayView } from "./address/replay-view.ts";
import { openSessionFeed, type SessionFeed } from "./session/feed.ts";

/** The page's feeds: one open stream a tab. The list pauses behind a session, so that Back restores it. */
const list = signal<ListFeed | undefined>(undefined);
const session = signal<SessionFeed | undefined>(undefined);
/** During a replay the session's own stream pauses, after it loaded the whole session. */
const replay = signal<{ readonly feed: ReplayFeed; readonly view: ReplayView } | undefined>(undefined);
/** The code of lists, which a session's page loads after its rows. */
const openList = signal<typeof openListFeed | undefined>(undefined);
/** The code of replays, loaded for the first one. */
const opening = signal<typeof openReplay | undefined>(undefined);

export const listFeed = computed(() => list.value);
export const sessionFeed = computed(() => session.value);
export const replayFeed = computed(() => replay.value?.feed);

const wanted = computed(() => {
  const { value } = address;
  if (value.page === "list") return `list/${writeAddress(value)}`;
  return value.page === "session" ? `session/${value.id}` : "";
});

/** Opens, pauses and closes feeds to match the address. Call once. */
export function followAddress(): void {
  effect(() => {
    void wanted.value;
    void openList.value;
    // Untracked: opening a stream reads signals of its own.
    untracked(follow);
  });
  effect(() => {
    void address.value;
    void session.value?.shown.value;
    void opening.value;
    untracked(followReplay);
  });
  effect(() => {
    const state = session.value?.stream.state.value;
    // The session continues under another name, so the address follows it.
    if (state?.state !== "ended" || state.how !== "moved") return;
    const here = address.peek();
    go({ page: "session", id: state.to, span: here.page === "session" ? here.span : undefined }, "replace");
  });
}

function follow(): void {
  const to = address.value;
  if (to.page !== "session" || session.value?.id !== to.id) {
    closeReplay();
    session.value?.close();
    session.value = undefined;
  }
  if (to.page !== "list") list.value?.stream.hide();
  else if (list.value?.url === writeAddress(to)) list.value.stream.show();
  else if (openList.value === undefined) void loadLists();
  else {
    list.value?.close();
    list.value = openList.value(to.view);
  }
  if (to.page === "session" && session.value === undefined) session.value = openSessionFeed(to.id);
}

/** The whole session is loaded first: it gives the replay's timeline and its expected rows. */
function followReplay(): void {
  const feed = session.value;
  const here = address.value;
  const view = here.page === "session" ? here.replay : undefined;
  if (feed === undefined || here.page !== "session" || view === undefined) {
    if (replay.value === undefined) return;
    closeReplay();
    feed?.stream.show();
    return;
  }
  const current = replay.value;
  if (current !== undefined) {
    if (isSame(current.view, view)) return;
    const goesOn = current.view.by === view.by && current.view.from === view.from;
    if (goesOn) current.feed.change(view);
    else {
      current.feed.close();
      replay.value = undefined;
    }
    if (goesOn) replay.value = { feed: current.feed, view };
  }
  if (replay.value !== undefined) return;
  const open = opening.value;
  if (open === undefined) return void loadReplays();
  const whole = feed.shown.value;
  if (whole?.of !== "whole") return;
  // While paused, the whole session does not change during the replay.
  feed.stream.hide();
  const onEnded = (): void => go({ ...here, replay: undefined }, "replace");
  replay.value = {
    feed: open({
      id: feed.id,
      view,
      whole: whole.tree,
      announced: feed.announced.value,
      onEnded,
    }),
    view,
  };
}

async function loadLists(): Promise<void> {
  try {
    openList.value = (await import("./sessions/feed.ts")).openListFeed;
  } catch {
    // The code of the page in its place says that it could not be loaded.
  }
}

async function loadReplays(): Promise<void> {
  try {
    opening.value = (await import("./session/replay/feed.ts")).openReplay;
  } catch {
    // The live session stays.
    const here = address.value;
    if (here.page === "session") go({ ...here, replay: undefined }, "replace");
  }
}

function closeReplay(): void {
  replay.value?.feed.close();
  replay.value = undefined;
}

const isSame = (a: ReplayView, b: ReplayView): boolean => String(replayParameters(a)) === String(replayParameters(b));
