import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { backoff } from "../lib/backoff.ts";
import { UPSTREAM_PREFIX } from "../otel/environment-manifest.ts";
import { Cluster } from "./discover/cluster.ts";
import { type Kind, ManifestWatch } from "./discover/manifest-watch.ts";
import { namespaceVariables } from "./discover/namespace-variables.ts";
import { Reconciler } from "./discover/reconciler.ts";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { plain } from "./terminal/style.ts";
import { onInterrupt } from "./watch/interrupt.ts";

/** Between two looks at the server, which may have lost its data, milliseconds. */
const LOOK_AGAIN = 30_000;
const FIRST_PAUSE = 1_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,61}$/;

/** Puts each namespace's Secret and ConfigMap `otel-environment-variables` as its upstream, while the cluster and the server run. */
export const run: Run = async (args, environment) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      api: { type: "string" },
      "token-file": { type: "string" },
      "ca-file": { type: "string" },
      namespace: { type: "string" },
      prefix: { type: "string" },
    },
  });
  const { prefix = UPSTREAM_PREFIX, namespace } = values;
  if (!NAME.test(prefix))
    throw new UsageError("--prefix must have 1 to 62 letters, digits, dots, hyphens or underscores.");
  const server = Server.of(values, environment);
  const cluster = Cluster.of(values, environment);
  const ended = new AbortController();
  const stopListening = onInterrupt(() => ended.abort());
  try {
    console.log(plain(`Watching ${cluster.url} for ${server.url}`));
    await new Discovery(cluster, server, prefix, namespace).run(ended.signal);
  } finally {
    stopListening();
  }
  return 0;
};

/** The cluster's state, and the server's after it. */
class Discovery {
  readonly #watches: Readonly<Record<Kind, ManifestWatch>>;
  readonly #reconciler: Reconciler;
  readonly #server: string;
  readonly #trouble = new Map<string, string>();
  #wake: () => void = () => {};
  #changed = true;

  constructor(cluster: Cluster, server: Server, prefix: string, namespace: string | undefined) {
    this.#server = server.url;
    this.#reconciler = new Reconciler(server, { prefix, only: namespace }, (line) => console.log(plain(line)));
    const watch = (kind: Kind): ManifestWatch =>
      new ManifestWatch({
        cluster,
        kind,
        namespace,
        onChange: () => {
          this.#changed = true;
          this.#wake();
        },
        onState: (trouble) => this.#report(`${kind}s`, trouble),
      });
    this.#watches = { Secret: watch("Secret"), ConfigMap: watch("ConfigMap") };
  }

  async run(signal: AbortSignal): Promise<void> {
    const watches = Object.values(this.#watches);
    await Promise.all([this.#follow(signal), ...watches.map(async (watch) => await watch.run(signal))]);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      this.#changed = false;
      const [configMaps, secrets] = [this.#watches.ConfigMap.manifests, this.#watches.Secret.manifests];
      // Half of the cluster's state would delete upstreams.
      if (configMaps !== undefined && secrets !== undefined) {
        try {
          await this.#reconciler.reconcile(namespaceVariables(configMaps, secrets, this.#server), signal);
          failures = 0;
          this.#report("Spanfold", undefined);
        } catch (error) {
          if (signal.aborted) return;
          const isSlow = error instanceof Error && error.name === "TimeoutError";
          if (!(error instanceof CommandError) && !isSlow) throw error;
          failures++;
          this.#report("Spanfold", isSlow ? "it does not answer" : error.message);
        }
      }
      if (failures > 0)
        await sleep(backoff(failures, FIRST_PAUSE, Math.random()), undefined, { signal }).catch(() => {});
      else if (!this.#changed) await this.#change(signal);
    }
  }

  /** Waits for a change, for half a minute at most. */
  async #change(signal: AbortSignal): Promise<void> {
    const waited = new AbortController();
    this.#wake = () => waited.abort();
    await sleep(LOOK_AGAIN, undefined, { signal: AbortSignal.any([signal, waited.signal]) }).catch(() => {});
  }

  /** The same trouble is said once. */
  #report(of: string, trouble: string | undefined): void {
    if (this.#trouble.get(of) === trouble) return;
    if (trouble === undefined) this.#trouble.delete(of);
    else this.#trouble.set(of, trouble);
    console.error(plain(trouble === undefined ? `${of}: in order again` : `${of}: ${trouble}`));
  }
}
