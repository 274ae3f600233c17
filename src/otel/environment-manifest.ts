import { bytesOfBase64 } from "../lib/base64.ts";
import { isRecord, nonEmpty } from "../lib/plain-data.ts";
import type { PlainRecord } from "../lib/plain-data.ts";

/** The Secret or ConfigMap that gives the exporters of a namespace their variables. */
export const MANIFEST_NAME = "otel-environment-variables";

/** Of the name of an upstream that a manifest sets, unless another one is asked for. */
export const UPSTREAM_PREFIX = "namespace";

/** What the upstream of a namespace is called. */
export const upstreamName = (namespace: string, prefix = UPSTREAM_PREFIX): string => `${prefix}.${namespace}`;

/** The variables of a namespace, by name. */
export type NamespaceVariables = {
  readonly namespace: string;
  readonly variables: Readonly<Record<string, string>>;
};

export type ManifestVariables = NamespaceVariables & { readonly kind: "Secret" | "ConfigMap" };

export type EnvironmentManifest =
  | ({ readonly ok: true } & ManifestVariables)
  /** English, one sentence without its full stop. It names no value. */
  | { readonly ok: false; readonly error: string };

type Manifest = PlainRecord & { readonly kind: ManifestVariables["kind"] };

export function isManifest(value: unknown): value is Manifest {
  return isRecord(value) && (value["kind"] === "Secret" || value["kind"] === "ConfigMap");
}

/** The metadata of an object of Kubernetes. */
export function metadataOf(object: unknown): PlainRecord | undefined {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  return isRecord(metadata) ? metadata : undefined;
}

/** The variables in a Kubernetes Secret or ConfigMap of the name {@link MANIFEST_NAME}. */
export function readEnvironmentManifest(manifest: unknown): EnvironmentManifest {
  if (!isManifest(manifest)) return { ok: false, error: "the body must be a Secret or a ConfigMap as JSON" };
  const { kind } = manifest;
  const metadata = metadataOf(manifest);
  const namespace = nonEmpty(metadata?.["namespace"]);
  if (metadata?.["name"] !== MANIFEST_NAME) return { ok: false, error: `metadata.name must be ${MANIFEST_NAME}` };
  if (namespace === undefined || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    return { ok: false, error: "metadata.namespace must be the name of a namespace" };
  const variables: Record<string, string> = {};
  for (const [key, value] of Object.entries(isRecord(manifest["data"]) ? manifest["data"] : {})) {
    const text = kind === "Secret" ? fromBase64(value) : value;
    if (typeof text !== "string")
      return { ok: false, error: `data.${key} must be ${kind === "Secret" ? "base64" : "text"}` };
    variables[key] = text;
  }
  // As in Kubernetes, stringData wins.
  for (const [key, value] of Object.entries(isRecord(manifest["stringData"]) ? manifest["stringData"] : {}))
    if (typeof value === "string") variables[key] = value;
  return { ok: true, kind, namespace, variables };
}

/** One for each namespace: where it has both objects, the Secret's variables win, as with `envFrom` of the ConfigMap and the Secret. */
export function mergeByNamespace(manifests: readonly ManifestVariables[]): readonly NamespaceVariables[] {
  const merged = new Map<string, NamespaceVariables>();
  const secretsLast = manifests.toSorted((a, b) => Number(a.kind === "Secret") - Number(b.kind === "Secret"));
  for (const { namespace, variables } of secretsLast)
    merged.set(namespace, { namespace, variables: { ...merged.get(namespace)?.variables, ...variables } });
  return Array.from(merged.values());
}

function fromBase64(value: unknown): string | undefined {
  const bytes = typeof value === "string" ? bytesOfBase64(value) : undefined;
  return bytes && new TextDecoder().decode(bytes);
}
