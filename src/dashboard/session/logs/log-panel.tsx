import { jsonText } from "../../../otel/any-value.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Attributes } from "../content/attributes.tsx";
import { LongText } from "../content/long-text.tsx";
import { PanelFrame, Section } from "../../ui/panel-frame.tsx";
import { useOffloadedValues } from "../content/offloaded-values.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { LogContent, SeverityWord } from "./log-entry.tsx";
import { nameOf } from "./log-line.ts";
import { severityOf } from "./severity.ts";
import "../panel/panel.css";

export type LogPanelProps = {
  readonly view: ViewRecord;
  readonly sessionId: string;
  /** The row of its span, if that was received. */
  readonly span: TreeNode | undefined;
  readonly onSpan: (key: string) => void;
  readonly onClose: () => void;
};

/** The panel of one log record. */
export function LogPanel(props: LogPanelProps) {
  const { view, span, onSpan, onClose } = props;
  const values = useOffloadedValues(props.sessionId);
  const { record, resource, scope } = view;
  const attributes = resource?.attributes ?? [];
  const raw = (): string => jsonText(record, 2);
  return (
    <PanelFrame
      of={view.key}
      what="log record"
      icon={<Icon name="logs" />}
      title={<UntrustedText text={nameOf(record) || "Log record"} limit={200} />}
      onClose={onClose}
    >
      <section class="section">
        <dl class="facts">
          {severityOf(record).word === "" ? null : (
            <div>
              <dt>Severity</dt>
              <dd>
                <SeverityWord record={record} />
              </dd>
            </div>
          )}
          <div>
            <dt>Time</dt>
            <dd>{view.time === 0n ? "unknown" : exactly(toMillis(view.time))}</dd>
          </div>
          <div>
            <dt>Span</dt>
            <dd>
              {span === undefined ? (
                <span class="muted">{view.subject === "" ? "none" : "not received"}</span>
              ) : (
                <button type="button" class="link" onClick={() => onSpan(span.key)}>
                  <UntrustedText text={span.name || span.spanId} limit={120} />
                </button>
              )}
            </dd>
          </div>
          {record.traceId === undefined ? null : (
            <div class="broad">
              <dt>Trace</dt>
              <dd>
                <code>{record.traceId}</code>
                <CopyButton text={() => view.traceId} label="Copy the trace id" />
              </dd>
            </div>
          )}
        </dl>
      </section>
      <Section title="Content" copy={raw}>
        <LogContent view={view} values={values} />
      </Section>
      {attributes.length === 0 ? null : (
        <Section title="Resource" note={String(attributes.length)} folded="folded">
          <Attributes attributes={attributes} values={values} dropped={resource?.droppedAttributesCount} />
        </Section>
      )}
      {scope?.name === undefined ? null : (
        <Section title="Scope" note={[scope.name, scope.version].filter(Boolean).join(" ")} folded="folded">
          <Attributes attributes={scope.attributes ?? []} values={values} dropped={scope.droppedAttributesCount} />
        </Section>
      )}
      <Section title="Raw OTLP" copy={raw} folded="folded">
        <LongText text={raw()} as="json" />
      </Section>
    </PanelFrame>
  );
}
