import type { ComponentChildren } from "preact";
import { liveness, type Status } from "../../trace/liveness.ts";
import type { SessionSummary, Tally } from "../../trace/summary.ts";
import { count, duration, shortCount, ticking } from "../figures.ts";
import { Hostile } from "../hostile.tsx";
import { Sign } from "../icons.tsx";
import { Link } from "../link.tsx";
import { ago, exactly, toMillis } from "../moments.ts";
import { StatusReason, StatusWord } from "../status.tsx";

export const LIST_COLUMNS = [
  "Status",
  "Session",
  "Models",
  "Spans",
  "Errors",
  "Tokens",
  "Duration",
  "Activity",
] as const;

/** One session's cells. `now` is the server's present, Unix milliseconds. */
export function SessionCells({ session, now }: { session: SessionSummary; now: number }) {
  const live = liveness(session.liveness, now);
  const heard = toMillis(session.liveness.lastArrival);
  return (
    <>
      <Cell class="cell-status">
        <StatusWord status={live.status} />
        <StatusReason liveness={live} />
      </Cell>
      <Cell class="cell-title">
        <Link class="row-link" to={{ page: "session", id: session.id, span: undefined }}>
          <Hostile text={session.title || session.id} />
        </Link>
        <span class="second">
          <Hostile text={whoTookPart(session)} limit={200} />
        </span>
      </Cell>
      <Cell class="cell-models">
        <Tallies tallies={session.models} />
      </Cell>
      <Cell class="number">
        <span>{count(session.spans)}</span>
        <span class="second unit">{session.spans === 1 ? "span" : "spans"}</span>
      </Cell>
      <Cell class={session.errors > 0 ? "number cell-errors some" : "number cell-errors none"}>
        {session.errors > 0 ? <Sign name="error" /> : null}
        <span>{session.errors > 0 ? count(session.errors) : "–"}</span>
        <span class="second unit">{session.errors === 1 ? "error" : "errors"}</span>
      </Cell>
      <Cell class={session.tokens.input + session.tokens.output === 0 ? "number none" : "number"}>
        <span title={`${count(session.tokens.input)} in, ${count(session.tokens.output)} out`}>
          {session.tokens.input + session.tokens.output === 0
            ? "–"
            : shortCount(session.tokens.input + session.tokens.output)}
        </span>
        <span class="second unit">tokens</span>
      </Cell>
      <Cell class="number">
        <span>{elapsed(session, live.status, now)}</span>
      </Cell>
      <Cell class="number cell-activity">
        <time title={exactly(heard)}>{ago(heard, now)}</time>
        {session.watchers > 0 ? (
          <span class="second watchers" title={`${count(session.watchers)} watching now`}>
            <Sign name="eye" label="watching" />
            {count(session.watchers)}
          </span>
        ) : null}
      </Cell>
    </>
  );
}

const Cell = ({ class: name, children }: { class: string; children: ComponentChildren }) => (
  <div role="cell" class={`cell ${name}`}>
    {children}
  </div>
);

/** Agents where it has any, else the services; then its id where the title is not it already. */
function whoTookPart(session: SessionSummary): string {
  const agents = session.agents.map((tally) => tally.name);
  const who = (agents.length > 0 ? agents : session.services).slice(0, 4).join(", ");
  return [who, session.title === session.id ? "" : session.id].filter(Boolean).join(" · ");
}

function Tallies({ tallies }: { tallies: readonly Tally[] }) {
  const [first, second] = tallies;
  return (
    <>
      {first === undefined ? <span class="muted">–</span> : <Hostile text={first.name} limit={60} />}
      {second === undefined ? null : (
        <span class="second">
          <Hostile text={tallies.length === 2 ? second.name : `and ${tallies.length - 1} more`} limit={60} />
        </span>
      )}
    </>
  );
}

/** Ticks while something is open and heard of; else the time between its first and its last moment. */
function elapsed(session: SessionSummary, status: Status, now: number): string {
  const { running, awaitedParents } = session.liveness;
  if ((status === "running" || status === "waiting") && running + awaitedParents > 0)
    return ticking(now - toMillis(session.start));
  return duration(BigInt(session.end) - BigInt(session.start));
}
