import type { SessionTree, TreeNode } from "../../../session/tree/tree.ts";

/** Rows of the tree by the span that a step names: `<trace id>:<span id>`. */
export class SpanIndex {
  readonly #byTrace = new Map<string, Map<string, TreeNode>>();
  readonly #tree: SessionTree;

  constructor(tree: SessionTree) {
    this.#tree = tree;
    for (const node of tree.rows) {
      let bySpan = this.#byTrace.get(node.traceId);
      if (bySpan === undefined) this.#byTrace.set(node.traceId, (bySpan = new Map()));
      if (!bySpan.has(node.spanId)) bySpan.set(node.spanId, node);
    }
  }

  of(key: string): TreeNode | undefined {
    const at = key.indexOf(":");
    const node = this.#byTrace.get(key.slice(0, at))?.get(key.slice(at + 1));
    if (node !== undefined) return node;
    const standIn = this.#tree.replacements.get(key);
    return standIn === undefined ? undefined : this.#tree.byKey.get(standIn);
  }
}
