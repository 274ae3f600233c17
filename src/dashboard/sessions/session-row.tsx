import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { count, counted, duration, shortCount, ticking } from "../../lib/figures.ts";
import { liveness, type Status } from "../../session/liveness.ts";
import type { NowLine, SessionSummary } from "../../session/summary.ts";
import { Ago, Since, useClocked } from "../ui/clocks.tsx";
import { hasCost } from "../../session/cost-text.ts";
import { Cost } from "../ui/cost.tsx";
import { Icon } from "../ui/icons.tsx";
import { Link } from "../ui/link.tsx";
import { memoized } from "../ui/memoized.tsx";
import { toMillis } from "../ui/moments.ts";
import { ProducerIcon, producerName } from "../ui/producer.tsx";
import { titleOf } from "../ui/session-title.ts";
import { requesterOf, StatusReason, StatusWord } from "../ui/status.tsx";
import { oneLine, UntrustedText } from "../ui/untrusted-text.tsx";
import { StepStrip } from "./step-strip.tsx";

/** The time up to which the list is complete, Unix milliseconds. */
type Clock = ReadonlySignal<number>;

type RowProps = {
  readonly session: SessionSummary;
  readonly status: Status;
  readonly clock: Clock;
  readonly index: number;
  /** Pixels from the top of all rows. */
  readonly top: number;
  readonly height: number;
  /** All rows are one stop of the Tab key: the one where the reader was last. */
  readonly isTabStop: boolean;
};

/** A row with its cells. It renders again when its session or its status changes; clocks change their own texts only. */
export const SessionRow = memoized<RowProps>(({ session, status, clock, index, top, height, isTabStop }) => {
  const { waiting } = session.liveness;
  const span = status === "waiting" ? waiting?.span : undefined;
  return (
    <div
      role="row"
      class="session-row"
      data-index={index}
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
    >
      <Cell class="cell-status">
        <StatusWord status={status} />
        <Reason session={session} status={status} clock={clock} />
      </Cell>
      <Cell class="cell-title">
        <Link
          class="row-link"
          to={{ page: "session", id: session.id, span }}
          tabIndex={isTabStop ? 0 : -1}
          {...(span === undefined ? {} : { title: "Show the request" })}
        >
          <UntrustedText text={titleOf(session)} />
        </Link>
        <SecondLine session={session} status={status} clock={clock} />
      </Cell>
      <Who session={session} />
      <Cell class="cell-steps">
        <StepStrip steps={session.steps ?? ""} />
        <span class="second">{recordsOf(session)}</span>
      </Cell>
      <Errors session={session} />
      <Figures session={session} />
      <Cell class="number cell-duration">
        <Elapsed session={session} status={status} clock={clock} />
      </Cell>
      <Cell class="number cell-started">
        <Ago millis={toMillis(session.start)} clock={clock} />
        <span class="second cell-activity">
          <Watchers count={session.watchers} />
          <Ago millis={toMillis(session.liveness.lastArrival)} clock={clock} />
        </span>
      </Cell>
    </div>
  );
});

/** Sessions of some coding agents begin with log records alone. */
const recordsOf = ({ spans, logRecords = 0 }: SessionSummary): string =>
  spans === 0 && logRecords > 0 ? counted(logRecords, "log record") : counted(spans, "span");

const Cell = ({ class: name, children }: { class: string; children: ComponentChildren }) => (
  <div role="cell" class={`cell ${name}`}>
    {children}
  </div>
);

type Live = Pick<RowProps, "session" | "status" | "clock">;

/** The reason ticks with the status that it explains. */
function Reason({ session, status, clock }: Live) {
  const isTicking = status === "waiting" || status === "stalled" || status === "idle";
  const now = isTicking ? clock.value : clock.peek();
  return <StatusReason liveness={liveness(session.liveness, now)} />;
}

/** An open question comes first, then what the session does, then for whom. */
function SecondLine({ session, status, clock }: Live) {
  const { nowLine, liveness: facts } = session;
  if (status === "waiting" && facts.waiting !== undefined) return <Question waiting={facts.waiting} />;
  if (nowLine !== undefined && (status === "running" || status === "stalled" || status === "idle"))
    return <Now line={nowLine} status={status} clock={clock} />;
  return (
    <span class="second">
      <UntrustedText text={session.damaged ? "Damaged" : aside(session)} limit={200} />
    </span>
  );
}

function Question({ waiting }: { waiting: NonNullable<SessionSummary["liveness"]["waiting"]> }) {
  const requester = requesterOf(waiting);
  return (
    <span class="second second-line question" title={oneLine(waiting.question)}>
      <UntrustedText text={waiting.question} limit={200} />
      {requester === "" ? null : (
        <span class="muted">
          <UntrustedText text={requester} limit={80} />
        </span>
      )}
    </span>
  );
}

