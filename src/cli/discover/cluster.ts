import { readFile } from "node:fs/promises";
import { request as overHttp } from "node:http";
import { request as overTls } from "node:https";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { type Environment, UsageError } from "../dispatch.ts";

/** Where a pod finds what it needs to call the API server. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export type ClusterOptions = {
  readonly api?: string | undefined;
  readonly "token-file"?: string | undefined;
  readonly "ca-file"?: string | undefined;
};

export type ClusterAnswer = {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Ends with an error where the connection breaks. */
  readonly body: AsyncIterable<string>;
};

/** The API server of a Kubernetes cluster. `fetch` of Node can't be given a certificate authority: requests are Node's own. */
export class Cluster {
  /** Without a slash at the end. */
  readonly url: string;
  readonly #tokenFile: string | undefined;
  readonly #caFile: string | undefined;

  private constructor(url: string, tokenFile: string | undefined, caFile: string | undefined) {
    this.url = url;
    this.#tokenFile = tokenFile;
    this.#caFile = caFile;
  }

  /** As options name it, else as a pod finds it. */
  static of(options: ClusterOptions, environment: Environment): Cluster {
    const [host, port] = [environment["KUBERNETES_SERVICE_HOST"], environment["KUBERNETES_SERVICE_PORT"] ?? "443"];
    const inCluster = host === undefined ? undefined : `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const url = options.api ?? inCluster;
    if (url === undefined)
      throw new UsageError("This is no pod of a cluster: --api names the address of the cluster's API server.");
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(`--api must be an address such as https://10.0.0.1:6443, not "${url}".`);
    // A pod's token is for its own cluster.
    const own = (name: string): string | undefined => {
      const file = join(SERVICE_ACCOUNT, name);
      return options.api === undefined && existsSync(file) ? file : undefined;
    };
    return new Cluster(
      url.replace(/\/+$/, ""),
      options["token-file"] ?? own("token"),
      options["ca-file"] ?? own("ca.crt"),
    );
  }

  async get(path: string, signal: AbortSignal): Promise<ClusterAnswer> {
    // Both are replaced while a pod runs: a token lives for an hour.
    const [token, ca] = await Promise.all([contents(this.#tokenFile), contents(this.#caFile)]);
    const url = new URL(`${this.url}${path}`);
    const headers = {
      accept: "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return await new Promise((resolve, reject) => {
      const options = { headers, signal, ...(ca === undefined ? {} : { ca }) };
      const sent = (url.protocol === "https:" ? overTls : overHttp)(url, options, (response) => {
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers["retry-after"],
          body: response.setEncoding("utf8"),
        });
      });
      sent.on("error", reject).end();
    });
  }
}

async function contents(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await readFile(file, "utf8")).trim();
}
