import { type Liveness, type Status, statusWord } from "../../session/liveness.ts";
import { count, ticking } from "../../lib/figures.ts";
import { UntrustedText } from "./untrusted-text.tsx";
import { StatusIcon } from "./icons.tsx";

/** Icon and word, in the status's colour. */
export const StatusWord = ({ status }: { status: Status }) => (
  <span class={`status status-${status}`}>
    <StatusIcon status={status} />
    {statusWord(status)}
  </span>
);

type Waiting = NonNullable<Liveness["waiting"]>;

/** The source of an input request: "book_hotel of Plan a trip". Empty if unknown. */
export const requesterOf = ({ tool, query }: Pick<Waiting, "tool" | "query">): string =>
  [tool, query].filter((name) => name !== undefined).join(" of ");

/** The reason of a status, if there is one: "on tool.search · 4 m 12 s". */
export function StatusReason({ liveness }: { liveness: Liveness }) {
  const { status, open, waiting, silentMillis, missingParents } = liveness;
  if (waiting !== undefined) return <span class="reason">{`for ${ticking(waiting.forMillis)}`}</span>;
  if (status === "stalled" || status === "idle") {
    return (
      <span class="reason">
        {open === undefined ? (
          `no data for ${ticking(silentMillis)}`
        ) : (
          <>
            <span class="reason-name">
              {status === "stalled" ? "on " : "waiting for "}
              <UntrustedText text={open.name} limit={80} />
            </span>
            <span class="reason-long">{` · ${ticking(open.forMillis)}`}</span>
          </>
        )}
      </span>
    );
  }
  if (missingParents === 0) return null;
  return (
    <span class="reason" title="Spans name them as their parents, but they were not received">
      {missingParents === 1 ? "1 parent not received" : `${count(missingParents)} parents not received`}
    </span>
  );
}
