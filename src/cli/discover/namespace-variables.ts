import type { PlainRecord } from "../../lib/plain-data.ts";
import { mergeByNamespace, type NamespaceVariables, readEnvironmentManifest } from "../../otel/environment-manifest.ts";
import { endpointVariable, EXPORTER_VARIABLES } from "../../otel/exporter-variables.ts";

export type Variables = NamespaceVariables["variables"];

const SORTED_VARIABLES = EXPORTER_VARIABLES.toSorted();

const byNamespace = (a: NamespaceVariables, b: NamespaceVariables): number => (a.namespace < b.namespace ? -1 : 1);

/** The exporter variables of each namespace that sends elsewhere than to `server`, sorted by name. */
export function namespaceVariables(
  configMaps: ReadonlyMap<string, PlainRecord>,
  secrets: ReadonlyMap<string, PlainRecord>,
  server: string,
): Map<string, Variables> {
  const manifests = [...configMaps.values(), ...secrets.values()]
    .map(readEnvironmentManifest)
    .filter((read) => read.ok);
  const wanted = new Map<string, Variables>();
  for (const { namespace, variables } of mergeByNamespace(manifests).toSorted(byNamespace)) {
    const endpoint = endpointVariable((name) => variables[name]?.trim() || undefined);
    // Without an endpoint exporters send nothing. One that is the server makes a loop of an upstream.
    if (endpoint === undefined || addressOf(endpoint.value) === addressOf(server)) continue;
    const known = SORTED_VARIABLES.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]]));
    wanted.set(namespace, Object.fromEntries(known));
  }
  return wanted;
}

/** Host and port. A service has the same name with and without the endings of the cluster. */
function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  const isPlain = protocol === "http:";
  return `${hostname.replace(/\.svc(\.cluster\.local\.?)?$/, "")}:${port || (isPlain ? 80 : 443)}`;
}
