import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { SpanKind } from "../../../facts/facts.ts";
import type { ReadingRow } from "../../../session/transcript/reading-rows.ts";
import type { Step } from "../../../session/transcript/transcript.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { bytes, counted, duration } from "../../../lib/figures.ts";
import { Icon, KindIcon, StatusIcon } from "../../ui/icons.tsx";
import type { ProseForm } from "../../ui/markdown/prose.tsx";
import { timeOfDay, toMillis } from "../../ui/moments.ts";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import type { SessionClock } from "../reading-props.ts";
import type { TimeScale } from "../timeline/time-scale.ts";
import { Bar, costsOf, Duration, RunningTime, tokensOf } from "./figures.tsx";
import { OpenFailure, OpenTool, ProsePassage } from "./passage-view.tsx";
import { causeOf, hasMore, lineOf } from "./step-texts.ts";

export type RowProps = {
  readonly row: ReadingRow;
  /** Of the span; `undefined` if the tree has none. */
  readonly node: TreeNode | undefined;
  readonly scale: ReadonlySignal<TimeScale>;
  readonly clock: SessionClock;
  readonly form: ProseForm;
  /** Whether it shows more in place. */
  readonly opened: "opened" | "folded";
  /** Whether it hides the rows within. */
  readonly closed: "closed" | "open";
  readonly onFold: (row: ReadingRow) => void;
  readonly onSelect: (key: string) => void;
};

/** A turn, or a step within one. */
export function StepRow(props: RowProps) {
  const { row } = props;
  switch (row.of.kind) {
    case "turn":
      return <TurnDivider {...props} turn={row.of.turn} />;
    case "earlier":
      return (
        <Line {...props} fold={props.closed === "open"}>
          <span class="muted">Earlier conversation, {counted(row.of.steps, "step")}</span>
        </Line>
      );
    case "silent":
      return (
        <p class="step-silent muted">
          {row.of.from === row.of.to ? `Turn ${row.of.from}` : `Turns ${row.of.from} to ${row.of.to}`}: nothing was
          said.
        </p>
      );
    case "gap":
      return (
        <div class="step-gap">
          <span>{duration(row.of.duration)} idle</span>
        </div>
      );
    case "user":
      return (
        <div class="step-user">
          <Speaker word="User" name={row.of.name} />
          <ProsePassage passage={row.of.passage} form={props.form} />
        </div>
      );
    case "system":
    case "reasoning":
      return <Folded {...props} step={row.of} />;
    case "text":
      return row.of.passage.text === "" ? <ModelLine {...props} step={row.of} /> : <Answer {...props} step={row.of} />;
    case "attachment":
      return (
        <Line {...props} fold={undefined}>
          <span class="muted">
            Attachment: <UntrustedText text={row.of.word} limit={120} />
            {row.of.bytes === 0 ? "" : `, ${bytes(row.of.bytes)}`}
          </span>
        </Line>
      );
    case "tool":
      return <Tool {...props} step={row.of} />;
    case "agent":
    case "team":
      return <Section {...props} step={row.of} />;
    case "error":
      return <Failed {...props} step={row.of} />;
    case "question":
      return (
        <div class="step-question">
          <StatusIcon status="waiting" />
          <strong>Waiting for an answer</strong>
          {row.of.tool === undefined ? null : <UntrustedText text={row.of.tool} limit={80} />}
          <span class="number muted">
            <RunningTime start={row.of.start} clock={props.clock} />
          </span>
          <p dir="auto">
            <UntrustedText text={row.of.question} limit={2_000} />
          </p>
        </div>
      );
    case "running":
      return (
        <Line {...props} fold={undefined} figures="shown">
          <Kind node={props.node} kind="llm" />
          <Subject text={row.of.name} node={props.node} kind="internal" />
          <code class="step-argument">
            <UntrustedText text={lineOf(row.of.arguments)} />
          </code>
          <span class="step-running">running</span>
        </Line>
      );
  }
}

type OfStep<Kind extends Step["kind"]> = RowProps & { readonly step: Extract<Step, { kind: Kind }> };

type LineProps = RowProps & {
  /** Whether it is open; `undefined` of a line that has nothing to open. */
  readonly fold: boolean | undefined;
  readonly figures?: "shown";
  readonly children: ComponentChildren;
};

