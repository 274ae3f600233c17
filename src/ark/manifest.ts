import type { ManifestOf } from "../session/rerun/manifest.ts";

const TARGET_TYPES: ReadonlySet<string> = new Set(["agent", "team", "model", "tool"]);
/** RFC 1123 subdomain: a name in Kubernetes. */
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Ark's `Query` that repeats a request. */
export const arkManifest: ManifestOf = (request, name) => {
  const { named, namespace, input, target, parameters, sessionId, conversationId, incomplete = [] } = request;
  if (!named) return refusal("This is not an Ark query, so it has no manifest. Accept application/json.");
  if (input === undefined) return refusal("No span contains the prompt of this query. A manifest needs spec.input.");
  if (!OBJECT_NAME.test(name))
    return refusal(`${name} is not a valid name of a Kubernetes object. Set one with ?name=`);
  const type = target?.type;
  const isTarget = target !== undefined && type !== undefined && TARGET_TYPES.has(type);
  const text = yamlText({
    apiVersion: "ark.mckinsey.com/v1alpha1",
    kind: "Query",
    metadata: { name, namespace },
    spec: {
      type: "user",
      input,
      target: isTarget ? { type, name: target.name } : undefined,
      parameters:
        parameters === undefined || parameters.length === 0 ? undefined : parameters.map((one) => ({ ...one })),
      sessionId,
      conversationId,
    },
  });
  const gaps = [
    ...incomplete.map((field) => `spec.${field} was cut`),
    ...(isTarget ? [] : ["spec.target is not known"]),
  ];
  return { ok: true, text: `${gaps.map((gap) => `# incomplete: ${gap}\n`).join("")}${text.trimStart()}\n` };
};

const refusal = (detail: string) => ({ ok: false, detail }) as const;

/** Data that can be written as YAML: texts, lists and records. */
export type YamlValue = string | readonly YamlValue[] | { readonly [key: string]: YamlValue | undefined };

/**
 * Block YAML with the same meaning in YAML 1.1 and 1.2. Texts are double-quoted, so that none can be read as a number, a tag
 * or another document. Keys are ours, and plain.
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

/** JSON's escapes are valid in YAML. Characters that YAML does not allow, or treats as line breaks, are escaped as well. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u2028\u2029\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    UNPRINTABLE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
