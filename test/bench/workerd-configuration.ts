import type { WorkerOptions } from "../../src/cli/start/build.ts";

export type Wanted = {
  readonly main: "index.js" | "counting.js";
  readonly options: WorkerOptions;
  readonly v8Flags: readonly string[];
  /** Variables of the deployment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The networks that the program may call, as workerd names them. */
  readonly outbound: readonly string[];
};

/**
 * workerd's configuration: the program on local disk, beside it the ceiling in the same process. Paths of modules are relative
 * to the file; the objects' directory is given when the runtime starts.
 */
export function writeConfiguration({ main, options, v8Flags, variables, outbound }: Wanted): string {
  const date = textOf(options.compatibilityDate);
  const flags = listOf(options.compatibilityFlags).map(textOf);
  const modules = main === "index.js" ? ["index.js"] : ["counting.js", "index.js"];
  const objects = ["SessionObject", "DirectoryObject", "ArkFeedObject", "UpstreamsObject", "AlertsObject"];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(", ")}],
  services = [
    (name = "main", worker = .main),
    (name = "ceiling", worker = .ceiling),
    (name = "page", worker = .page),
    (name = "objects", disk = (writable = true)),
    (name = "internet", network = (allow = [${outbound.map((name) => `"${name}"`).join(", ")}])),
  ],
  sockets = [
    (name = "main", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "ceiling", address = "127.0.0.1:0", http = (), service = "ceiling"),
  ],
);

const main :Workerd.Worker = (
  modules = [${modules.map((name) => `(name = "${name}", esModule = embed "${name}")`).join(", ")}],
  compatibilityDate = "${date}",
  compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}],
  bindings = [
    (name = "SESSIONS", durableObjectNamespace = "SessionObject"),
    (name = "DIRECTORY", durableObjectNamespace = "DirectoryObject"),
    (name = "ARK_FEED", durableObjectNamespace = "ArkFeedObject"),
    (name = "UPSTREAMS", durableObjectNamespace = "UpstreamsObject"),
    (name = "ALERTS", durableObjectNamespace = "AlertsObject"),
    (name = "ASSETS", service = "page"),
    (name = "OPEN_ACCESS", text = "loopback"),
    (name = "SHARDS", text = "${process.env["SHARDS"] ?? "4"}"),
${Object.entries(variables)
  .map(([name, text]) => `    (name = "${name}", text = "${text}"),\n`)
  .join("")}  ],
  durableObjectNamespaces = [
${objects.map((name) => `    (className = "${name}", uniqueKey = "bench-${name}", enableSql = true),`).join("\n")}
  ],
  durableObjectStorage = (localDisk = "objects"),
);

const ceiling :Workerd.Worker = (
  modules = [(name = "ceiling.js", esModule = embed "ceiling.js")],
  compatibilityDate = "${date}",
);

const page :Workerd.Worker = (
  modules = [(name = "page.js", esModule = embed "page.js")],
  compatibilityDate = "${date}",
);
`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("wrangler.toml's compatibility date and flags are not text");
  return value;
}
