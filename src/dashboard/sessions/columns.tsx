import type { ComponentChildren } from "preact";
import type { ListSort } from "../../session/contract/directory.ts";
import { type Liveness, liveness, type Status } from "../../session/liveness.ts";
import type { SessionSummary, Tally } from "../../session/summary.ts";
import { count, duration, shortCount, ticking } from "../../lib/figures.ts";
import { Cost, hasCost } from "../ui/cost.tsx";
import { oneLine, UntrustedText } from "../ui/untrusted-text.tsx";
import { Icon } from "../ui/icons.tsx";
import { Link } from "../ui/link.tsx";
import { ago, exactly, toMillis } from "../ui/moments.ts";
import { requesterOf, StatusReason, StatusWord } from "../ui/status.tsx";

/** `sort`: the order that a click on the header sets. `name`: the class of the column's cells. */
export type ListColumn = { readonly word: string; readonly name: string; readonly sort?: ListSort };

export const LIST_COLUMNS: readonly ListColumn[] = [
  { word: "Status", name: "cell-status" },
  { word: "Session", name: "cell-title" },
  { word: "Models", name: "cell-models" },
  { word: "Spans", name: "number" },
  { word: "Errors", name: "number", sort: "errors" },
  { word: "Tokens", name: "number", sort: "tokens" },
  { word: "Cost", name: "number", sort: "cost" },
  { word: "Duration", name: "number", sort: "duration" },
  { word: "Started", name: "number cell-started", sort: "start" },
  { word: "Activity", name: "number cell-activity", sort: "activity" },
];

/** One session's cells. `now` is the server's present, Unix milliseconds. */
export function SessionCells({ session, now }: { session: SessionSummary; now: number }) {
  const live = liveness(session.liveness, now);
  const received = toMillis(session.liveness.lastArrival);
  return (
    <>
      <Cell class="cell-status">
        <StatusWord status={live.status} />
        <StatusReason liveness={live} />
      </Cell>
      <Cell class="cell-title">
        <Link class="row-link" to={{ page: "session", id: session.id, span: undefined }}>
          <UntrustedText text={session.title || session.id} />
        </Link>
        <span class="second">
          <SecondLine session={session} live={live} />
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
        {session.errors > 0 ? <Icon name="error" /> : null}
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
      <Cell class={hasCost(session) ? "number" : "number none"}>
        <Cost summary={session} />
      </Cell>
      <Cell class="number">
        <span>{elapsed(session, live.status, now)}</span>
      </Cell>
      <Cell class="number cell-started">
        <time title={exactly(toMillis(session.start))}>{ago(toMillis(session.start), now)}</time>
      </Cell>
      <Cell class="number cell-activity">
        <time title={exactly(received)}>{ago(received, now)}</time>
        {session.watchers > 0 ? (
          <span class="second watchers" title={`${count(session.watchers)} watching now`}>
            <Icon name="eye" label="watching" />
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

/** An input request comes before the participants. */
function SecondLine({ session, live }: { session: SessionSummary; live: Liveness }) {
  if (live.waiting === undefined) return <UntrustedText text={participants(session)} limit={200} />;
  const { question, span } = live.waiting;
  const requester = requesterOf(live.waiting);
  return (
    <span class="input-request-line" title={oneLine(question)}>
      <Link to={{ page: "session", id: session.id, span }} class="input-request-link" title="Show the request">
        <UntrustedText text={question} limit={200} />
      </Link>
      {requester === "" ? null : (
        <span class="muted">
          <UntrustedText text={requester} limit={80} />
        </span>
      )}
    </span>
  );
}

/** Agents, or services if there are none; the users; then the id, unless the title is the id. */
function participants(session: SessionSummary): string {
  const agents = session.agents.map((tally) => tally.name);
  const names = (agents.length > 0 ? agents : session.services).slice(0, 4).join(", ");
  const users = session.users.length === 0 ? "" : `for ${session.users.slice(0, 2).join(", ")}`;
  return [names, users, session.title === session.id ? "" : session.id].filter(Boolean).join(" · ");
}

function Tallies({ tallies }: { tallies: readonly Tally[] }) {
  const [first, second] = tallies;
  return (
    <>
      {first === undefined ? <span class="muted">–</span> : <UntrustedText text={first.name} limit={60} />}
      {second === undefined ? null : (
        <span class="second">
          <UntrustedText text={tallies.length === 2 ? second.name : `and ${tallies.length - 1} more`} limit={60} />
        </span>
      )}
    </>
  );
}

/** Ticks while the session runs; afterwards the time between its start and end. */
function elapsed(session: SessionSummary, status: Status, now: number): string {
  const { running, awaitedParents } = session.liveness;
  if ((status === "running" || status === "waiting") && running + awaitedParents > 0)
    return ticking(now - toMillis(session.start));
  return duration(BigInt(session.end) - BigInt(session.start));
}
