import { isOfRecords } from "../../../facts/derivation.ts";
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { SpanContent } from "../../../facts/span-content.ts";
import { duration } from "../../../lib/figures.ts";
import type { Span } from "../../../otel/span.ts";
import type { QuerySummary } from "../../../session/summary.ts";
import { conversationOf } from "../../../session/tree/conversation.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { writeAddress } from "../../address/address.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { kindWord } from "../../ui/icons.tsx";
import { exactly, toMillis } from "../../ui/moments.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import type { OffloadedValues } from "../content/offloaded-values.tsx";
import { badgeWords, openWord } from "../../../session/tree/placeholder-words.ts";
import { Events, Links } from "./events-and-links.tsx";

/** A reader who opens the details of one span wants to see those of the next. */
const isOpen = signal(false);

type DetailsProps = {
  readonly node: TreeNode;
  readonly sessionId: string;
  readonly sessionStart: bigint;
  readonly span: Span;
  readonly content: SpanContent;
  readonly query: QuerySummary | undefined;
  readonly values: OffloadedValues;
  readonly onSelect: (key: string) => void;
};

/** Ids, the parent, the service, events and links: what few readers look for. */
export function Details(props: DetailsProps) {
  return (
    <details class="section" open={isOpen.value} onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>
        <h3>Details</h3>
        <span class="muted">{summaryOf(props)}</span>
      </summary>
      {isOpen.value ? <OpenDetails {...props} /> : null}
    </details>
  );
}

function summaryOf({ span, node }: DetailsProps): string {
  const events = span.events?.length ?? 0;
  const links = span.links?.length ?? 0;
  return [
    "ids",
    ...(node.parent === undefined ? [] : ["parent"]),
    "service",
    ...(events === 0 ? [] : [events === 1 ? "1 event" : `${events} events`]),
    ...(links === 0 ? [] : [links === 1 ? "1 link" : `${links} links`]),
  ].join(", ");
}

function OpenDetails({ node, sessionId, sessionStart, span, content, query, values, onSelect }: DetailsProps) {
  const view = node.span;
  if (view === undefined) return null;
  const { facts } = view;
  const { provider, tool, agent } = content;
  const linkTo = (link: { readonly traceId?: string; readonly spanId?: string }): string =>
    writeAddress({ page: "session", id: sessionId, span: `${link.traceId ?? ""}:${link.spanId ?? ""}` });
  return (
    <>
      <dl class="facts">
        <TextFact name="Name" text={facts.name} />
        <Fact name="Kind">{kindWord(facts.kind)}</Fact>
        <Fact name="Started">
          <span title={exactly(toMillis(facts.start))}>
            {facts.start === sessionStart ? "at the start" : `after ${duration(facts.start - sessionStart)}`}
          </span>
        </Fact>
        <TextFact name="Provider" text={provider} />
        <TextFact name="Agent" text={agent} />
        <TextFact name="Service" text={facts.service} />
        <TextFact name="Scope" text={view.scope?.name} />
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
      {(span.events ?? []).length === 0 ? null : (
        <>
          <h4 class="details-title">Events</h4>
          <Events
            events={span.events ?? []}
            start={facts.start}
            values={values}
            dropped={span.droppedEventsCount ?? 0}
          />
        </>
      )}
      {(span.links ?? []).length === 0 ? null : (
        <>
          <h4 class="details-title">Links</h4>
          <Links links={span.links ?? []} values={values} dropped={span.droppedLinksCount ?? 0} hrefOf={linkTo} />
        </>
      )}
    </>
  );
}

/** What a reader has to know before the contents: a warning, where the span comes from, the message of its status. */
export function Notices({ node, content: { statusMessage } }: Pick<DetailsProps, "node" | "content">) {
  const derived = isOfRecords(node.span?.facts.derivation);
  const warning = badgeWords(node);
  if (!derived && warning === "" && statusMessage === undefined) return null;
  return (
    <section class="section">
      <dl class="facts">
        {statusMessage === undefined ? null : (
          <Fact name="Status message" broad="broad">
            <UntrustedText text={statusMessage} limit={1000} />
          </Fact>
        )}
        <TextFact name="Warning" text={warning} />
        <TextFact name="Source" text={derived ? "log records" : undefined} />
      </dl>
    </section>
  );
}

function Parent({ node, onSelect }: Pick<DetailsProps, "node" | "onSelect">) {
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
