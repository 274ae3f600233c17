import { readProblem } from "../../client/refusal.ts";
import { isRecord, type PlainRecord } from "../../lib/plain-data.ts";
import { MANIFEST_NAME, type NamespaceVariables } from "../../otel/environment-manifest.ts";
import type { Server } from "./server.ts";

export type PutOutcome =
  | { readonly outcome: "put"; readonly upstream: PlainRecord }
  /** Why the server refuses these variables, as a sentence. It names no value. */
  | { readonly outcome: "refused"; readonly reason: string };

/** The path of an upstream in the API. */
export const upstreamPath = (name: string): string => `/admin/upstreams/${encodeURIComponent(name)}`;

/** The upstreams of a server, as it shows them. */
export async function listUpstreams(server: Server, signal?: AbortSignal): Promise<readonly PlainRecord[]> {
  const answer = await server.json("/admin/upstreams", signal);
  return isRecord(answer) && Array.isArray(answer["upstreams"]) ? answer["upstreams"].filter(isRecord) : [];
}

/** Puts variables of a namespace as the upstream of this name. Throws a `CommandError` for any other reason that it fails. */
export async function putManifest(
  server: Server,
  name: string,
  { namespace, variables }: NamespaceVariables,
  signal?: AbortSignal,
): Promise<PutOutcome> {
  const manifest = { kind: "Secret", metadata: { name: MANIFEST_NAME, namespace }, stringData: variables };
  const response = await server.answer(upstreamPath(name), {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(manifest),
    signal: signal ?? null,
  });
  if (response.status === 400) {
    const { detail, title } = await readProblem(response);
    return { outcome: "refused", reason: detail || title };
  }
  if (!response.ok) throw await server.refusal(response);
  const upstream: unknown = await response.json();
  if (!isRecord(upstream)) throw new Error("The server's answer is no upstream.");
  return { outcome: "put", upstream };
}
