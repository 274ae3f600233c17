import { useState } from "preact/hooks";
import type { MessagePart } from "../../../content/message-parts.ts";
import type { Message } from "../../../content/messages.ts";
import { count } from "../../../lib/figures.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, Icon } from "../../ui/icons.tsx";
import { JsonText, LongText } from "./long-text.tsx";

/** Messages shown at first. Every model span repeats the whole history, and its new messages stand at the end. */
const SHOWN = 8;

/** Messages in order. The middle of a long conversation is collapsed. */
export function Conversation({ messages }: { messages: readonly Message[] }) {
  const [all, setAll] = useState(false);
  const hidden = all || messages.length <= SHOWN + 2 ? 0 : messages.length - SHOWN;
  // The system message and the first prompt give the context.
  const opening = hidden > 0 ? messages.slice(0, 2) : [];
  const rest = hidden > 0 ? messages.slice(hidden + 2) : messages;
  return (
    <ol class="conversation">
      {opening.map((message, index) => (
        <MessageView key={index} message={message} />
      ))}
      {hidden > 0 ? (
        <li>
          <button type="button" class="button show-all" onClick={() => setAll(true)}>
            {`Show ${count(hidden)} messages between`}
          </button>
        </li>
      ) : null}
      {rest.map((message, index) => (
        <MessageView key={messages.length - rest.length + index} message={message} />
      ))}
    </ol>
  );
}

const ROLES: ReadonlySet<string> = new Set(["system", "user", "assistant", "tool"]);

function MessageView({ message }: { message: Message }) {
  const { role, name, finishReason, parts } = message;
  return (
    <li class={`message message-${ROLES.has(role) ? role : "other"}`}>
      <header>
        <span class="role">
          <UntrustedText text={role} limit={40} />
        </span>
        {name === undefined ? null : (
          <span class="muted">
            <UntrustedText text={name} limit={80} />
          </span>
        )}
        {finishReason === undefined ? null : (
          <span class="muted finish">
            {"finish reason: "}
            <UntrustedText text={finishReason} limit={40} />
          </span>
        )}
      </header>
      {parts.length === 0 ? <p class="muted">empty message</p> : null}
      {parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </li>
  );
}

function Part({ part }: { part: MessagePart }) {
  switch (part.type) {
    case "text":
      return <LongText text={part.text} as="prose" />;
    case "reasoning":
      return (
        <div class="part">
          <h4>Reasoning</h4>
          <LongText text={part.text} as="prose" />
        </div>
      );
    case "tool_call":
      return (
        <div class="part">
          <h4>
            <KindIcon kind="tool" />
            <span>
              {"calls "}
              <UntrustedText text={part.name} limit={120} />
            </span>
            <CallId id={part.id} />
          </h4>
          {part.arguments === null ? null : <JsonText value={part.arguments} />}
        </div>
      );
    case "tool_call_response":
      return (
        <div class="part">
          <h4>
            <Icon name="down" />
            <span>tool result</span>
            <CallId id={part.id} />
          </h4>
          <JsonText value={part.result} />
        </div>
      );
    case "other":
      return (
        <div class="part">
          <h4>
            <UntrustedText text={part.is} limit={60} />
          </h4>
          <LongText text={part.text} as="json" />
        </div>
      );
  }
}

const CallId = ({ id }: { id: string | undefined }) =>
  id === undefined ? null : (
    <code class="muted">
      <UntrustedText text={id} limit={60} />
    </code>
  );
