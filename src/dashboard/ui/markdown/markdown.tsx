import { type ComponentChildren, createElement } from "preact";
import { useMemo } from "preact/hooks";
import { CodeText } from "./code-text.tsx";
import { ImageOnDemand } from "./image-on-demand.tsx";
import { markdownTree, type MarkdownNode, type MarkdownTag } from "./markdown-tree.ts";

/** The page has headings of its own above. */
const DRAWN_AS: Partial<Readonly<Record<MarkdownTag, string>>> = { h1: "h4", h2: "h5", h3: "h6", h4: "h6", h5: "h6" };

/** Untrusted Markdown. Only the elements of {@link MarkdownNode} are drawn, and text only as text nodes. */
export function Markdown({ text }: { readonly text: string }) {
  const tree = useMemo(() => markdownTree(text), [text]);
  return (
    <div class="markdown" dir="auto">
      {drawn(tree)}
    </div>
  );
}

/** The parser nests at most 100 deep. */
const drawn = (nodes: readonly MarkdownNode[]): ComponentChildren => nodes.map(drawNode);

function drawNode(node: MarkdownNode, at: number): ComponentChildren {
  if (typeof node === "string") return node;
  switch (node.is) {
    case "element": {
      const { tag, children, start } = node;
      const element = createElement(
        DRAWN_AS[tag] ?? tag,
        { key: at, ...(isBlock(tag) && { dir: "auto" }), ...(start !== undefined && { start }) },
        ...(children.length === 0 ? [] : [drawn(children)]),
      );
      // Wide ones scroll by themselves.
      return tag === "table" ? (
        <div key={at} class="markdown-table">
          {element}
        </div>
      ) : (
        element
      );
    }
    case "link":
      return (
        <a key={at} href={node.href} target="_blank" rel="noreferrer noopener" title={node.href}>
          {drawn(node.children)}
        </a>
      );
    case "code":
      return <CodeText key={at} text={node.text} language={node.language} />;
    case "image":
      return <ImageOnDemand key={at} {...node} />;
  }
}

const BLOCKS: ReadonlySet<MarkdownTag> = new Set<MarkdownTag>(["p", "li", "blockquote", "th", "td", "h1", "h2", "h3"]);
const isBlock = (tag: MarkdownTag): boolean => BLOCKS.has(tag);