function Line(props: LineProps) {
  const { row, fold, onFold, children } = props;
  return (
    <div class="step-line">
      {fold === undefined ? (
        <span class="step-toggle" aria-hidden="true" />
      ) : (
        <button
          type="button"
          class="step-toggle"
          tabIndex={-1}
          aria-expanded={fold}
          aria-label={fold ? "Fold" : "Open"}
          onClick={() => onFold(row)}
        >
          <Icon name="chevron" />
        </button>
      )}
      <div class="step-words">{children}</div>
      {props.figures === undefined ? null : <Figures {...props} />}
    </div>
  );
}

/** Tokens, duration and a bar; the cost in the title. It opens the span. */
function Figures({ node, scale, clock, onSelect }: RowProps) {
  if (node === undefined) return null;
  const tokens = tokensOf(node.usage ?? node.usageBelow);
  const cost = costsOf(node.usage ?? node.usageBelow);
  const title = [tokens.title, [cost.text, cost.title].filter(Boolean).join(": ")].filter(Boolean).join(" · ");
  return (
    <button
      type="button"
      class="step-figures"
      tabIndex={-1}
      title={title === "" ? undefined : title}
      onClick={(event) => {
        event.stopPropagation();
        onSelect(node.key);
      }}
    >
      <span class="visually-hidden">{`Details of ${oneLine(node.name, 80) || "the span"}: `}</span>
      <span class="step-tokens number">{tokens.text}</span>
      <span class={node.running ? "step-duration number running" : "step-duration number"}>
        <Duration node={node} clock={clock} />
      </span>
      <span class="step-gutter" aria-hidden="true">
        <Bar node={node} scale={scale} clock={clock} />
      </span>
    </button>
  );
}

function TurnDivider(props: RowProps & { readonly turn: Extract<ReadingRow["of"], { kind: "turn" }>["turn"] }) {
  const { node, clock, turn, row, closed, onFold } = props;
  const { summary, number } = turn;
  const cost = costsOf(node?.usageBelow);
  const failure = summary.failure ?? (summary.phase === "error" ? "failed" : undefined);
  return (
    <div class="step-turn">
      <button
        type="button"
        class="step-toggle"
        tabIndex={-1}
        aria-expanded={closed === "open"}
        aria-label={closed === "open" ? "Fold the turn" : "Open the turn"}
        onClick={() => onFold(row)}
      >
        <Icon name="chevron" />
      </button>
      <h2>Turn {number}</h2>
      <span class="turn-figures">
        {timeOfDay(toMillis(summary.start))} ·{" "}
        {node === undefined || summary.end !== undefined ? (
          summary.end === undefined ? (
            "running"
          ) : (
            duration(BigInt(summary.end) - BigInt(summary.start))
          )
        ) : (
          <RunningTime start={BigInt(summary.start)} clock={clock} />
        )}
        {cost.text === "" ? null : <span title={cost.title}> · {cost.text}</span>}
      </span>
      {failure === undefined ? null : (
        <span class="failed turn-failure">
          <Icon name="error" />
          <UntrustedText text={failure} limit={160} />
        </span>
      )}
      {closed === "closed" ? (
        <span class="turn-closed">
          <UntrustedText text={turn.userText?.passage.text ?? summary.name} limit={160} />
        </span>
      ) : null}
      <span class="turn-rule" aria-hidden="true" />
    </div>
  );
}

const Speaker = ({ word, name }: { readonly word: string; readonly name: string | undefined }) => (
  <span class={name === undefined ? "visually-hidden" : "step-speaker"}>
    {name === undefined ? word : <UntrustedText text={name} limit={80} />}
  </span>
);

function Folded(props: OfStep<"system" | "reasoning">) {
  const { step, opened } = props;
  const word = step.kind === "system" ? "System prompt" : "Reasoning";
  return (
    <>
      <Line {...props} fold={opened === "opened"}>
        <span class="step-word">{word}</span>
        {opened === "opened" ? null : (
          <span class="step-first" dir="auto">
            <UntrustedText text={step.passage.text.trimStart().slice(0, 400)} limit={200} />
          </span>
        )}
      </Line>
      {opened === "opened" ? (
        <div class={`step-body step-${step.kind}`}>
          <ProsePassage passage={step.passage} form={props.form} />
        </div>
      ) : null}
    </>
  );
}

/** The text of a model. */
function Answer(props: OfStep<"text">) {
  const { step, form } = props;
  return (
    <div class="step-line step-answer">
      <span class="step-toggle" title={step.name && oneLine(step.name)}>
        <KindIcon kind="llm" />
      </span>
      <div class="step-words">
        {step.repeats ? (
          <span class="muted">The same text as above</span>
        ) : (
          <ProsePassage passage={step.passage} form={form} />
        )}
      </div>
      {step.name === undefined ? null : <Figures {...props} />}
    </div>
  );
}

