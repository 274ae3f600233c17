import type { MessagePart } from "../../../content/message-parts.ts";
import type { Message } from "../../../content/messages.ts";
import { counted } from "../../../lib/figures.ts";
import type { TreeNode } from "../../../session/tree/tree.ts";
import { UntrustedText } from "../../ui/untrusted-text.tsx";
import { KindIcon, Icon } from "../../ui/icons.tsx";
import { DataView, OtherPart, TextView } from "./data-view.tsx";
import "./content.css";

/** What a session knows of the calls in a conversation. */
export type CallLinks = {
  /** The span that carried out a call of the answer. */
  readonly spanOf: (call: MessagePart) => TreeNode | undefined;
  /** The span that gave a result of the input. */
  readonly spanOfResult: (id: string) => TreeNode | undefined;
  /** The name of the tool, by the id of its call. */
  readonly nameOf: (id: string) => string | undefined;
  readonly onSelect: (key: string) => void;
};

export type MessageProps = { readonly message: Message; readonly links?: CallLinks | undefined };

const ROLES: ReadonlySet<string> = new Set(["system", "user", "assistant", "tool"]);

/** One message of a conversation. */
export function MessageView({ message, links }: MessageProps) {
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
      <Parts parts={parts} links={links} />
    </li>
  );
}

export function Parts({ parts, links }: { readonly parts: readonly MessagePart[] } & Pick<MessageProps, "links">) {
  if (parts.length === 0) return <p class="muted">empty message</p>;
  return (
    <>
      {parts.map((part, index) => (
        <Part key={index} part={part} links={links} />
      ))}
    </>
  );
}

function Part({ part, links }: { readonly part: MessagePart } & Pick<MessageProps, "links">) {
  switch (part.type) {
    case "text":
      return <TextView text={part.text} />;
    case "reasoning":
      return (
        <details class="part">
          <summary>
            Reasoning <span class="muted">{counted(linesIn(part.text), "line")}</span>
          </summary>
          <TextView text={part.text} />
        </details>
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
            <SpanLink node={links?.spanOf(part)} onSelect={links?.onSelect} word="its span" />
            <CallId id={part.id} />
          </h4>
          {part.arguments === null ? null : <DataView value={part.arguments} />}
        </div>
      );
    case "tool_call_response": {
      const name = part.id === undefined ? undefined : links?.nameOf(part.id);
      return (
        <div class="part">
          <h4>
            <Icon name="down" />
            <span>
              {"result"}
              {name === undefined ? null : (
                <>
                  {" of "}
                  <UntrustedText text={name} limit={120} />
                </>
              )}
            </span>
            <SpanLink
              node={part.id === undefined ? undefined : links?.spanOfResult(part.id)}
              onSelect={links?.onSelect}
              word="its span"
            />
            <CallId id={part.id} />
          </h4>
          <DataView value={part.result} />
        </div>
      );
    }
    case "other":
      return (
        <div class="part">
          <h4>
            <UntrustedText text={part.is} limit={60} />
          </h4>
          <OtherPart part={part} />
        </div>
      );
  }
}

/** Lines of a text, for what is folded. */
export const linesIn = (text: string): number => text.trim().split("\n").length;

function SpanLink({
  node,
  onSelect,
  word,
}: {
  readonly node: TreeNode | undefined;
  readonly onSelect: CallLinks["onSelect"] | undefined;
  readonly word: string;
}) {
  if (node === undefined || onSelect === undefined) return null;
  return (
    <button type="button" class="link" onClick={() => onSelect(node.key)}>
      {node.error ? <Icon name="error" label="Failed" /> : null}
      {word}
    </button>
  );
}

const CallId = ({ id }: { id: string | undefined }) =>
  id === undefined ? null : (
    <code class="muted call-id">
      <UntrustedText text={id} limit={60} />
    </code>
  );
