import { useEffect, useMemo } from "preact/hooks";
import type { MessagePart } from "../../../content/message-parts.ts";
import type { SpanContent } from "../../../facts/span-content.ts";
import { readModelRequest } from "../../../facts/model-request.ts";
import { count } from "../../../lib/figures.ts";
import { contentEvents } from "../../../logs/record-event.ts";
import { attemptsOf } from "../../../session/inspector/attempts.ts";
import { askedBy, callsOf, spanOfResult } from "../../../session/inspector/call-links.ts";
import { earlierMessages, messagesIn } from "../../../session/inspector/new-messages.ts";
import type { StepReader } from "../../../session/inspector/step-reader.ts";
import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";
import { KindIcon } from "../../ui/icons.tsx";
import { Section } from "../../ui/panel-frame.tsx";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { ContentView, contentText } from "../content/content-view.tsx";
import { Parts, type CallLinks } from "../content/message-view.tsx";
import { NewMessagesView } from "../content/new-messages-view.tsx";
import { isLoadedAutomatically, LoadWhole, type OffloadedValues } from "../content/offloaded-values.tsx";
import { rowWords } from "../../../session/transcript/row-words.ts";
import { AttemptsView } from "./attempts-view.tsx";
import { RequestChips } from "./request-chips.tsx";

export type ContentsProps = {
  readonly node: TreeNode;
  readonly tree: SessionTree;
  readonly reader: StepReader;
  readonly content: SpanContent;
  readonly values: OffloadedValues;
  /** The input with everything in its order, or what is new in it. */
  readonly of: "all" | "new";
  readonly onSelect: (key: string) => void;
};

/** What came out of a step, what was new in what it was given, and what else its request says. */
export function StepContents(props: ContentsProps) {
  const { node, tree, reader, content, values, onSelect } = props;
  const kind = node.span?.facts.kind;
  const output = isHollow(content.output) ? undefined : content.output;
  const links = useCallLinks(props);
  const attempts = attemptsOf(node);
  const asking = useMemo(() => (kind === "tool" ? askedBy(tree, node, reader) : undefined), [kind, tree, node, reader]);
  const answer = output?.kind === "messages" && output.messages.length === 1 ? output.messages[0] : undefined;
  return (
    <>
      {asking === undefined ? null : (
        <p class="section asked-by">
          <KindIcon kind="llm" />
          {"Called by "}
          <button type="button" class="link" onClick={() => onSelect(asking.key)}>
            <UntrustedText text={rowWords(asking)?.subject ?? asking.name} limit={80} />
          </button>
        </p>
      )}
      {attempts === undefined ? null : (
        <AttemptsView node={node} attempts={attempts} reader={reader} onSelect={onSelect} />
      )}
      {output === undefined ? null : (
        <Section title={OUTPUT_WORDS[kind ?? ""] ?? "Output"} copy={() => contentText(output)}>
          {answer === undefined || output.offloaded !== undefined ? (
            <ContentView content={output} values={values} links={links} />
          ) : (
            <Parts parts={answer.parts} links={links} />
          )}
        </Section>
      )}
      {output === undefined && content.input === undefined && !node.error ? (
        <p class="section muted">
          {node.running ? "Nothing was sent of it yet." : "Neither input nor output was sent."}
        </p>
      ) : null}
      <Input {...props} links={links} />
      {kind === "llm" ? <Request node={node} reader={reader} output={output} /> : null}
    </>
  );
}

/** Some producers send an answer of calls alone without the calls. */
const isHollow = (content: SpanContent["output"] | undefined): boolean =>
  content?.kind === "messages" && content.messages.every(({ parts }) => parts.length === 0);

const OUTPUT_WORDS: Readonly<Record<string, string>> = { llm: "Answer", tool: "Result" };
const INPUT_WORDS: Readonly<Record<string, string>> = { tool: "Arguments" };

function Input({ node, tree, reader, content, values, of, links }: ContentsProps & { readonly links: CallLinks }) {
  const { input } = content;
  const kind = node.span?.facts.kind ?? "";
  const found = useMemo(
    () => (kind === "llm" && of === "new" ? earlierMessages(tree, node, reader) : undefined),
    [kind, of, tree, node, reader],
  );
  useUnread(found?.unread ?? [], reader, values);
  if (input === undefined) return null;
  const fresh = found?.news.filter((one) => one === "new").length ?? 0;
  const hasEarlier = found !== undefined && fresh < found.news.length;
  return (
    <Section
      title={INPUT_WORDS[kind] ?? "Input"}
      note={hasEarlier ? (fresh === 1 ? "1 new message" : `${count(fresh)} new messages`) : undefined}
      copy={() => contentText(input)}
    >
      {found === undefined || input.kind !== "messages" ? (
        <ContentView content={input} values={values} links={links} />
      ) : (
        <>
          <NewMessagesView messages={input.messages} news={found.news} links={links} />
          {input.offloaded === undefined ? null : (
            <LoadWhole offloaded={input.offloaded} values={values} when="shown" />
          )}
        </>
      )}
    </Section>
  );
}

/** Loads what a comparison needs. */
function useUnread(unread: readonly TreeNode[], reader: StepReader, values: OffloadedValues): void {
  useEffect(() => {
    for (const call of unread) {
      const { input, output } = reader.contentOf(call);
      for (const content of [input, output])
        if (content?.offloaded !== undefined && isLoadedAutomatically(content.offloaded))
          values.fetch(content.offloaded);
    }
  });
}

function Request({
  node,
  reader,
  output,
}: Pick<ContentsProps, "node" | "reader"> & { readonly output: SpanContent["output"] | undefined }) {
  const request = useMemo(() => {
    const span = reader.spanOf(node);
    const records = reader.recordsOf(node).map(({ record }) => record);
    return span === undefined
      ? {}
      : readModelRequest({ ...span, events: [...(span.events ?? []), ...contentEvents(records)] });
  }, [node, reader]);
  const called = useMemo(() => new Set(callNames(messagesIn(output).flatMap(({ parts }) => parts))), [output]);
  return <RequestChips request={request} called={called} />;
}

const callNames = (parts: readonly MessagePart[]): readonly string[] =>
  parts.filter((part) => part.type === "tool_call").map(({ name }) => name);

function useCallLinks({ node, tree, reader, content, onSelect }: ContentsProps): CallLinks {
  return useMemo(() => {
    const isModel = node.span?.facts.kind === "llm";
    const spans = new Map<MessagePart, TreeNode>();
    if (isModel) for (const { call, by } of callsOf(tree, node, reader)) if (by !== undefined) spans.set(call, by);
    const names = new Map<string, string>();
    for (const { parts } of messagesIn(content.input))
      for (const part of parts) if (part.type === "tool_call" && part.id !== undefined) names.set(part.id, part.name);
    return {
      spanOf: (call) => spans.get(call),
      spanOfResult: (id) => (isModel ? spanOfResult(tree, node, id, reader) : undefined),
      nameOf: (id) => names.get(id),
      onSelect,
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `onSelect` is new with every render, and does the same
  }, [node, tree, reader, content]);
}
