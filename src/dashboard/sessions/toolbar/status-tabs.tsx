import { useEffect, useRef } from "preact/hooks";
import type { ListCounts } from "../../../session/contract/directory.ts";
import { liveness, type Status } from "../../../session/liveness.ts";
import type { SessionSummary } from "../../../session/summary.ts";
import { count } from "../../../lib/figures.ts";
import { StatusIcon } from "../../ui/icons.tsx";
import { Link } from "../../ui/link.tsx";
import { statusWord } from "../../ui/status.tsx";
import type { ListView } from "../../address/list-view.ts";

/** Open statuses first, then final ones. */
const TABS: readonly Status[] = ["running", "waiting", "stalled", "idle", "failed", "finished"];

/** Tabs for all sessions and for each status, with counts. */
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
      {TABS.map((status) => (
        <Link
          key={status}
          class={counts?.[status] === 0 ? "tab tab-none" : `tab tab-${status}`}
          to={to([status])}
          current={view.statuses.includes(status)}
        >
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

/** Counts without a request, if all sessions are loaded. `now`: Unix milliseconds. */
export function countStatuses(sessions: readonly SessionSummary[], now: number): ListCounts {
  const counts = { all: sessions.length, waiting: 0, stalled: 0, running: 0, idle: 0, failed: 0, finished: 0 };
  for (const session of sessions) counts[liveness(session.liveness, now).status]++;
  return counts;
}
