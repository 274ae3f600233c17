import type { ComponentChildren } from "preact";
import { type Liveness } from "../../trace/liveness.ts";
import type { SessionSummary, Tally } from "../../trace/summary.ts";
import { count, dollars, duration, shortCount, ticking } from "../figures.ts";
import { Hostile } from "../hostile.tsx";
import { Sign } from "../icons.tsx";
import { exactly, toMillis } from "../moments.ts";
import { tokensText } from "../span/span-facts-view.tsx";
import { StatusReason, StatusWord } from "../status.tsx";

/** What the whole session amounts to. */
export function SessionHeader(props: {
  summary: SessionSummary;
  live: Liveness;
  /** Whether the stream still brings what happens. */
  heard: "now" | "before";
  now: number;
  children: ComponentChildren;
}) {
  const { summary, live, heard, now } = props;
  return (
    <header class="session-summary">
      <div class="summary-title">
        <h1>
          <Hostile text={summary.title || summary.id} limit={400} />
        </h1>
        <span class="summary-status">
          <StatusWord status={live.status} />
          <StatusReason liveness={live} />
          {heard === "before" ? <span class="reason">as last heard</span> : null}
        </span>
        <span class="summary-actions">{props.children}</span>
      </div>
      <dl class="figures">
        <Figure name="Elapsed" title={`${exactly(toMillis(summary.start))} to ${exactly(toMillis(summary.end))}`}>
          {(live.status === "running" || live.status === "waiting") &&
          summary.liveness.running + summary.liveness.awaitedParents > 0
            ? ticking(now - toMillis(summary.start))
            : duration(BigInt(summary.end) - BigInt(summary.start))}
        </Figure>
        <Figure name="Spans" title={`${count(summary.spans)} in ${count(summary.traces)} traces`}>
          {count(summary.spans)}
        </Figure>
        <Figure name="Errors">
          {summary.errors === 0 ? (
            "0"
          ) : (
            <span class="bad">
              <Sign name="error" />
              {count(summary.errors)}
            </span>
          )}
        </Figure>
        {summary.queries > 1 ? <Figure name="Queries">{count(summary.queries)}</Figure> : null}
        <TallyFigure name="Models" tallies={summary.models} />
        <TallyFigure name="Agents" tallies={summary.agents} />
        <TallyFigure name="Tools" tallies={summary.tools} />
        {summary.tokens.input + summary.tokens.output === 0 ? null : (
          <Figure name="Tokens" title={tokensText(summary.tokens)}>
            {`${shortCount(summary.tokens.input)} in · ${shortCount(summary.tokens.output)} out`}
          </Figure>
        )}
        {summary.cost === undefined ? null : <Figure name="Cost">{dollars(summary.cost)}</Figure>}
        {summary.services.length === 0 ? null : (
          <Figure name="Services" title={summary.services.join(", ")}>
            <Hostile text={summary.services.join(", ")} limit={160} />
          </Figure>
        )}
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

function TallyFigure({ name, tallies }: { name: string; tallies: readonly Tally[] }) {
  const [first] = tallies;
  if (first === undefined) return null;
  const title = tallies.map((tally) => `${tally.name} × ${count(tally.calls)}`).join("\n");
  return (
    <Figure name={name} title={title}>
      <Hostile text={first.name} limit={60} />
      <span class="muted">
        {` × ${count(first.calls)}`}
        {tallies.length > 1 ? ` and ${count(tallies.length - 1)} more` : ""}
      </span>
    </Figure>
  );
}
