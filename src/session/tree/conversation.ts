import { indexAttributes, textIn } from "../../facts/attribute-index.ts";
import * as FIELD from "../../facts/fields.ts";
import { resourceIndex } from "../../facts/emitter.ts";
import type { TreeNode, ViewSpan } from "./tree-node.ts";

const conversations = new WeakMap<ViewSpan, string>();

/** Conversation id of a span or its resource; "" without. */
export function conversationOf(view: ViewSpan): string {
  let conversation = conversations.get(view);
  if (conversation === undefined) {
    const { span, resource } = view;
    const field = FIELD.conversation;
    conversation = textIn(indexAttributes(span.attributes), field) ?? textIn(resourceIndex(resource), field) ?? "";
    conversations.set(view, conversation);
  }
  return conversation;
}

/** The conversation that starts with a node; "" without. A conversation is a part of a session: if it is the whole session, "". */
export function conversationFrom(node: TreeNode, sessionId: string): string {
  const own = node.span === undefined ? "" : conversationOf(node.span);
  if (own === "" || own === sessionId) return "";
  for (let above = node.parent; above !== undefined; above = above.parent) {
    const outer = above.span === undefined ? "" : conversationOf(above.span);
    if (outer !== "") return outer === own ? "" : own;
  }
  return own;
}
