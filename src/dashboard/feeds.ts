import { computed, effect, signal, untracked } from "@preact/signals";
import { type ListFeed, listUrl, openListFeed } from "./list/list-feed.ts";
import { address, go } from "./address/location.ts";
import { openSessionFeed, type SessionFeed } from "./session/session-feed.ts";

/** What the page follows: one stream a tab. The list waits behind a session, so that Back finds it as it was. */
const list = signal<ListFeed | undefined>(undefined);
const session = signal<SessionFeed | undefined>(undefined);

export const listFeed = computed(() => list.value);
export const sessionFeed = computed(() => session.value);

const wanted = computed(() => {
  const { value } = address;
  if (value.page === "list") return `list/${listUrl(value.view)}`;
  return value.page === "session" ? `session/${value.id}` : "";
});

/** Opens, sets aside and closes feeds as the address asks. Call once. */
export function followAddress(): void {
  effect(() => {
    void wanted.value;
    // Untracked: opening a stream reads signals of its own.
    untracked(follow);
  });
  effect(() => {
    const state = session.value?.stream.state.value;
    // The session lives on under another name: so does what the reader looks at.
    if (state?.state !== "ended" || state.how !== "moved") return;
    const here = address.peek();
    go({ page: "session", id: state.to, span: here.page === "session" ? here.span : undefined }, "replace");
  });
}

function follow(): void {
  const to = address.value;
  if (to.page !== "session" || session.value?.id !== to.id) {
    session.value?.close();
    session.value = undefined;
  }
  if (to.page !== "list") list.value?.stream.hide();
  else if (list.value?.url === listUrl(to.view)) list.value.stream.show();
  else {
    list.value?.close();
    list.value = openListFeed(to.view);
  }
  if (to.page === "session" && session.value === undefined) session.value = openSessionFeed(to.id);
}
