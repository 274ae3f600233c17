import { computed } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { shortId } from "../../../session/tree/closed-rows.ts";
import type { SessionAddress } from "../../address/address.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ActionIcon } from "../../ui/action-icons.tsx";
import { Icon } from "../../ui/icons.tsx";
import { keyOf, SESSION_KEYS } from "../../keymap.ts";
import { go } from "../../address/location.ts";
import { NotifyButton } from "../../notify/notify-button.tsx";
import { readRetention } from "../../frame/retention.ts";
import type { SessionFeed } from "../feed.ts";
import { replayOf } from "../../address/replay-view.ts";
import { lazily } from "../../ui/lazy.tsx";
import { wantRerun } from "../rerun/wanted.ts";
import type { MenuProps } from "./menu.tsx";
import "./actions.css";

const MENU_ID = "session-menu";
const Menu = lazily<MenuProps>(async () => (await import("./menu.tsx")).SessionMenu);

export type SessionActionsProps = {
  readonly feed: SessionFeed;
  readonly here: SessionAddress;
};

/** What can be done with a session: share, run again, replay; details, export and deletion in a menu. */
export function SessionActions({ feed, here }: SessionActionsProps) {
  const [open, setOpen] = useState(false);
  // Nothing else of it is drawn: a batch changes no button.
  const hasQuery = useMemo(() => computed(() => (feed.shown.value?.queries.length ?? 0) > 0), [feed]).value;
  const rerun = (): void => {
    const { queries = [] } = feed.shown.peek() ?? {};
    const query = queries.find((one) => shortId(one) === here.turn) ?? queries[0];
    if (query === undefined) return;
    wantRerun(query.key);
    go({ ...here, span: query.key }, here.span === undefined ? "push" : "replace");
  };
  return (
    <span class="session-actions">
      <NotifyButton subject={{ session: feed.id }} />
      <CopyButton text={() => location.href} label="Copy a link to what you see" word="Share" />
      {hasQuery ? (
        <button type="button" class="button" title="Request, manifest, where it stopped" onClick={rerun}>
          <ActionIcon name="rerun" />
          Rerun
        </button>
      ) : null}
      {here.replay === undefined ? (
        <button
          type="button"
          class="button"
          title={`Replay the session (${keyOf(SESSION_KEYS, "replay")})`}
          onClick={() => {
            const tree = feed.shown.peek()?.tree;
            if (tree !== undefined) go({ ...here, replay: replayOf(Number(tree.end - tree.start) / 1e6) });
          }}
        >
          <Icon name="replay" />
          Replay
        </button>
      ) : null}
      <button
        type="button"
        class="button bare"
        popovertarget={MENU_ID}
        title="Details, export, delete"
        aria-label="Details, export, delete"
      >
        <ActionIcon name="more" />
      </button>
      <div id={MENU_ID} class="session-menu" popover="auto" onToggle={(event) => setOpen(event.newState === "open")}>
        {open ? <OpenMenu feed={feed} /> : null}
      </div>
    </span>
  );
}

function OpenMenu({ feed }: Pick<SessionActionsProps, "feed">) {
  const shown = feed.shown.value;
  if (shown === undefined) return null;
  return <Menu.Part id={feed.id} summary={shown.summary} retention={readRetention(feed.announced.value?.retention)} />;
}
