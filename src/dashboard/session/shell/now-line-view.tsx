import { useMemo } from "preact/hooks";
import { nowLine, type AgentStep } from "../../../session/now-line.ts";
import { readStep } from "../../../session/transcript/step-content.ts";
import { stepWords, type StepWords } from "../../../session/transcript/step-title.ts";
import type { TreeNode, ViewSpan } from "../../../session/tree/tree.ts";
import { counted, duration, ticking } from "../../../lib/figures.ts";
import { KindIcon } from "../../ui/icons.tsx";
import { toMillis } from "../../ui/moments.ts";
import { requesterOf } from "../../ui/status.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { DisplayedSession } from "../display-fold.ts";
import { findRow } from "../../../session/tree/find-row.ts";
import { placeholderWord } from "../../../session/tree/placeholder-words.ts";
import type { SessionSignals } from "./session-signals.ts";
import "./now-line.css";

export type NowLineProps = {
  readonly displayed: DisplayedSession;
  readonly signals: SessionSignals;
  readonly onOpen: (key: string) => void;
};

/** What the session does now, and what it did last. */
export function NowLineView({ displayed: { tree, summary }, signals, onOpen }: NowLineProps) {
  const { waiting } = summary.liveness;
  const status = signals.status.value;
  const line = useMemo(
    () => nowLine(tree, waiting?.span === undefined ? undefined : findRow(tree, waiting.span)),
    [tree, waiting?.span],
  );
  const { now, others, before } = line;
  if (status === "waiting") return <WaitingLine signals={signals} now={now} onOpen={onOpen} />;
  const isOver = status === "finished" || status === "failed";
  return (
    <section class={`now-line now-${status}`} aria-label="Now">
      <span class="now-word">{isOver ? "Last" : status === "stalled" ? "Stalled" : "Now"}</span>
      {isOver ? (
        before === undefined ? null : (
          <StepLink of={before} onOpen={onOpen} />
        )
      ) : now === undefined ? (
        <span class="muted">between two steps</span>
      ) : (
        <>
          <StepLink of={now} onOpen={onOpen} />
          <Since signals={signals} start={now.step.start} />
          {others === 0 ? null : <span class="muted">{`and ${counted(others, "more step")}`}</span>}
        </>
      )}
      {before === undefined || isOver ? null : (
        <span class="now-before muted">
          {"before: "}
          <StepLink of={before} onOpen={onOpen} />
          {` ${duration(before.step.end - before.step.start)}`}
        </span>
      )}
    </section>
  );
}

/** The question, and its step. */
function WaitingLine({
  signals,
  now,
  onOpen,
}: Pick<NowLineProps, "signals" | "onOpen"> & { now: AgentStep | undefined }) {
  const { waiting } = signals.live.value;
  if (waiting === undefined) return null;
  const requester = requesterOf(waiting);
  const row = now?.step;
  return (
    <section class="now-line now-waiting" aria-label="Now">
      <span class="now-word">Waiting</span>
      <span class="now-question" dir="auto">
        <UntrustedText text={waiting.question} limit={160} />
      </span>
      {requester === "" ? null : (
        <span class="muted">
          <UntrustedText text={requester} limit={80} />
        </span>
      )}
      <span class="now-since">{ticking(waiting.forMillis)}</span>
      {row === undefined ? null : (
        <button type="button" class="link" onClick={() => onOpen(row.key)}>
          Show the request
        </button>
      )}
    </section>
  );
}

/** The only part that is drawn each second. */
function Since({ signals, start }: { signals: SessionSignals; start: bigint }) {
  const now = signals.clock.counted.value;
  return now === undefined ? null : <span class="now-since">{ticking(now - toMillis(start))}</span>;
}

function StepLink({ of: { step, agent }, onOpen }: { of: AgentStep; onOpen: (key: string) => void }) {
  const { span } = step;
  const { subject, about, result, outcome } = wordsOf(step);
  return (
    <button type="button" class="now-step" onClick={() => onOpen(step.key)}>
      {agent === undefined ? null : (
        <>
          <span class="kind-agent">
            <UntrustedText text={wordsOf(agent).subject} limit={60} />
          </span>
          <span class="muted" aria-hidden="true">
            ▸
          </span>
        </>
      )}
      {span === undefined ? null : <KindIcon kind={span.facts.kind} />}
      <span class={span === undefined ? "now-subject" : `now-subject kind-${span.facts.kind}`}>
        <UntrustedText text={subject} limit={60} />
      </span>
      <span class={outcome === "failed" ? "now-about bad" : "now-about"} dir="auto">
        <UntrustedText text={outcome === "failed" ? `✗ ${result || "failed"}` : about || result} limit={120} />
      </span>
    </button>
  );
}

const known = new WeakMap<ViewSpan, StepWords>();

function wordsOf(row: TreeNode): StepWords {
  const { span: view } = row;
  if (view === undefined) return { subject: placeholderWord(row), about: "", result: "", outcome: "passed" };
  let words = known.get(view);
  if (words === undefined) {
    const { span, facts } = view;
    words = stepWords({ span, facts, content: readStep(span, [], row.error ? "failed" : "passed") });
    known.set(view, words);
  }
  return words;
}
