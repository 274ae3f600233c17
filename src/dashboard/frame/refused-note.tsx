import type { RecentExport, RefusedExport } from "../../session/contract/stream-events.ts";
import { Icon } from "../ui/icons.tsx";
import { now } from "../clock.ts";
import { count, counted } from "../../lib/figures.ts";
import { Ago, useClocked } from "../ui/clocks.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { exactly } from "../ui/moments.ts";
import { dismiss } from "./dismissals.ts";
import { isOld } from "./refusals.ts";

/** The newest refusal, beside the last export, until the reader dismisses it. `known`: all refusals. */
export function RefusedNote({ refused, known }: { refused: RefusedExport; known: readonly RefusedExport[] }) {
  return (
    <span class="exports-line exports-refused">
      <Ago millis={refused.at} clock={now} />
      {refused.service === undefined ? null : <UntrustedText text={refused.service} limit={60} />}
      <Rejected row={refused} />
      <button
        type="button"
        class="button bare exports-dismiss"
        aria-label="Dismiss this refusal"
        title="Dismiss until it happens again"
        onClick={(event) => {
          // A click on the bar around it opens the table.
          event.stopPropagation();
          dismiss(refused, known);
        }}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

export const unitOf = ({ signal }: RecentExport): string => (signal === "logs" ? "log record" : "span");

/** Red while the refusal is recent. */
export function Rejected({ row }: { row: RecentExport | RefusedExport }) {
  const { at, rejected, reason } = row;
  const old = useClocked(() => isOld(at, now.value), [at]);
  if (rejected === 0 && reason === undefined) return null;
  return (
    <span class={old.value ? "rejected is-old" : "rejected"}>
      <Icon name="error" />
      <span class="rejected-words">
        {rejected > 0 ? `${counted(rejected, unitOf(row))} rejected` : "refused"}
        {"count" in row ? <Repeats refused={row} /> : null}
        {reason === undefined ? null : (
          <>
            {": "}
            <UntrustedText text={reason} limit={300} />
          </>
        )}
      </span>
    </span>
  );
}

function Repeats({ refused }: { refused: RefusedExport }) {
  const { count: times, firstAt, status } = refused;
  const code = status === 200 ? "" : ` (${status})`;
  if (times === 1) return <>{code}</>;
  return (
    <>
      {`${code} `}
      <span title={`${count(times)} times since ${exactly(firstAt)}`}>{`×\u00a0${count(times)}`}</span>
    </>
  );
}
