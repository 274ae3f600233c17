import { indexAttributes, FIELD, textIn } from "../../facts/attribute-index.ts";
import { resourceIndex } from "../../facts/facts.ts";
import type { TreeNode, ViewSpan } from "./tree-node.ts";

const known = new WeakMap<ViewSpan, string>();

/** The conversation that a span is part of, as it or its resource says; "" without. */
export function conversationOf(view: ViewSpan): string {
  let conversation = known.get(view);
  if (conversation === undefined) {
    const { span, resource } = view;
    const slot = FIELD.conversation;
    conversation = textIn(indexAttributes(span.attributes), slot) ?? textIn(resourceIndex(resource), slot) ?? "";
    known.set(view, conversation);
  }
  return conversation;
}

/** The conversation that begins with a node: a level within its session, so none where that is all of the session; "" without. */
export function conversationFrom(node: TreeNode, sessionId: string): string {
  const own = node.span === undefined ? "" : conversationOf(node.span);
  if (own === "" || own === sessionId) return "";
  for (let above = node.parent; above !== undefined; above = above.parent) {
    const outer = above.span === undefined ? "" : conversationOf(above.span);
    if (outer !== "") return outer === own ? "" : own;
  }
  return own;
}
