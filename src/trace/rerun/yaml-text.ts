/** Plain data as YAML, of which there is only text, lists and records here. */
export type YamlValue = string | readonly YamlValue[] | { readonly [key: string]: YamlValue | undefined };

/**
 * Block YAML that readers of YAML 1.1 and 1.2 take alike: every text is double-quoted, so that nothing in it can be read
 * as a number, a tag or another document. Keys are ours, and plain.
 */
export function yamlText(value: YamlValue, indent = ""): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value))
    return value.map((item: YamlValue) => `\n${indent}- ${yamlText(item, `${indent}  `).trimStart()}`).join("");
  return Object.entries(value)
    .flatMap(([key, inner]) => {
      if (inner === undefined) return [];
      const text = yamlText(inner, typeof inner === "string" || Array.isArray(inner) ? indent : `${indent}  `);
      return [`\n${indent}${key}:${text.startsWith("\n") ? "" : " "}${text}`];
    })
    .join("");
}

/** JSON's escapes are YAML's too; what YAML does not print, or breaks lines at, is escaped besides. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u2028\u2029\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    UNPRINTABLE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
