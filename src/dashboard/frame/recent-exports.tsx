import { useState } from "preact/hooks";
import type { RecentExport, RecentExports, RefusedExport } from "../../session/contract/stream-events.ts";
import { now } from "../clock.ts";
import { count, counted } from "../ui/figures.ts";
import { KeptNote } from "./retention-note.tsx";
import type { RetentionTold } from "./retention.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Sign } from "../ui/icons.tsx";
import { ago, exactly, timeOfDay } from "../ui/moments.ts";
import { dismissed } from "./dismissals.ts";
import { exportRows, refusalsOf, shownRefusal } from "./refusals.ts";
import { RefusedNote, Rejected, unitOf } from "./refused-note.tsx";

const NO_REFUSALS: readonly RefusedExport[] = [];

/** What arrived last, at the foot of every page: the answer to "is my exporter arriving?". */
export function RecentExportsStrip({
  last,
  dropped,
  refused = NO_REFUSALS,
  kept,
  onOpen,
}: {
  last: readonly RecentExport[];
  dropped?: RecentExports["dropped"] | undefined;
  /** The receiver's refusals, of whatever session. */
  refused?: readonly RefusedExport[] | undefined;
  /** For how long. */
  kept?: RetentionTold | undefined;
  onOpen?: (() => void) | undefined;
}) {
  const [open, setOpen] = useState(false);
  const newest = last[0];
  const refusals = refusalsOf(last, refused);
  const shown = shownRefusal(refusals, dismissed.value);
  // Nothing is known yet, of which it could be said that nothing came.
  if (newest === undefined && dropped === undefined && refusals.length === 0) return null;
  const isEmpty = newest === undefined && refusals.length === 0;
  return (
    <footer class="recentExports">
      {open && !isEmpty ? <ArrivalsTable rows={exportRows(last, refusals)} /> : null}
      {/* A click beside the button is a click on it. */}
      <div
        class="arrivals-bar"
        role="presentation"
        onClick={() => {
          if (isEmpty) return;
          if (!open) onOpen?.();
          setOpen(!open);
        }}
      >
        <button type="button" class="arrivals-toggle" aria-expanded={open} disabled={isEmpty}>
          <Sign name="chevron" />
          <span class="arrivals-label">Last arrival</span>
          {newest === undefined ? <span class="muted">nothing yet</span> : <Line arrival={newest} />}
        </button>
        {shown === undefined ? null : <RefusedNote refused={shown} known={refusals} />}
        <NotKept counts={dropped} />
        <KeptNote told={kept} />
      </div>
    </footer>
  );
}

function Line({ arrival }: { arrival: RecentExport }) {
  return (
    <span class="arrivals-line">
      <span class="arrivals-pulse" key={arrival.at} aria-hidden="true" />
      <time title={exactly(arrival.at)}>{ago(arrival.at, now.value)}</time>
      {arrival.service === undefined ? null : <UntrustedText text={arrival.service} limit={60} />}
      <span class="muted">{`${arrival.signal === "traces" ? "" : `${arrival.signal}, `}${arrival.encoding ?? ""}`}</span>
      <span>{what(arrival)}</span>
    </span>
  );
}

const what = (arrival: RecentExport): string =>
  arrival.signal === "metrics" ? "accepted, not kept" : counted(arrival.accepted, unitOf(arrival));

function NotKept({ counts }: { counts: RecentExports["dropped"] | undefined }) {
  if (counts === undefined || counts.metrics === 0) return null;
  return (
    <span class="not-kept" title="Requests with metrics were accepted, so that exporters do not complain, and not kept">
      {`metrics ${count(counts.metrics)} accepted, not kept`}
    </span>
  );
}

function ArrivalsTable({ rows }: { rows: readonly (RecentExport | RefusedExport)[] }) {
  return (
    <div class="arrivals-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Service</th>
            <th scope="col">Signal</th>
            <th scope="col">Encoding</th>
            <th scope="col" class="number">
              Spans
            </th>
            <th scope="col">Rejected</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((arrival, index) => (
            <tr key={`${arrival.at}/${rows.length - index}`}>
              <td>
                <time title={exactly(arrival.at)}>{timeOfDay(arrival.at)}</time>
              </td>
              <td>{arrival.service === undefined ? "" : <UntrustedText text={arrival.service} limit={80} />}</td>
              <td>{arrival.signal}</td>
              <td>{arrival.encoding}</td>
              <td class="number">{arrival.signal === "metrics" ? "not kept" : count(arrival.accepted)}</td>
              <td>
                <Rejected arrival={arrival} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
