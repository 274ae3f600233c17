import { useState } from "preact/hooks";
import type { Arrival, Arrivals } from "../../trace/stream-events.ts";
import { now } from "../server/clock.ts";
import { count, counted } from "../text/figures.ts";
import { KeptNote } from "../retention/kept-note.tsx";
import type { RetentionTold } from "../retention/retention.ts";
import { Hostile } from "../text/hostile.tsx";
import { Sign } from "../frame/icons.tsx";
import { ago, exactly, timeOfDay } from "../text/moments.ts";

/** What arrived last, at the foot of every page: the answer to "is my exporter arriving?". */
export function ArrivalsStrip({
  last,
  notKept,
  refused,
  kept,
  onOpen,
}: {
  last: readonly Arrival[];
  notKept?: Arrivals["notKept"] | undefined;
  /** What was refused last, anywhere: shown where it is none of `last`. */
  refused?: Arrival | undefined;
  /** For how long. */
  kept?: RetentionTold | undefined;
  onOpen?: (() => void) | undefined;
}) {
  const [open, setOpen] = useState(false);
  const newest = last[0];
  const elsewhere = refused !== undefined && !last.some((own) => isSame(own, refused)) ? refused : undefined;
  // Nothing is known yet, of which it could be said that nothing came.
  if (newest === undefined && notKept === undefined && elsewhere === undefined) return null;
  return (
    <footer class="arrivals">
      {open && (last.length > 0 || elsewhere !== undefined) ? (
        <ArrivalsTable last={elsewhere === undefined ? last : [elsewhere, ...last]} />
      ) : null}
      <button
        type="button"
        class="arrivals-bar"
        aria-expanded={open}
        disabled={last.length === 0 && elsewhere === undefined}
        onClick={() => {
          if (!open) onOpen?.();
          setOpen(!open);
        }}
      >
        <Sign name="chevron" />
        <span class="arrivals-label">Last arrival</span>
        {newest === undefined ? <span class="muted">nothing yet</span> : <Line arrival={newest} />}
        {elsewhere === undefined ? null : <Elsewhere refused={elsewhere} />}
        <NotKept counts={notKept} />
        <KeptNote told={kept} />
      </button>
    </footer>
  );
}

/** One delivery as its session tells it and as the receiver does, which look at their clocks one after the other. */
const isSame = (own: Arrival, refused: Arrival): boolean =>
  own.reason === refused.reason && Math.abs(own.at - refused.at) < SAME_MILLIS;
const SAME_MILLIS = 2_000;

function Line({ arrival }: { arrival: Arrival }) {
  return (
    <span class="arrivals-line">
      <span class="arrivals-pulse" key={arrival.at} aria-hidden="true" />
      <time title={exactly(arrival.at)}>{ago(arrival.at, now.value)}</time>
      {arrival.service === undefined ? null : <Hostile text={arrival.service} limit={60} />}
      <span class="muted">{`${arrival.signal === "traces" ? "" : `${arrival.signal}, `}${arrival.encoding ?? ""}`}</span>
      <span>{what(arrival)}</span>
      <Rejected arrival={arrival} />
    </span>
  );
}

/** What was refused is of no session: it is told on each. */
const Elsewhere = ({ refused }: { refused: Arrival }) => (
  <span class="arrivals-line arrivals-elsewhere" title="The newest that the receiver refused, of whatever session">
    <time title={exactly(refused.at)}>{ago(refused.at, now.value)}</time>
    {refused.service === undefined ? null : <Hostile text={refused.service} limit={60} />}
    <Rejected arrival={refused} />
  </span>
);

const what = (arrival: Arrival): string =>
  arrival.signal === "metrics" ? "accepted, not kept" : counted(arrival.accepted, unitOf(arrival));

const unitOf = ({ signal }: Arrival): string => (signal === "logs" ? "log record" : "span");

function Rejected({ arrival }: { arrival: Arrival }) {
  const { rejected, reason } = arrival;
  if (rejected === 0 && reason === undefined) return null;
  return (
    <span class="rejected">
      <Sign name="error" />
      {rejected > 0 ? `${counted(rejected, unitOf(arrival))} rejected` : "refused"}
      {reason === undefined ? null : (
        <>
          {": "}
          <Hostile text={reason} limit={300} />
        </>
      )}
    </span>
  );
}

function NotKept({ counts }: { counts: Arrivals["notKept"] | undefined }) {
  if (counts === undefined || counts.metrics === 0) return null;
  return (
    <span class="not-kept" title="Requests with metrics were accepted, so that exporters do not complain, and not kept">
      {`metrics ${count(counts.metrics)} accepted, not kept`}
    </span>
  );
}

function ArrivalsTable({ last }: { last: readonly Arrival[] }) {
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
          {last.map((arrival, index) => (
            <tr key={`${arrival.at}/${last.length - index}`}>
              <td>
                <time title={exactly(arrival.at)}>{timeOfDay(arrival.at)}</time>
              </td>
              <td>{arrival.service === undefined ? "" : <Hostile text={arrival.service} limit={80} />}</td>
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
