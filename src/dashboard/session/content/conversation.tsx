import { useState } from "preact/hooks";
import type { Message } from "../../../content/messages.ts";
import { count } from "../../../lib/figures.ts";
import { MessageView, type CallLinks } from "./message-view.tsx";
import "./content.css";

/** Messages shown at first. Every model span repeats the whole history, and its new messages stand at the end. */
const SHOWN = 8;

/** Messages in order. The middle of a long conversation is collapsed. */
export function Conversation({
  messages,
  links,
}: {
  readonly messages: readonly Message[];
  readonly links?: CallLinks | undefined;
}) {
  const [all, setAll] = useState(false);
  const hidden = all || messages.length <= SHOWN + 2 ? 0 : messages.length - SHOWN;
  // The system message and the first prompt give the context.
  const opening = hidden > 0 ? messages.slice(0, 2) : [];
  const rest = hidden > 0 ? messages.slice(hidden + 2) : messages;
  return (
    <ol class="conversation">
      {opening.map((message, index) => (
        <MessageView key={index} message={message} links={links} />
      ))}
      {hidden > 0 ? (
        <li>
          <button type="button" class="button show-all" onClick={() => setAll(true)}>
            {`Show ${count(hidden)} messages between`}
          </button>
        </li>
      ) : null}
      {rest.map((message, index) => (
        <MessageView key={messages.length - rest.length + index} message={message} links={links} />
      ))}
    </ol>
  );
}
