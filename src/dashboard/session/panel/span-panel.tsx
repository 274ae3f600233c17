import { isOfRecords } from "../../../facts/derivation.ts";
import { useMemo } from "preact/hooks";
import { ticking } from "../../../lib/figures.ts";
import { factLine, placeWords } from "../../../session/inspector/fact-line.ts";
import { StepReader } from "../../../session/inspector/step-reader.ts";
import { earlierMessages } from "../../../session/inspector/new-messages.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { writeAddress } from "../../address/address.ts";
import type { PanelView } from "../../address/reading-view.ts";
import { keyOf, PANEL_KEYS, STEP_KEYS } from "../../keymap.ts";
import { usePageKeys } from "../../keys.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon, KindIcon, kindWord } from "../../ui/icons.tsx";
import { PlaceholderIcon } from "../../ui/placeholder-icon.tsx";
import { toMillis } from "../../ui/moments.ts";
import { PanelFrame } from "../../ui/panel-frame.tsx";
import { oneLine, UntrustedText } from "../../ui/untrusted-text.tsx";
import { useOffloadedValues } from "../content/offloaded-values.tsx";
import { SpanLogs } from "../logs/span-logs.tsx";
import { isQueryRow, queryOf } from "../rerun/query-of.ts";
import { RunAgain } from "../rerun/run-again.tsx";
import { placeholderWord, standsForTrace } from "../../../session/tree/placeholder-words.ts";
import { rowWords } from "../../../session/transcript/row-words.ts";
import { AttributesView, ownAttributes } from "./attributes-view.tsx";
import { Details, Notices } from "./details.tsx";
import { ExceptionView } from "./exception-view.tsx";
import type { PanelProps } from "./panel-props.ts";
import { PANEL_VIEW_ID, PanelTabs, tabId, type PanelTab } from "./panel-tabs.tsx";
import { RawView } from "./raw-view.tsx";
import { StepContents } from "./step-contents.tsx";
import "./panel.css";
import "./inspector.css";

/** The panel of one span. */
export function SpanPanel(props: PanelProps) {
  const { node, tree, sessionId, onClose, onStep } = props;
  const kind = node.span?.facts.kind;
  const address = (): string => location.origin + writeAddress({ page: "session", id: sessionId, span: node.key });
  const place = useMemo(() => placeWords(tree, node), [tree, node]);
  return (
    <PanelFrame
      of={node.key}
      what="span"
      icon={kind === undefined ? <PlaceholderIcon label="Not received" /> : <KindIcon kind={kind} />}
      title={
        <span class={kind === undefined ? undefined : `kind-${kind}`} title={oneLine(node.name)}>
          <UntrustedText text={titleOf(node)} limit={400} />
        </span>
      }
      note={place === "" ? undefined : <UntrustedText text={place} limit={200} />}
      actions={
        <>
          {kind === undefined
            ? null
            : STEPS.map(([to, word]) => (
                <button
                  key={to}
                  type="button"
                  class={`button bare step-${to}`}
                  aria-label={`${word} ${kindWord(kind)} (${keyOf(STEP_KEYS, to)})`}
                  title={`${word} ${kindWord(kind)} (${keyOf(STEP_KEYS, to)})`}
                  onClick={() => onStep(to)}
                >
                  <Icon name="chevron" />
                </button>
              ))}
          <CopyButton text={address} label="Copy a link to this span" />
        </>
      }
      onClose={onClose}
    >
      {kind === undefined ? (
        <>
          <Placeholder node={node} />
          <Again {...props} />
        </>
      ) : (
        <Inspector key={node.key} {...props} />
      )}
    </PanelFrame>
  );
}

const STEPS = [
  ["previousOfKind", "Previous"],
  ["nextOfKind", "Next"],
] as const;

const titleOf = (node: TreeNode): string => rowWords(node)?.subject ?? placeholderWord(node);

/** On the row of a turn. */
function Again({ node, queries, sessionId, onSelect }: PanelProps) {
  const query = queryOf(node, queries);
  if (query === undefined || !isQueryRow(node, query)) return null;
  return <RunAgain key={query.key} sessionId={sessionId} query={query} onSelect={onSelect} />;
}

/** The panel for a link to a span that this session does not contain. */
export function AbsentSpan({ wanted, onClose }: { wanted: string; onClose: () => void }) {
  return (
    <PanelFrame
      of={wanted}
      what="span"
      icon={<PlaceholderIcon label="No such span" />}
      title="Span not found"
      onClose={onClose}
    >
      <section class="section">
        <p class="muted">
          This session has not received the span, or the span moved to another session with its trace. If it arrives, it
          appears here.
        </p>
        <p>
          <code>
            <UntrustedText text={wanted} limit={120} />
          </code>
        </p>
      </section>
    </PanelFrame>
  );
}

