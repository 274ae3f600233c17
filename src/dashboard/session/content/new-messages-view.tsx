import { useMemo, useState } from "preact/hooks";
import type { Message } from "../../../content/messages.ts";
import { counted } from "../../../lib/figures.ts";
import { foldedRuns, type FoldedRun } from "../../../session/inspector/folded-runs.ts";
import type { News } from "../../../session/inspector/new-messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { MessageView, type CallLinks } from "./message-view.tsx";
import "./content.css";

type NewMessagesProps = {
  readonly messages: readonly Message[];
  readonly news: readonly News[];
  readonly links: CallLinks;
};

/** What is new in an input. Instructions, and what an earlier call had already, are a line that a click opens. */
export function NewMessagesView({ messages, news, links }: NewMessagesProps) {
  const runs = useMemo(() => foldedRuns(messages, news), [messages, news]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = (from: number): void => {
    const next = new Set(opened);
    if (!next.delete(from)) next.add(from);
    setOpened(next);
  };
  return (
    <ol class="conversation">
      {runs.map((run) => {
        const { from, to } = run;
        const isOpen = run.is === "new" || opened.has(from);
        return [
          run.is === "new" ? null : (
            <li key={`fold-${from}`}>
              <button type="button" class="folded-messages" aria-expanded={isOpen} onClick={() => toggle(from)}>
                <Icon name="chevron" />
                {runWords(run)}
              </button>
            </li>
          ),
          ...(isOpen
            ? messages
                .slice(from, to)
                .map((message, at) => <MessageView key={from + at} message={message} links={links} />)
            : []),
        ];
      })}
    </ol>
  );
}

function runWords({ is, from, to, lines }: FoldedRun): string {
  if (is === "system") return `system · ${counted(lines, "line")}`;
  return `${counted(to - from, "earlier message")}, shown in the calls before`;
}
