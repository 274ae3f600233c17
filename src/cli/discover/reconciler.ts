import { isRecord, nonEmpty, type PlainRecord } from "../../lib/plain-data.ts";
import { upstreamName } from "../../otel/environment-manifest.ts";
import type { Server } from "../server/server.ts";
import { listUpstreams, putManifest, upstreamPath } from "../server/upstreams.ts";
import type { Variables } from "./namespace-variables.ts";

const REQUEST_MILLIS = 30_000;

type Put = { readonly variables: string; readonly stored: string };

/** `only`: the one namespace that is known; the upstreams of others stay as they are. */
export type Scope = { readonly prefix: string; readonly only: string | undefined };

/** Makes the upstreams of a server those of a cluster: puts what is missing or other, deletes what is gone. */
export class Reconciler {
  readonly #server: Server;
  readonly #scope: Scope;
  readonly #say: (line: string) => void;
  /** By namespace: what this process put last, and what the server made of it. */
  readonly #put = new Map<string, Put>();
  /** By namespace: why the server refuses its manifest. It is said once. */
  readonly #refused = new Map<string, string>();

  constructor(server: Server, scope: Scope, say: (line: string) => void) {
    this.#server = server;
    this.#scope = scope;
    this.#say = say;
  }

  /** Throws a `CommandError` where the server can't be reached, or refuses the caller. */
  async reconcile(wanted: ReadonlyMap<string, Variables>, signal: AbortSignal): Promise<void> {
    const stored = await this.#stored(signal);
    for (const [namespace, variables] of wanted) {
      const text = JSON.stringify(variables);
      const put = this.#put.get(namespace);
      // Another variable, a server that lost its data, or a person who put something else.
      if (put?.variables !== text || put.stored !== stored.get(namespace))
        await this.#putOne(namespace, variables, signal);
    }
    for (const namespace of stored.keys()) if (!wanted.has(namespace)) await this.#deleteOne(namespace, signal);
    for (const known of [this.#put, this.#refused])
      for (const namespace of known.keys()) if (!wanted.has(namespace)) known.delete(namespace);
  }

  /** The upstreams that stand for namespaces of this scope, by namespace. */
  async #stored(signal: AbortSignal): Promise<Map<string, string>> {
    const stored = new Map<string, string>();
    const { prefix, only } = this.#scope;
    for (const upstream of await listUpstreams(this.#server, limited(signal))) {
      const { match, name } = upstream;
      const namespace = isRecord(match) ? nonEmpty(match["namespace"]) : undefined;
      if (namespace === undefined || namespace !== (only ?? namespace)) continue;
      if (name === upstreamName(namespace, prefix)) stored.set(namespace, settingsOf(upstream));
    }
    return stored;
  }

  async #putOne(namespace: string, variables: Variables, signal: AbortSignal): Promise<void> {
    const name = upstreamName(namespace, this.#scope.prefix);
    const put = await putManifest(this.#server, name, { namespace, variables }, limited(signal));
    if (put.outcome === "refused") {
      if (this.#refused.get(namespace) !== put.reason)
        this.#say(`${namespace}: refused, what was set before stays: ${put.reason}`);
      this.#refused.set(namespace, put.reason);
      return;
    }
    const { upstream } = put;
    this.#refused.delete(namespace);
    this.#put.set(namespace, { variables: JSON.stringify(variables), stored: settingsOf(upstream) });
    this.#say(`${namespace}: put ${name}, ${String(upstream["endpoint"])}`);
  }

  async #deleteOne(namespace: string, signal: AbortSignal): Promise<void> {
    const name = upstreamName(namespace, this.#scope.prefix);
    const response = await this.#server.answer(upstreamPath(name), {
      method: "DELETE",
      signal: limited(signal),
    });
    if (!response.ok && response.status !== 404) throw await this.#server.refusal(response);
    await response.body?.cancel();
    this.#say(`${namespace}: deleted ${name}`);
  }
}

const limited = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MILLIS)]);

/** What a manifest sets, of an upstream as the server shows it. */
function settingsOf({ endpoint, protocol, compression, timeout, headers, match }: PlainRecord): string {
  return JSON.stringify([endpoint, protocol, compression, timeout, headers, match]);
}
