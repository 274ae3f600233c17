import type { PlainRecord } from "../../lib/plain-data.ts";
import { readEnvironmentManifest } from "../../otel/environment-manifest.ts";
import { endpointVariable, EXPORTER_VARIABLES } from "../../otel/exporter-variables.ts";

export type Variables = Readonly<Record<string, string>>;

/**
 * The exporter variables of each namespace that sends elsewhere than to `server`, sorted by name. Where a namespace has both objects,
 * the Secret's variables come before the ConfigMap's, as with `envFrom` in this order.
 */
export function namespaceVariables(
  configMaps: ReadonlyMap<string, PlainRecord>,
  secrets: ReadonlyMap<string, PlainRecord>,
  server: string,
): Map<string, Variables> {
  const all = new Map<string, Record<string, string>>();
  for (const manifest of [...configMaps.values(), ...secrets.values()]) {
    const read = readEnvironmentManifest(manifest);
    if (!read.ok) continue;
    const variables = all.get(read.namespace) ?? {};
    for (const name of EXPORTER_VARIABLES) {
      const value = read.variables[name];
      if (value !== undefined) variables[name] = value;
    }
    all.set(read.namespace, variables);
  }
  const wanted = new Map<string, Variables>();
  for (const [namespace, variables] of [...all].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const endpoint = endpointVariable((name) => variables[name]?.trim() || undefined);
    // Without an endpoint exporters send nothing. One that is the server makes a loop of an upstream.
    if (endpoint === undefined || addressOf(endpoint.value) === addressOf(server)) continue;
    const names = Object.keys(variables).toSorted();
    wanted.set(namespace, Object.fromEntries(names.map((name) => [name, variables[name] ?? ""])));
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
