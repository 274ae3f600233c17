import type { PanelProps } from "./span-facts.tsx";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { jsonText, withWholeValue } from "../../../otel/any-value.ts";
import type { QuerySummary } from "../../../session/summary.ts";
import { readStep } from "../../../session/transcript/step-content.ts";
import { DERIVATION_KEYS } from "../../../otel/semconv/logs.ts";
import type { KeyValue } from "../../../otel/span.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import { writeAddress } from "../../address/address.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, PlaceholderIcon } from "../../ui/icons.tsx";
import { SpanLogs } from "../logs/span-logs.tsx";
import { RunAgain } from "../rerun/run-again.tsx";
import { isQueryRow, queryOf } from "../rerun/query-of.ts";
import { Attributes, unclaimedFirst } from "../content/attributes.tsx";
import { ContentView, contentText } from "../content/content-view.tsx";
import { ExceptionView } from "./exception-view.tsx";
import { Events, Links } from "./events-and-links.tsx";
import { LongText } from "../content/long-text.tsx";
import { PanelFrame, Section } from "../../ui/panel-frame.tsx";
import { SpanFactsView } from "./span-facts.tsx";
import { useOffloadedValues } from "../content/offloaded-values.tsx";
import { placeholderWord, standsForTrace } from "../timeline/placeholder.ts";
import "./panel.css";

/** The panel of one span. */
export function SpanPanel(props: PanelProps) {
  const { node, sessionId, onClose } = props;
  const query = queryOf(node, props.queries);
  const isRow = query !== undefined && isQueryRow(node, query);
  const again = isRow ? (
    <RunAgain key={query.key} sessionId={sessionId} query={query} onSelect={props.onSelect} />
  ) : null;
  const address = (): string => location.origin + writeAddress({ page: "session", id: sessionId, span: node.key });
  return (
    <PanelFrame
      of={node.key}
      what="span"
      icon={
        node.span === undefined ? <PlaceholderIcon label="Not received" /> : <KindIcon kind={node.span.facts.kind} />
      }
      title={
        <UntrustedText
          text={node.span === undefined ? placeholderWord(node) : node.span.span.name || "unnamed span"}
          limit={400}
        />
      }
      actions={<CopyButton text={address} label="Copy a link to this span" />}
      onClose={onClose}
    >
      {node.span === undefined ? (
        <>
          <Placeholder {...props} />
          {again}
        </>
      ) : (
        <SpanSections key={node.key} {...props} query={isRow ? undefined : query} again={again} />
      )}
    </PanelFrame>
  );
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

function Placeholder({ node }: PanelProps) {
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

/** Excludes our own attribute, which marks spans derived from log records. */
const isOfProducer = ({ key }: KeyValue): boolean => key !== DERIVATION_KEYS[0];

/** Whether a record belongs to the span, or to a span that it replaces. */
function isAbout({ traceId, subject }: ViewRecord, node: TreeNode, standIns: PanelProps["standIns"]): boolean {
  if (subject === "") return false;
  return (subject === node.spanId && traceId === node.traceId) || standIns.get(`${traceId}:${subject}`) === node.key;
}

type SectionsProps = PanelProps & {
  /** The query that contains the span; `undefined` if the span is its row. */
  readonly query: QuerySummary | undefined;
  readonly again: ComponentChildren;
};

function SpanSections(props: SectionsProps) {
  const { node, sessionId } = props;
  const view = node.span;
  const values = useOffloadedValues(sessionId);
  const { fetched } = values;
  const whole = useMemo(
    () =>
      [...fetched].reduce(
        (span, [hash, value]) => (span === undefined ? span : withWholeValue(span, hash, value)),
        view?.span,
      ),
    [view, fetched],
  );
  const records = useMemo(
    () => props.logs.filter((record) => isAbout(record, node, props.standIns)),
    [props.logs, node.spanId, node.traceId, props.standIns],
  );
  const isFailed = node.error || node.canceled;
  const content = useMemo(() => {
    if (whole === undefined) return undefined;
    const ofSpan = records.map(({ record }) => record);
    return readStep(whole, ofSpan, isFailed ? "failed" : "passed");
  }, [whole, records, isFailed]);
  if (view === undefined || whole === undefined || content === undefined) return null;
  const { input, output, exception } = content;
  const attributes = unclaimedFirst((whole.attributes ?? []).filter(isOfProducer), content.claimed);
  const resource = view.resource?.attributes ?? [];
  const raw = (): string => jsonText(view.span, 2);
  const linkTo = (link: { readonly traceId?: string; readonly spanId?: string }): string =>
    writeAddress({ page: "session", id: sessionId, span: `${link.traceId ?? ""}:${link.spanId ?? ""}` });
  return (
    <>
      <SpanFactsView {...props} content={content} />
      {props.again}
      {isFailed ? <ExceptionView exception={exception} /> : null}
      {input === undefined ? null : (
        <Section title="Input" copy={() => contentText(input)}>
          <ContentView content={input} values={values} />
        </Section>
      )}
      {output === undefined ? null : (
        <Section title="Output" copy={() => contentText(output)}>
          <ContentView content={output} values={values} />
        </Section>
      )}
      {(whole.events ?? []).length === 0 ? null : (
        <Section title="Events" note={String(whole.events?.length)}>
          <Events
            events={whole.events ?? []}
            start={view.facts.start}
            values={values}
            dropped={whole.droppedEventsCount ?? 0}
          />
        </Section>
      )}
      <SpanLogs records={records} start={view.facts.start} values={values} />
      {(whole.links ?? []).length === 0 ? null : (
        <Section title="Links" note={String(whole.links?.length)}>
          <Links links={whole.links ?? []} values={values} dropped={whole.droppedLinksCount ?? 0} hrefOf={linkTo} />
        </Section>
      )}
      {attributes.length === 0 ? null : (
        <Section title="Attributes" note={String(attributes.length)} copy={() => jsonText(view.span.attributes, 2)}>
          <Attributes attributes={attributes} values={values} dropped={whole.droppedAttributesCount} />
        </Section>
      )}
      {resource.length === 0 ? null : (
        <Section title="Resource" note={String(resource.length)} folded="folded">
          <Attributes attributes={resource} values={values} dropped={view.resource?.droppedAttributesCount} />
        </Section>
      )}
      {view.scope === undefined ? null : (
        <Section title="Scope" note={[view.scope.name, view.scope.version].filter(Boolean).join(" ")} folded="folded">
          <Attributes
            attributes={view.scope.attributes ?? []}
            values={values}
            dropped={view.scope.droppedAttributesCount}
          />
        </Section>
      )}
      <Section title={view.facts.derivation === undefined ? "Raw OTLP" : "As OTLP"} copy={raw} folded="folded">
        <LongText text={raw()} as="json" />
      </Section>
    </>
  );
}
