import type { ComponentChildren } from "preact";
import { type Liveness } from "../../../session/liveness.ts";
import type { SessionSummary, Tally } from "../../../session/summary.ts";
import { count, shortCount } from "../../../lib/figures.ts";
import { Cost, costTitle, hasCost } from "../../ui/cost.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import { Icon } from "../../ui/icons.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { ExpiryWarning } from "../../frame/retention-note.tsx";
import type { KnownRetention } from "../../frame/retention.ts";
import { tokensText } from "../panel/span-facts.tsx";
import { InputRequestView, StatusReason, StatusWord } from "../../ui/status.tsx";

/** The session's title, status and totals. */
export function SessionHeader(props: {
  summary: SessionSummary;
  live: Liveness;
  /** Whether the shown state is up to date. */
  connection: "live" | "lost";
  /** In words. */
  elapsed: string;
  retention: KnownRetention | undefined;
  /** Unix milliseconds. */
  now: number;
  /** Goes to the row of the input request, if there is one. */
  toRequest: (() => void) | undefined;
  children: ComponentChildren;
}) {
  const { summary, live, connection, elapsed } = props;
  return (
    <header class="session-summary">
      <div class="summary-title">
        <h1>
          <UntrustedText text={summary.title || summary.id} limit={400} />
        </h1>
        <span class="summary-status">
          <StatusWord status={live.status} />
          <StatusReason liveness={live} />
          <ExpiryWarning retention={props.retention} now={props.now} />
          {connection === "lost" ? <span class="reason">last known state</span> : null}
        </span>
        <span class="summary-actions">{props.children}</span>
      </div>
      {live.waiting === undefined ? null : <InputRequestView waiting={live.waiting} toRow={props.toRequest} />}
      <dl class="figures">
        <Figure name="Elapsed" title={`${exactly(toMillis(summary.start))} to ${exactly(toMillis(summary.end))}`}>
          {elapsed}
        </Figure>
        <Figure name="Spans" title={`${count(summary.spans)} in ${count(summary.traces)} traces`}>
          {count(summary.spans)}
        </Figure>
        <Figure name="Errors" title={`${count(summary.failedSpans)} failed spans`}>
          {summary.errors === 0 ? (
            "0"
          ) : (
            <span class="bad">
              <Icon name="error" />
              {count(summary.errors)}
            </span>
          )}
        </Figure>
        {summary.queries > 1 ? <Figure name="Turns">{count(summary.queries)}</Figure> : null}
        <TallyFigure name="Models" tallies={summary.models} omitted={summary.omitted?.models} />
        <TallyFigure name="Teams" tallies={summary.teams} omitted={summary.omitted?.teams} />
        <TallyFigure name="Agents" tallies={summary.agents} omitted={summary.omitted?.agents} />
        <TallyFigure name="Tools" tallies={summary.tools} omitted={summary.omitted?.tools} />
        {summary.tokens.input + summary.tokens.output === 0 ? null : (
          <Figure name="Tokens" title={tokensText(summary.tokens)}>
            {`${shortCount(summary.tokens.input)} in · ${shortCount(summary.tokens.output)} out`}
          </Figure>
        )}
        {hasCost(summary) ? (
          <Figure name="Cost" title={costTitle(summary)}>
            <Cost summary={summary} />
            <Unpriced summary={summary} />
          </Figure>
        ) : null}
        <NamesFigure name="Users" names={summary.users} omitted={summary.omitted?.users} />
        <NamesFigure name="Namespaces" names={summary.namespaces} omitted={summary.omitted?.namespaces} />
        <NamesFigure name="Services" names={summary.services} omitted={summary.omitted?.services} />
        <Figure name="Watching">{count(summary.watchers)}</Figure>
      </dl>
    </header>
  );
}

function Figure({ name, title, children }: { name: string; title?: string; children: ComponentChildren }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Models without a price, whose tokens the cost leaves out. */
function Unpriced({ summary: { cost, unpriced } }: { summary: SessionSummary }) {
  if (unpriced === undefined || unpriced.length === 0) return null;
  return (
    <span class="muted">
      {cost === undefined ? ": " : " without "}
      <UntrustedText text={unpriced.join(", ")} limit={60} />
    </span>
  );
}

/** `omitted`: how many names the list leaves out. */
function NamesFigure({
  name,
  names,
  omitted = 0,
}: {
  name: string;
  names: readonly string[];
  omitted?: number | undefined;
}) {
  if (names.length === 0) return null;
  return (
    <Figure name={name} title={oneLine(names.join(", "), 1000)}>
      <UntrustedText text={names.join(", ")} limit={160} />
      {omitted === 0 ? null : <span class="muted">{` and ${count(omitted)} more`}</span>}
    </Figure>
  );
}

function TallyFigure({
  name,
  tallies,
  omitted = 0,
}: {
  name: string;
  tallies: readonly Tally[];
  omitted?: number | undefined;
}) {
  const [first] = tallies;
  if (first === undefined) return null;
  const title = tallies.map((tally) => `${tally.name} × ${count(tally.calls)}`).join("\n");
  return (
    <Figure name={name} title={title}>
      <UntrustedText text={first.name} limit={60} />
      <span class="muted">
        {` × ${count(first.calls)}`}
        {tallies.length + omitted > 1 ? ` and ${count(tallies.length - 1 + omitted)} more` : ""}
      </span>
    </Figure>
  );
}
