import type { TreeNode } from "../../../session/tree/tree.ts";
import type { ViewRecord } from "../../../session/view/log-view.ts";
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { SpanContent } from "../../../facts/span-content.ts";
import { conversationOf } from "../../../session/tree/tree-node.ts";
import { nanosecondsIn } from "../../../lib/nanoseconds.ts";
import type { QuerySummary } from "../../../session/summary.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { dollars, duration, ticking } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { kindWord } from "../../ui/icons.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { badgeWords, openWord } from "../timeline/placeholder.ts";
import { tokensText } from "./tokens-text.ts";

export type PanelProps = {
  readonly node: TreeNode;
  readonly sessionId: string;
  readonly queries: readonly QuerySummary[];
  /** The session's log records, by time. */
  readonly logs: readonly ViewRecord[];
  /** See `SessionTree`. */
  readonly standIns: ReadonlyMap<string, string>;
  /** The session's start, Unix nanoseconds. */
  readonly sessionStart: bigint;
  /** The present of running spans' counters, Unix milliseconds; ticks. */
  readonly counted: ReadonlySignal<number | undefined>;
  readonly onClose: () => void;
  readonly onSelect: (key: string) => void;
};

function RunningFor({ start, counted }: Pick<PanelProps, "counted"> & { readonly start: bigint }) {
  return <>{counted.value === undefined ? "running" : `running for ${ticking(counted.value - toMillis(start))}`}</>;
}

/** The span's figures, ids and parent. */
export function SpanFactsView({
  node,
  sessionStart,
  counted,
  onSelect,
  content,
  query,
}: PanelProps & { content: SpanContent; query: QuerySummary | undefined }) {
  const view = node.span;
  if (view === undefined) return null;
  const { facts } = view;
  const { tokens, cost, timeToFirstTokenMillis, finishReasons, model, provider, tool, agent, statusMessage } = content;
  return (
    <section class="section">
      <dl class="facts">
        <Fact name="Kind">{kindWord(facts.kind)}</Fact>
        <Fact name="Duration">
          {facts.running ? <RunningFor start={facts.start} counted={counted} /> : duration(node.end - node.start)}
        </Fact>
        <Fact name="Started">
          <span title={exactly(toMillis(facts.start))}>
            {facts.start === sessionStart ? "at the start" : `after ${duration(facts.start - sessionStart)}`}
          </span>
        </Fact>
        <TextFact name="Model" text={model} />
        <TextFact name="Provider" text={provider} />
        <TextFact name="Tool" text={tool?.name} />
        <TextFact name="Agent" text={agent} />
        {tokens === undefined ? null : (
          <Fact name="Tokens" broad="broad">
            {tokensText(tokens)}
          </Fact>
        )}
        {cost === undefined ? null : <Fact name="Cost">{dollars(cost)}</Fact>}
        {timeToFirstTokenMillis === undefined ? null : (
          <Fact name="First token">{`after ${duration(nanosecondsIn(timeToFirstTokenMillis))}`}</Fact>
        )}
        <TextFact name="Finish reason" text={finishReasons?.join(", ")} />
        {statusMessage === undefined ? null : (
          <Fact name="Status message" broad="broad">
            <UntrustedText text={statusMessage} limit={1000} />
          </Fact>
        )}
        <TextFact name="Service" text={facts.service} />
        <TextFact name="Call id" text={tool?.callId} />
        <TextFact name="Conversation" text={conversationOf(view)} />
        <Fact name="Span">
          <code>{node.spanId}</code>
          <CopyButton text={() => node.spanId} label="Copy the span id" />
        </Fact>
        <Fact name="Trace" broad="broad">
          <code>{node.traceId}</code>
          <CopyButton text={() => node.traceId} label="Copy the trace id" />
        </Fact>
        <TextFact name="Warning" text={badgeWords(node)} />
        <TextFact name="Source" text={facts.derivation === undefined ? undefined : "log records"} />
        <Parent node={node} onSelect={onSelect} />
        {query === undefined ? null : (
          <Fact name="Turn">
            <button
              type="button"
              class="link"
              title="Show the turn, where it can be run again"
              onClick={() => onSelect(`${query.traceId}:${query.spanId}`)}
            >
              <UntrustedText text={query.name || query.key} limit={120} />
            </button>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Parent({ node, onSelect }: Pick<PanelProps, "node" | "onSelect">) {
  const { parent } = node;
  if (parent === undefined) return null;
  return (
    <Fact name="Parent">
      <button type="button" class="link" onClick={() => onSelect(parent.key)}>
        {parent.name === "" ? (
          <code>{parent.spanId || parent.traceId}</code>
        ) : (
          <UntrustedText text={parent.name} limit={120} />
        )}
      </button>
      {openWord(parent) === "" ? null : <span class="muted">{` ${openWord(parent)}`}</span>}
    </Fact>
  );
}

const Fact = ({ name, broad, children }: { name: string; broad?: "broad"; children: ComponentChildren }) => (
  <div class={broad}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const TextFact = ({ name, text }: { name: string; text: string | undefined }) =>
  text === undefined || text === "" ? null : (
    <Fact name={name}>
      <UntrustedText text={text} limit={300} />
    </Fact>
  );
