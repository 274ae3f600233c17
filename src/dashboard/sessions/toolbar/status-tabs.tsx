import { useEffect, useRef } from "preact/hooks";
import type { ListCounts } from "../../../session/contract/directory.ts";
import type { Status } from "../../../session/liveness.ts";
import { count } from "../../../lib/figures.ts";
import { StatusIcon } from "../../ui/icons.tsx";
import { Link } from "../../ui/link.tsx";
import { statusWord } from "../../../session/liveness.ts";
import type { ListView } from "../../address/list-view.ts";

/** What needs the reader first, then open statuses, then final ones. */
const TABS: readonly Status[] = ["waiting", "stalled", "running", "idle", "failed", "finished"];

/** Tabs for all sessions and for each status that a session has, with counts. */
export function StatusTabs({ view, counts }: { view: ListView; counts: ListCounts | undefined }) {
  const to = (statuses: readonly Status[]) => ({ page: "list", view: { ...view, statuses } }) as const;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    // If the tabs do not fit, the chosen one scrolls into view.
    place.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view.statuses]);
  return (
    <nav class="tabs" aria-label="Status" ref={place}>
      <Link class="tab" to={to([])} current={view.statuses.length === 0}>
        All
        <Count value={counts?.all} />
      </Link>
      {TABS.filter((status) => (counts?.[status] ?? 0) > 0 || view.statuses.includes(status)).map((status) => (
        <Link key={status} class={`tab tab-${status}`} to={to([status])} current={view.statuses.includes(status)}>
          <StatusIcon status={status} />
          {statusWord(status)}
          <Count value={counts?.[status]} />
        </Link>
      ))}
    </nav>
  );
}

const Count = ({ value }: { value: number | undefined }) => (
  <span class="tab-count">{value === undefined ? "" : count(value)}</span>
);
