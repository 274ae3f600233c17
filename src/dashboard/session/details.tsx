import type { ComponentChildren } from "preact";
import type { NameList, SessionSummary, Tally } from "../../session/summary.ts";
import { forgottenAt, keptWords, type RetentionTold, roomWords } from "../frame/retention.ts";
import { now } from "../clock.ts";
import { count, counted } from "../ui/figures.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../ui/moments.ts";

const ID = "session-details";

/** When the session happened and every name in it: what the header only begins to tell, without pointing at it. */
export function SessionDetails({ summary, kept }: { summary: SessionSummary; kept: RetentionTold | undefined }) {
  const { start, end, liveness, omitted: more } = summary;
  return (
    <>
      <button type="button" class="button" popovertarget={ID} title="When it happened, and all names in it">
        Details
      </button>
      <div id={ID} class="session-details" popover="auto">
        <dl>
          <Detail name="Began">{exactly(toMillis(start))}</Detail>
          <Detail name="Latest span">{exactly(toMillis(end))}</Detail>
          <Detail name="Last arrival">{exactly(toMillis(liveness.lastArrival))}</Detail>
          {kept === undefined ? null : (
            <Detail name="Kept">
              {keptUntil(kept)}
              {roomWords(kept) === "" ? null : <span class="muted">{` · ${roomWords(kept)}`}</span>}
            </Detail>
          )}
          <Tallies name="Models" tallies={summary.models} more={more?.models} />
          <Tallies name="Teams" tallies={summary.teams} more={more?.teams} />
          <Tallies name="Agents" tallies={summary.agents} more={more?.agents} />
          <Tallies name="Tools" tallies={summary.tools} more={more?.tools} />
          {NAMES.map(([list, name]) => (
            <Names key={list} name={name} names={summary[list]} more={more?.[list]} />
          ))}
          {summary.also.length === 0 ? null : <Names name="Also named" names={summary.also} more={undefined} />}
        </dl>
      </div>
    </>
  );
}

/** "until Dec 12, 2026, 14:03" where that is known. */
function keptUntil(kept: RetentionTold): string {
  const at = forgottenAt(kept);
  return at === undefined ? keptWords(kept, now.value) : `until ${exactly(at)}, unless it is heard of again`;
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

function Tallies({ name, tallies, more }: { name: string; tallies: readonly Tally[]; more: number | undefined }) {
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
        <LeftOut more={more} />
      </ul>
    </Detail>
  );
}

function Names({ name, names, more }: { name: string; names: readonly string[]; more: number | undefined }) {
  if (names.length === 0) return null;
  return (
    <Detail name={name}>
      <ul>
        {names.map((one) => (
          <li key={one}>
            <UntrustedText text={one} limit={256} />
          </li>
        ))}
        <LeftOut more={more} />
      </ul>
    </Detail>
  );
}

const LeftOut = ({ more = 0 }: { more: number | undefined }) =>
  more === 0 ? null : <li class="muted">{`and ${count(more)} more`}</li>;