/** `engineer ▸ run_sql 12 s`. A stalled session's step has no clock: its status has one. */
function Now({ line, status, clock }: { line: NowLine; status: Status; clock: Clock }) {
  const { agent, kind, step, state, since } = line;
  const isRunning = state === "running";
  return (
    <span class="second second-line row-now">
      {isRunning ? null : <span class="now-after">after</span>}
      {agent === undefined ? null : (
        <span class="now-agent kind-agent">
          <UntrustedText text={agent} limit={60} />
          {" ▸"}
        </span>
      )}
      <span class={`now-step kind-${kind}`}>
        <UntrustedText text={step} limit={80} />
      </span>
      {status === "stalled" ? null : (
        <span class="now-since">
          {isRunning ? (
            <Since millis={toMillis(since)} clock={clock} />
          ) : (
            <Ago millis={toMillis(since)} clock={clock} />
          )}
        </span>
      )}
    </span>
  );
}

/** The users; then the id, unless the title is the id. */
function aside(session: SessionSummary): string {
  const { users, id } = session;
  const whom = users.length === 0 ? "" : `for ${users.slice(0, 2).join(", ")}`;
  return [whom, titleOf(session) === id ? "" : id].filter(Boolean).join(" · ");
}

/** Agents, else the producer, else services; and the models. */
function Who({ session }: { session: SessionSummary }) {
  const { producer, agents, services, models } = session;
  const names = agents.length > 0 ? agents.map(({ name }) => name) : services;
  const name = names.length === 0 || (agents.length === 0 && producer !== undefined) ? "" : several(names);
  return (
    <Cell class="cell-who">
      <span class="who">
        {producer === undefined ? null : <ProducerIcon producer={producer} />}
        {producer === undefined ? null : <span class="visually-hidden">{`${producerName(producer)} `}</span>}
        <span class="who-name">
          {name === "" ? (
            producer === undefined ? (
              "–"
            ) : (
              producerName(producer)
            )
          ) : (
            <UntrustedText text={name} limit={80} />
          )}
        </span>
      </span>
      <span class="second">
        <UntrustedText text={several(models.map((tally) => tally.name))} limit={80} />
      </span>
    </Cell>
  );
}

/** "planner, writer and 3 more" */
function several(names: readonly string[]): string {
  const shown = names.slice(0, 2).join(", ");
  return names.length <= 2 ? shown : `${shown} and ${count(names.length - 2)} more`;
}

const NO_CAUSES: NonNullable<SessionSummary["causes"]> = [];

/** The number of causes, and the most frequent one by name. */
function Errors({ session }: { session: SessionSummary }) {
  const { errors } = session;
  const causes = session.causes ?? NO_CAUSES;
  if (errors === 0) {
    return (
      <Cell class="cell-errors none">
        <span class="muted">–</span>
      </Cell>
    );
  }
  const [first] = causes;
  const title = causes
    .map(({ name, reason, count: times }) => `${times} × ${name}${reason === undefined ? "" : `: ${reason}`}`)
    .join("\n");
  return (
    <Cell class="cell-errors some">
      <span class="error-line" title={oneLine(title, 400)}>
        <Icon name="error" />
        <span class="error-count">{count(errors)}</span>
        <span class="unit">{errors === 1 ? "error" : "errors"}</span>
        {first === undefined ? null : (
          <span class="error-name">
            <UntrustedText text={first.name} limit={60} />
          </span>
        )}
      </span>
      {first?.reason === undefined ? null : (
        <span class="second">
          <UntrustedText text={first.reason} limit={100} />
        </span>
      )}
    </Cell>
  );
}

function Figures({ session }: { session: SessionSummary }) {
  const tokens = session.tokens.input + session.tokens.output;
  return (
    <>
      <Cell class={tokens === 0 ? "number cell-tokens none" : "number cell-tokens"}>
        <span title={`${count(session.tokens.input)} in, ${count(session.tokens.output)} out`}>
          {tokens === 0 ? "–" : shortCount(tokens)}
        </span>
        <span class="unit">tokens</span>
      </Cell>
      <Cell class={hasCost(session) ? "number cell-cost" : "number cell-cost none"}>
        <Cost summary={session} />
        {session.cost === undefined || session.cost === 0 ? null : (
          <span class="cost-bar" aria-hidden="true" style={{ "--cost": session.cost }} />
        )}
      </Cell>
    </>
  );
}

/** Ticks while the session runs; afterwards the time between its start and end. */
function Elapsed({ session, status, clock }: Live) {
  const { running, awaitedParents } = session.liveness;
  const isOpen = (status === "running" || status === "waiting") && running + awaitedParents > 0;
  const text = useClocked(
    () =>
      isOpen ? ticking(clock.value - toMillis(session.start)) : duration(BigInt(session.end) - BigInt(session.start)),
    [session, isOpen, clock],
  );
  return <span>{text}</span>;
}

/** The reader is one of them. */
function Watchers({ count: watchers }: { count: number }) {
  if (watchers < 2) return null;
  return (
    <span class="watchers" title={`${count(watchers)} watching now`}>
      <Icon name="eye" label="watching" />
      {count(watchers)}
    </span>
  );
}
