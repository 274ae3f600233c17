import type { ComponentChildren } from "preact";
import type { NameList, SessionSummary, Tally } from "../../../session/summary.ts";
import { expiresAt, retentionWords, type KnownRetention, storageWords } from "../../frame/retention.ts";
import { now } from "../../clock.ts";
import { count, counted } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";

/** The session's times, counts and all its names. */
export function SessionDetails({
  summary,
  retention,
}: {
  summary: SessionSummary;
  retention: KnownRetention | undefined;
}) {
  const { start, end, liveness, omitted } = summary;
  return (
    <dl class="session-details">
      <Detail name="Started">{exactly(toMillis(start))}</Detail>
      <Detail name="Latest span">{exactly(toMillis(end))}</Detail>
      <Detail name="Spans">{`${count(summary.spans)} in ${counted(summary.traces, "trace")}`}</Detail>
      <Detail name="Watching">{count(summary.watchers)}</Detail>
      <Detail name="Last received">{exactly(toMillis(liveness.lastArrival))}</Detail>
      {retention === undefined ? null : (
        <Detail name="Retention">
          {retainedUntil(retention)}
          {storageWords(retention) === "" ? null : <span class="muted">{` · ${storageWords(retention)}`}</span>}
        </Detail>
      )}
      <Tallies name="Models" tallies={summary.models} omitted={omitted?.models} />
      <Tallies name="Teams" tallies={summary.teams} omitted={omitted?.teams} />
      <Tallies name="Agents" tallies={summary.agents} omitted={omitted?.agents} />
      <Tallies name="Tools" tallies={summary.tools} omitted={omitted?.tools} />
      {NAMES.map(([list, name]) => (
        <Names key={list} name={name} names={summary[list]} omitted={omitted?.[list]} />
      ))}
      {summary.also.length === 0 ? null : <Names name="Other names" names={summary.also} omitted={undefined} />}
    </dl>
  );
}

/** "until Dec 12, 2026, 14:03", if known. */
function retainedUntil(retention: KnownRetention): string {
  const at = expiresAt(retention);
  return at === undefined ? retentionWords(retention, now.value) : `until ${exactly(at)}, unless new data arrives`;
}

const NAMES = [
  ["users", "Users"],
  ["namespaces", "Namespaces"],
  ["services", "Services"],
] as const satisfies readonly (readonly [NameList, string])[];

const Detail = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

function Tallies({ name, tallies, omitted }: { name: string; tallies: readonly Tally[]; omitted: number | undefined }) {
  if (tallies.length === 0) return null;
  return (
    <Detail name={name}>
      <ul>
        {tallies.map((tally) => (
          <li key={tally.name}>
            <UntrustedText text={tally.name} limit={256} />
            <span class="muted">
              {counted(tally.calls, "call")}
              {tally.errors === 0 ? "" : `, ${counted(tally.errors, "error")}`}
            </span>
          </li>
        ))}
        <Omitted omitted={omitted} />
      </ul>
    </Detail>
  );
}

function Names({ name, names, omitted }: { name: string; names: readonly string[]; omitted: number | undefined }) {
  if (names.length === 0) return null;
  return (
    <Detail name={name}>
      <ul>
        {names.map((one) => (
          <li key={one}>
            <UntrustedText text={one} limit={256} />
          </li>
        ))}
        <Omitted omitted={omitted} />
      </ul>
    </Detail>
  );
}

const Omitted = ({ omitted = 0 }: { omitted: number | undefined }) =>
  omitted === 0 ? null : <li class="muted">{`and ${count(omitted)} more`}</li>;
