import { markdownTree, type MarkdownNode } from "../../../../src/dashboard/ui/markdown/markdown-tree.ts";

/** What the page draws of a text, in one line: `p(Hello em(you))`. Text is quoted if it looks like markup. */
export const drawnOf = (text: string): string => markdownTree(text).map(print).join(" ");

function print(node: MarkdownNode): string {
  if (typeof node === "string") return node;
  switch (node.is) {
    case "element":
      return node.children.length === 0 ? node.tag : `${node.tag}(${node.children.map(print).join("")})`;
    case "link":
      return `link<${node.href}>(${node.children.map(print).join("")})`;
    case "code":
      return `code[${node.language}](${node.text})`;
    case "image":
      return `image(${node.alt}; ${node.address}; ${node.data === undefined ? "not shown" : "on demand"})`;
  }
}
