import type { QueryRequest } from "./query-request.ts";
import { yamlText } from "./yaml-text.ts";

export type ManifestOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: "not-ark" | "no-input" }
  | { readonly ok: false; readonly reason: "bad-name"; readonly name: string };

const TARGET_TYPES: ReadonlySet<string> = new Set(["agent", "team", "model", "tool"]);
/** RFC 1123 subdomain: what Kubernetes takes as a name. */
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Ark's `Query` that asks the same again. `name`: another one than before, where that object is still there. */
export function arkManifest(request: QueryRequest, name = request.name): ManifestOutcome {
  const { named, namespace, input, target, parameters, sessionId, conversationId, incomplete = [] } = request;
  if (!named) return { ok: false, reason: "not-ark" };
  if (input === undefined) return { ok: false, reason: "no-input" };
  if (!OBJECT_NAME.test(name)) return { ok: false, reason: "bad-name", name };
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
}
