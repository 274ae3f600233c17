import { useState } from "preact/hooks";
import type { RecentExport, RecentExports, RefusedExport } from "../../session/contract/stream-events.ts";
import { now, serverNow } from "../clock.ts";
import { counted } from "../../lib/figures.ts";
import { RetentionNote } from "./retention-note.tsx";
import type { KnownRetention } from "./retention.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Ago } from "../ui/clocks.tsx";
import { Icon } from "../ui/icons.tsx";
import { dismissed } from "./dismissals.ts";
import { exportRows, refusalsOf, shownRefusal } from "./refusals.ts";
import { RefusedNote, unitOf } from "./refused-note.tsx";
import { lazily } from "../ui/lazy.tsx";
import type { ExportsTableProps } from "./exports-table.tsx";
import "./recent-exports.css";

const Table = lazily<ExportsTableProps>(async () => (await import("./exports-table.tsx")).ExportsTable, null);

const NO_REFUSALS: readonly RefusedExport[] = [];

export type RecentExportsProps = {
  readonly last: readonly RecentExport[];
  readonly dropped?: RecentExports["dropped"] | undefined;
  /** The receiver's refusals, of all sessions. */
  readonly refused?: readonly RefusedExport[] | undefined;
  /** How long sessions are stored. */
  readonly retention?: KnownRetention | undefined;
  readonly onOpen?: (() => void) | undefined;
};

/** The latest exports, in the footer of every page. They answer "does my exporter reach the server?". */
export function RecentExportsStrip({ last, dropped, refused = NO_REFUSALS, retention, onOpen }: RecentExportsProps) {
  const [open, setOpen] = useState(false);
  const newest = last[0];
  const refusals = refusalsOf(last, refused);
  const shown = shownRefusal(refusals, dismissed.value);
  // Nothing was loaded yet, so "none yet" could be wrong.
  if (newest === undefined && dropped === undefined && refusals.length === 0) return null;
  const isEmpty = newest === undefined && refusals.length === 0;
  return (
    <footer class="exports">
      {open && !isEmpty ? <Table.Part rows={exportRows(last, refusals)} /> : null}
      {/* A click beside the button counts as a click on it. */}
      <div
        class="exports-bar"
        role="presentation"
        onClick={() => {
          if (isEmpty) return;
          if (!open) onOpen?.();
          setOpen(!open);
        }}
      >
        <button type="button" class="exports-toggle" aria-expanded={open} disabled={isEmpty}>
          <Icon name="chevron" />
          <span class="exports-label">Last export</span>
          {newest === undefined ? <span class="muted">none yet</span> : <Line last={newest} />}
        </button>
        {shown === undefined ? null : <RefusedNote refused={shown} known={refusals} />}
        <DroppedNote counts={dropped} />
        <RetentionNote retention={retention} />
      </div>
    </footer>
  );
}

function Line({ last }: { last: RecentExport }) {
  return (
    <span class="exports-line">
      <span class={`exports-pulse${isNew(last) ? " is-new" : ""}`} key={last.at} aria-hidden="true" />
      <Ago millis={last.at} clock={now} />
      {last.service === undefined ? null : <UntrustedText text={last.service} limit={60} />}
      <span class="muted">{`${last.signal === "traces" ? "" : `${last.signal}, `}${last.encoding ?? ""}`}</span>
      <span>{outcomeOf(last)}</span>
    </span>
  );
}

/** Milliseconds. An export of a log that is being loaded came long ago. */
const NEW = 5_000;

const isNew = ({ at }: RecentExport): boolean => serverNow() - at < NEW;

const outcomeOf = (line: RecentExport): string =>
  line.signal === "metrics" ? "accepted, dropped" : counted(line.accepted, unitOf(line));

function DroppedNote({ counts }: { counts: RecentExports["dropped"] | undefined }) {
  if (counts === undefined || counts.metrics === 0) return null;
  return (
    <span class="dropped" title="Requests with metrics are accepted, so that exporters report no errors, and dropped">
      {`${counted(counts.metrics, "metrics request")} dropped`}
    </span>
  );
}
