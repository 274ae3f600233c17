import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Status as SessionStatus } from "../../../session/liveness.ts";
import type { SessionSummary } from "../../../session/summary.ts";
import { count, duration, ticking } from "../../../lib/figures.ts";
import { Icon } from "../../ui/icons.tsx";
import { lazily } from "../../ui/lazy.tsx";
import { exactly, startedAt, toMillis } from "../../ui/moments.ts";
import { titleOf } from "../../ui/session-title.ts";
import { StatusReason, StatusWord } from "../../ui/status.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import type { SessionFeed } from "../feed.ts";
import type { ExpiryProps } from "./expiry.tsx";
import type { SessionSignals } from "./session-signals.ts";

export type HeadProps = {
  readonly summary: SessionSummary;
  readonly signals: SessionSignals;
  /** The session's time axis, Unix nanoseconds. A replay has the same. */
  readonly start: bigint;
  readonly end: bigint;
  /** Whether the shown state is up to date. */
  readonly connection: "live" | "lost";
  readonly announced: SessionFeed["announced"];
};

/** Most sessions don't expire soon. */
const Expiry = lazily<ExpiryProps>(async () => (await import("./expiry.tsx")).Expiry, null);

/** What was asked, and how it stands. */
export function Head({ summary, signals, start, end, connection, announced }: HeadProps) {
  const title = titleOf(summary);
  return (
    <header class="head">
      <h1 dir="auto" title={oneLine(title, 2_000)}>
        <UntrustedText text={title} limit={400} />
      </h1>
      <p class="head-status">
        <Status signals={signals} />
        <span title={`${exactly(toMillis(start))} to ${exactly(toMillis(end))}`}>
          <Elapsed signals={signals} start={start} end={end} />
        </span>
        <time class="muted" dateTime={new Date(toMillis(start)).toISOString()} title={exactly(toMillis(start))}>
          {startedAt(toMillis(start))}
        </time>
        {summary.watchers > 1 ? (
          <span class="muted" title={`${count(summary.watchers)} pages show this session now`}>
            <Icon name="eye" />
            {` ${count(summary.watchers)}`}
          </span>
        ) : null}
        <Expiry.Part announced={announced} present={signals.clock.present} />
        {connection === "lost" ? <span class="reason">last known state</span> : null}
      </p>
    </header>
  );
}

/** A settled status is drawn once, however long the page stays open. */
function Status({ signals: { live, status } }: { signals: SessionSignals }) {
  const missing = useMemo(() => computed(() => live.value.missingParents), [live]);
  void missing.value;
  const isTicking = TICKING.has(status.value);
  return (
    <>
      <StatusWord status={status.value} />
      {status.value === "waiting" ? null : <StatusReason liveness={isTicking ? live.value : live.peek()} />}
    </>
  );
}

const TICKING: ReadonlySet<SessionStatus> = new Set<SessionStatus>(["waiting", "stalled", "idle"]);

function Elapsed({ signals, start, end }: Pick<HeadProps, "signals" | "start" | "end">) {
  const { counted, drawn } = signals.clock;
  if (signals.playing.value === "replay") return <>{duration(drawn.value > start ? drawn.value - start : 0n)}</>;
  const now = counted.value;
  return <>{now === undefined ? duration(end - start) : ticking(now - toMillis(start))}</>;
}
