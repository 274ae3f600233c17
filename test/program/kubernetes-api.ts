import { createServer as overHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as overTls } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Kind = "Secret" | "ConfigMap";
type Stored = { readonly kind: Kind; readonly namespace: string; readonly name: string; readonly data: object };
type Event = { readonly version: number; readonly type: string; readonly object: Stored };
type Watcher = { readonly kind: Kind; readonly select: (object: Stored) => boolean; readonly response: ServerResponse };

const KINDS: Readonly<Record<string, Kind>> = { secrets: "Secret", configmaps: "ConfigMap" };

/**
 * As much of a Kubernetes API server as a client that lists and watches sees: versions, pages, watches from a version, bookmarks,
 * versions that are too old, rights by the field selector. It ends with the test.
 */
export class KubernetesApi {
  readonly url: string;
  /** `list secrets`, `watch secrets from 3`, in order. */
  readonly asked: string[] = [];
  /** The tokens that it knows; any without one. */
  tokens: Set<string> | undefined;
  /** Kinds that the caller may not see. */
  readonly forbidden = new Set<Kind>();
  /** Objects that a page has at most. */
  pageSize = 500;
  /** How a version that is too old is answered. */
  gone: "status" | "event" = "status";
  #version = 10;
  /** Watches from before are answered 410. */
  #oldest = 0;
  readonly #objects = new Map<string, Stored & { readonly version: number }>();
  readonly #events: Event[] = [];
  readonly #watchers = new Set<Watcher>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<KubernetesApi> {
    const server = tls === undefined ? overHttp() : overTls(tls);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const api = new KubernetesApi(tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => api.#answer(request, response));
    return api;
  }

  /** Creates or replaces an object. The values of a Secret are encoded. */
  set(kind: Kind, namespace: string, variables: Readonly<Record<string, string>>, name = "otel-environment-variables") {
    const encoded = Object.entries(variables).map(([key, value]) => [
      key,
      kind === "Secret" ? Buffer.from(value).toString("base64") : value,
    ]);
    const object = { kind, namespace, name, data: Object.fromEntries(encoded) as object };
    const key = `${kind}/${namespace}/${name}`;
    const type = this.#objects.has(key) ? "MODIFIED" : "ADDED";
    this.#objects.set(key, { ...object, version: ++this.#version });
    this.#happen({ version: this.#version, type, object });
  }

  delete(kind: Kind, namespace: string): void {
    const key = `${kind}/${namespace}/otel-environment-variables`;
    const object = this.#objects.get(key);
    if (object === undefined) throw new Error(`there is no ${key}`);
    this.#objects.delete(key);
    this.#happen({ version: ++this.#version, type: "DELETED", object });
  }

  /** Ends all watches: as the server does after their time, or as a network does. */
  end(how: "properly" | "broken"): void {
    for (const { response } of this.#watchers) {
      if (how === "properly") response.end();
      else response.destroy();
    }
    this.#watchers.clear();
  }

  bookmark(): void {
    for (const { kind, response } of this.#watchers)
      response.write(
        `${JSON.stringify({ type: "BOOKMARK", object: { kind, metadata: { resourceVersion: String(this.#version) } } })}\n`,
      );
  }

  /** Forgets what happened so far. */
  compact(): void {
    this.#version++;
    this.#oldest = this.#version;
    this.#events.length = 0;
  }

  get version(): number {
    return this.#version;
  }

  get watches(): number {
    return this.#watchers.size;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const [, namespace, resource = ""] = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?(\w+)$/.exec(pathname) ?? [];
    const kind = KINDS[resource];
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    if (this.tokens !== undefined && !this.tokens.has(token ?? "")) return refuse(response, 401, "Unauthorized");
    if (kind === undefined) return refuse(response, 404, "the server could not find the requested resource");
    const selector = searchParams.get("fieldSelector");
    // A role for one name allows lists and watches with this field selector only.
    if (selector !== "metadata.name=otel-environment-variables" || this.forbidden.has(kind))
      return refuse(response, 403, `${resource} is forbidden: User "discover" cannot list resource "${resource}"`);
    const select = (object: Stored): boolean =>
      object.kind === kind &&
      `metadata.name=${object.name}` === selector &&
      (namespace ?? object.namespace) === object.namespace;
    if (searchParams.get("watch") === "true")
      this.#watch(response, kind, select, Number(searchParams.get("resourceVersion")));
    else this.#list(response, kind, select, searchParams);
  }

  #list(response: ServerResponse, kind: Kind, select: (object: Stored) => boolean, parameters: URLSearchParams): void {
    const [from = 0, version = this.#version] = (parameters.get("continue") ?? "")
      .split("@")
      .filter(Boolean)
      .map(Number);
    this.asked.push(`list ${kind}${from > 0 ? ` from ${from}` : ""}`);
    if (version < this.#oldest) return refuse(response, 410, "The provided continue parameter is too old");
    const all = [...this.#objects.values()].filter(select);
    const size = Math.min(this.pageSize, Number(parameters.get("limit") ?? 500));
    const next = from + size < all.length ? { continue: `${from + size}@${version}` } : {};
    const items = all.slice(from, from + size).map((object) => asManifest(object, object.version));
    const list = { kind: `${kind}List`, apiVersion: "v1", metadata: { resourceVersion: String(version), ...next } };
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ ...list, items: all.length === 0 ? null : items }));
  }

  #watch(response: ServerResponse, kind: Kind, select: (object: Stored) => boolean, from: number): void {
    this.asked.push(`watch ${kind} from ${from}`);
    if (from < this.#oldest && this.gone === "status") return refuse(response, 410, "too old resource version");
    response.setHeader("content-type", "application/json").flushHeaders();
    if (from < this.#oldest) {
      response.end(
        `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, message: "too old resource version" } })}\n`,
      );
      return;
    }
    for (const event of this.#events) if (event.version > from && select(event.object)) response.write(lineOf(event));
    const watcher = { kind, select, response };
    this.#watchers.add(watcher);
    response.once("close", () => this.#watchers.delete(watcher));
  }

  #happen(event: Event): void {
    this.#events.push(event);
    for (const { select, response } of this.#watchers) if (select(event.object)) response.write(lineOf(event));
  }
}

function lineOf({ version, type, object }: Event): string {
  return `${JSON.stringify({ type, object: { ...asManifest(object, version), kind: object.kind, apiVersion: "v1" } })}\n`;
}

/** An item of a list has no kind. */
function asManifest({ namespace, name, data }: Stored, version: number) {
  return { metadata: { name, namespace, resourceVersion: String(version) }, data };
}

function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, code }));
}
