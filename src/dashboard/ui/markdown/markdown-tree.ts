import MarkdownIt, { type Token } from "markdown-it";
import { visibleText } from "../../../lib/visible-text.ts";
import { imageOf, isSafeLink, type MarkdownImage } from "./addresses.ts";

/** Markdown as a tree of what the page may draw, and nothing else: HTML is text, and unknown markup is its contents. */
export type MarkdownNode =
  | string
  | { readonly is: "element"; readonly tag: MarkdownTag; readonly start?: number; readonly children: MarkdownNode[] }
  | { readonly is: "link"; readonly href: string; readonly children: MarkdownNode[] }
  | { readonly is: "code"; readonly text: string; readonly language: string }
  | ({ readonly is: "image" } & MarkdownImage);

const TAGS = [
  "p",
  "blockquote",
  "ul",
  "ol",
  "li",
  "strong",
  "em",
  "s",
  "code",
  "br",
  "hr",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
] as const;
export type MarkdownTag = (typeof TAGS)[number];

const isTag = (tag: string): tag is MarkdownTag => (TAGS as readonly string[]).includes(tag);

/** A language's name as authors of Markdown write it. Longer ones are no names. */
const LANGUAGE = /^[\w+#.-]{1,24}/;

// Without `html`, tags are text. Its links are checked again below, because an address may also be of the page itself.
const parser = new MarkdownIt({ html: false, linkify: true, breaks: true });
// Only addresses that say that they are some: "readme.md" is a file.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
// As it is written: a decoded host could look like another one.
parser.normalizeLinkText = (address) => address;

/** Hidden and acting characters are made visible, in what is written and in what character references stand for. */
export function markdownTree(text: string): readonly MarkdownNode[] {
  return treeOf(parser.parse(visibleText(text), {}));
}

type Open = { readonly children: MarkdownNode[] };

function treeOf(tokens: readonly Token[]): readonly MarkdownNode[] {
  const all: MarkdownNode[] = [];
  const open: Open[] = [{ children: all }];
  const add = (...nodes: readonly MarkdownNode[]): void => void open.at(-1)?.children.push(...nodes);
  for (const token of tokens) {
    if (token.nesting === 1) {
      const node = elementOf(token);
      if (node === undefined) open.push({ children: open.at(-1)?.children ?? all });
      else {
        add(node);
        open.push(node);
      }
    } else if (token.nesting === -1) {
      if (open.length > 1) open.pop();
    } else add(...leavesOf(token));
  }
  return all;
}

/** `undefined`: its contents stand in its place. */
function elementOf(token: Token): Extract<MarkdownNode, { children: MarkdownNode[] }> | undefined {
  // Paragraphs of a list without blank lines.
  if (token.hidden) return undefined;
  if (token.type === "link_open") {
    const href = String(token.attrGet("href") ?? "");
    return isSafeLink(href) ? { is: "link", href, children: [] } : undefined;
  }
  if (!isTag(token.tag)) return undefined;
  const start = token.tag === "ol" ? Number(token.attrGet("start") ?? 1) : 1;
  return { is: "element", tag: token.tag, ...(start === 1 ? {} : { start }), children: [] };
}

function leavesOf(token: Token): readonly MarkdownNode[] {
  switch (token.type) {
    case "inline":
      return treeOf(token.children ?? []);
    case "text":
    case "text_special":
    case "html_inline":
    case "html_block":
      return [visibleText(token.content)];
    case "softbreak":
    case "hardbreak":
      return [{ is: "element", tag: "br", children: [] }];
    case "hr":
      return [{ is: "element", tag: "hr", children: [] }];
    case "code_inline":
      return [{ is: "element", tag: "code", children: [visibleText(token.content)] }];
    case "code_block":
    case "fence":
      return [
        {
          is: "code",
          text: visibleText(token.content.replace(/\n$/, "")),
          language: LANGUAGE.exec(token.info.trim())?.[0] ?? "",
        },
      ];
    case "image":
      return [{ is: "image", ...imageOf(String(token.attrGet("src") ?? ""), visibleText(token.content)) }];
    default:
      return token.content === "" ? [] : [visibleText(token.content)];
  }
}