function Placeholder({ node }: Pick<PanelProps, "node">) {
  return (
    <section class="section">
      <p class="muted">
        {standsForTrace(node)
          ? "The root span of this trace was not received yet. The other spans of the trace are shown below this row."
          : "Other spans name this span as their parent, but it was not received yet."}
        {" Most exporters send a span when it ends. A span that is sent elsewhere never arrives here."}
      </p>
      <dl class="facts">
        {node.spanId === "" ? null : (
          <div>
            <dt>Span</dt>
            <dd>
              <code>{node.spanId}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Trace</dt>
          <dd>
            <code>{node.traceId}</code>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** What is known of a received span: its facts in a line, and one of its views. */
function Inspector(props: PanelProps) {
  const { node, tree, sessionId, logs, sessionStart, onShow, onSelect } = props;
  const view = node.span;
  const values = useOffloadedValues(sessionId);
  const { fetched } = values;
  const reader = useMemo(() => new StepReader(logs, tree.replacements, fetched), [logs, tree.replacements, fetched]);
  const span = reader.spanOf(node);
  const content = reader.contentOf(node);
  const records = reader.recordsOf(node);
  usePageKeys(PANEL_KEYS, () => onShow(props.show === "raw" ? undefined : "raw"));
  if (view === undefined || span === undefined) return null;
  const query = queryOf(node, props.queries);
  const hasEarlier =
    view.facts.kind === "llm" && earlierMessages(tree, node, reader).news.some((one) => one === "earlier");
  const tabs: readonly PanelTab[] = [
    { view: undefined, word: hasEarlier ? "New only" : content.input?.kind === "messages" ? "Messages" : "Contents" },
    ...(hasEarlier ? [{ view: "conversation" as const, word: "Conversation" }] : []),
    { view: "raw", word: "Raw" },
    { view: "attributes", word: "Attributes", count: ownAttributes(span).length },
    ...(records.length === 0 ? [] : [{ view: "logs" as const, word: "Logs", count: records.length }]),
  ];
  const shown = tabs.find((tab) => tab.view === props.show)?.view;
  return (
    <>
      <FactLine node={node} content={content} counted={props.counted} />
      <PanelTabs tabs={tabs} shown={shown} onShow={onShow} />
      <div class="panel-view" id={PANEL_VIEW_ID} role="tabpanel" aria-labelledby={tabId(shown)}>
        {viewOf(shown)}
      </div>
    </>
  );

  function viewOf(name: PanelView | undefined) {
    if (view === undefined || span === undefined) return null;
    switch (name) {
      case "raw":
        return (
          <RawView
            span={view.span}
            content={content}
            values={values}
            source={isOfRecords(view.facts.derivation) ? "derived" : "sent"}
          />
        );
      case "attributes":
        return <AttributesView view={view} span={span} content={content} values={values} />;
      case "logs":
        return <SpanLogs records={records} start={view.facts.start} values={values} />;
      case "conversation":
      case undefined:
        return (
          <>
            <Notices node={node} content={content} />
            {node.error || node.canceled ? <ExceptionView exception={content.exception} /> : null}
            <StepContents
              node={node}
              tree={tree}
              reader={reader}
              content={content}
              values={values}
              of={name === undefined ? "new" : "all"}
              onSelect={onSelect}
            />
            <Again {...props} />
            <Details
              node={node}
              sessionId={sessionId}
              sessionStart={sessionStart}
              span={span}
              content={content}
              query={query !== undefined && !isQueryRow(node, query) ? query : undefined}
              values={values}
              onSelect={onSelect}
            />
          </>
        );
    }
  }
}

function FactLine({
  node,
  content,
  counted,
}: Pick<PanelProps, "node" | "counted"> & { readonly content: ReturnType<StepReader["contentOf"]> }) {
  return (
    <p class="fact-line">
      {factLine(node, content).map(({ is, text, title }, at) => [
        at === 0 ? null : " · ",
        <span key={is === "other" ? text : is} class={is === "failed" ? "panel-failed" : undefined} title={title}>
          {is === "time" && node.running ? (
            <RunningFor start={node.start} counted={counted} />
          ) : (
            <UntrustedText text={text} limit={120} />
          )}
        </span>,
      ])}
    </p>
  );
}

function RunningFor({ start, counted }: Pick<PanelProps, "counted"> & { readonly start: bigint }) {
  return <>{counted.value === undefined ? "running" : `running for ${ticking(counted.value - toMillis(start))}`}</>;
}
