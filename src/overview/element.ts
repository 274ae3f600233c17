/** A part of a page: the Worker writes it as text, and the page draws it. All text in it is text, whatever it holds. */
export type Element = {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Element | string)[];
};

/** Children that are `undefined` are left out. No tag may be one without an end, such as `br`. */
export function element(
  tag: string,
  attributes: Element["attributes"] = {},
  ...children: readonly (Element | string | undefined)[]
): Element {
  return { tag, attributes, children: children.filter((child) => child !== undefined) };
}

export function htmlOf(node: Element | string): string {
  if (typeof node === "string") return escaped(node);
  const { tag, attributes, children } = node;
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${tag}${written.join("")}>${children.map(htmlOf).join("")}</${tag}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