function ModelLine(props: OfStep<"text">) {
  const { step } = props;
  const { calls } = step;
  return (
    <Line {...props} fold={undefined} figures="shown">
      <KindIcon kind="llm" />
      <Subject text={step.name ?? "model"} node={props.node} kind="llm" />
      <span class="muted">
        {calls === undefined ? (
          "answered; the text was not sent"
        ) : calls.length > 2 ? (
          `calls ${counted(calls.length, "tool")}`
        ) : (
          <>
            calls <UntrustedText text={calls.join(", ")} limit={120} />
          </>
        )}
      </span>
    </Line>
  );
}

function Tool(props: OfStep<"tool">) {
  const { step, node, opened, closed } = props;
  const { failure, result } = step;
  const holds = step.steps.length > 0;
  const kind = node?.span?.facts.kind === "retrieval" ? "retrieval" : "tool";
  const returned = lineOf(result);
  // A call without a span stands in the span of the model that asked for it.
  const isOwn = node?.span?.facts.kind !== "llm";
  return (
    <>
      <Line
        {...props}
        fold={holds ? closed === "open" : hasMore(step) ? opened === "opened" : undefined}
        {...(isOwn && { figures: "shown" })}
      >
        <KindIcon kind={kind} />
        <Subject
          text={step.name === "" ? "result" : step.name}
          node={node}
          kind={failure === undefined ? kind : "failed"}
        />
        <code class="step-argument">
          <UntrustedText text={lineOf(step.arguments)} limit={200} />
        </code>
        {failure === undefined ? (
          returned === "" ? null : (
            <span class="step-result">
              → <UntrustedText text={returned} limit={160} />
            </span>
          )
        ) : (
          <Cause text={causeOf(failure)} />
        )}
        {step.running ? <span class="step-running">running</span> : null}
      </Line>
      {opened === "opened" ? <OpenTool step={step} form={props.form} /> : null}
    </>
  );
}

const Cause = ({ text }: { readonly text: string }) => (
  <span class="failed step-cause">
    <Icon name="error" label="Error" />
    <UntrustedText text={text} limit={240} />
  </span>
);

function Section(props: OfStep<"agent" | "team">) {
  const { step, node, closed } = props;
  const cost = costsOf(node?.usageBelow);
  return (
    <Line {...props} fold={step.steps.length === 0 ? undefined : closed === "open"} figures="shown">
      <KindIcon kind={step.kind} />
      <Subject text={step.name} node={node} kind="agent" />
      <span class="muted">
        {counted(step.steps.length, "step")}
        {cost.text === "" ? null : <span title={cost.title}> · {cost.text}</span>}
      </span>
      {node?.error ? (
        <Cause text={node.failure ?? "failed"} />
      ) : node?.worst === "error" ? (
        <span class="failed">
          <Icon name="error" />
          error within
        </span>
      ) : null}
      {step.running ? <span class="step-running">running</span> : null}
    </Line>
  );
}

function Failed(props: OfStep<"error">) {
  const { step, opened } = props;
  const { message, stacktrace } = step.failure;
  const isMore =
    stacktrace !== undefined ||
    (message?.text.trim().length ?? 0) > 200 ||
    (message?.text.trim().includes("\n") ?? false);
  return (
    <>
      <Line {...props} fold={isMore ? opened === "opened" : undefined} figures="shown">
        <Subject text={step.name} node={props.node} kind="failed" />
        <Cause text={causeOf(step.failure)} />
      </Line>
      {opened === "opened" ? (
        <div class="step-open">
          <OpenFailure failure={step.failure} />
        </div>
      ) : null}
    </>
  );
}

/** The span's own name is in the title. */
const Subject = ({
  text,
  node,
  kind,
}: {
  readonly text: string;
  readonly node: TreeNode | undefined;
  readonly kind: SpanKind | "failed";
}) => (
  <span
    class={`step-subject ${kind === "failed" ? kind : `kind-${kind}`}`}
    title={node === undefined ? undefined : oneLine(node.name)}
  >
    <UntrustedText text={text} limit={80} />
  </span>
);

const Kind = ({ node, kind }: { readonly node: TreeNode | undefined; readonly kind: SpanKind }) => (
  <KindIcon kind={node?.span?.facts.kind ?? kind} />
);
