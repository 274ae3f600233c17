import { parseArgs } from "node:util";
import { count, counted, ticking } from "../lib/figures.ts";
import { isRecord, nonEmpty, type PlainRecord } from "../lib/plain-data.ts";
import { mergeByNamespace, upstreamName } from "../otel/environment-manifest.ts";
import { CommandError, type Run, UsageError } from "./dispatch.ts";
import { FAILED } from "./server/exit-codes.ts";
import { noSpanfold } from "./server/refusal-text.ts";
import { Server, SERVER_OPTIONS } from "./server/server.ts";
import { listUpstreams, putManifest, upstreamPath } from "./server/upstreams.ts";
import { plain, type Style, styleFor } from "./terminal/style.ts";
import { writeData } from "./terminal/write-data.ts";
import { manifestsIn } from "./upstreams/manifests-in.ts";

type Act = (server: Server, name: string, style: Style) => Promise<number>;

/** Lists upstreams, sets those of namespaces by manifests, tests, replays and removes them. */
export const run: Run = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...SERVER_OPTIONS,
      file: { type: "string", short: "f", multiple: true },
      namespace: { type: "string", short: "n" },
      json: { type: "boolean" },
    },
    allowPositionals: true,
  });
  const [action = "list", ...names] = positionals;
  const server = Server.of(values, environment);
  const style = styleFor(process.stdout, environment);
  const { file: files = [], namespace } = values;
  if (action === "list") {
    if (names.length > 0) throw new UsageError("upstreams list takes no name.");
    return await list(server, style, values.json === true ? "json" : "lines");
  }
  if (action === "apply") {
    if (files.length === 0 || names.length > 0) throw new UsageError("upstreams apply needs -f FILE; - is the input.");
    return await apply(server, files, namespace);
  }
  const act = Object.hasOwn(ACTS, action) ? ACTS[action] : undefined;
  if (act === undefined)
    throw new UsageError(`upstreams knows list, apply, ${Object.keys(ACTS).join(", ")}, not "${action}".`);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw new UsageError(`upstreams ${action} needs one name.`);
  return await act(server, name, style);
};

const ACTS: Readonly<Record<string, Act>> = {
  async test(server, name, style) {
    const response = await server.request(`${upstreamPath(name)}/test`, { method: "POST" });
    const result: unknown = await response.json();
    if (!isRecord(result)) throw new CommandError(noSpanfold(server.url), FAILED);
    const { outcome, status, reason, body, millis } = result;
    const isAccepted = outcome === "accepted";
    const answered = typeof status === "number" ? `status ${status}` : "no answer";
    console.log(`${style(isAccepted ? "green" : "red", String(outcome))}: ${answered} after ${String(millis)} ms`);
    for (const text of [reason, body]) if (nonEmpty(text) !== undefined) console.log(`  ${plain(String(text))}`);
    return isAccepted ? 0 : FAILED;
  },
  async replay(server, name) {
    let traces = 0;
    for (let omitted = 1; omitted > 0;) {
      const response = await server.request(`${upstreamPath(name)}/replay`, { method: "POST" });
      const result: unknown = await response.json();
      const sent = isRecord(result) ? Number(result["traces"]) : 0;
      omitted = isRecord(result) && sent > 0 ? Number(result["omitted"]) : 0;
      traces += sent;
    }
    console.log(`${counted(traces, "trace")} delivered again`);
    return 0;
  },
  async delete(server, name) {
    await server.request(upstreamPath(name), { method: "DELETE" });
    console.log(`deleted ${plain(name)}`);
    return 0;
  },
};

async function list(server: Server, style: Style, form: "lines" | "json"): Promise<number> {
  const upstreams = await listUpstreams(server);
  if (form === "json") for (const upstream of upstreams) writeData(`${JSON.stringify(upstream)}\n`);
  else if (upstreams.length === 0) console.error(`No upstream at ${server.url}.`);
  else for (const upstream of upstreams) console.log(lineOf(upstream, style));
  return 0;
}

function lineOf(upstream: PlainRecord, style: Style): string {
  const { name, endpoint, state, delivered, deliveredLogs, deliveredMetrics, rejected, parked, reason } = upstream;
  const counts = [
    `${count(Number(delivered))} delivered`,
    ...(upstream["logs"] === "sent" ? [counted(Number(deliveredLogs), "log record")] : []),
    ...(upstream["metrics"] === "sent" ? [counted(Number(deliveredMetrics), "data point")] : []),
    ...waitingIn(upstream["waiting"]),
    ...(Number(rejected) > 0 ? [`${count(Number(rejected))} rejected`] : []),
    ...(Number(parked) > 0 ? [`${counted(Number(parked), "trace")} parked`] : []),
  ].join(", ");
  const shown = style(state === "on" ? "green" : "red", String(state));
  const why = nonEmpty(reason) === undefined ? "" : `\n  ${style("dim", plain(String(reason)))}`;
  return `${plain(String(name))}  ${shown}  ${plain(String(endpoint))}  ${counts}${why}`;
}

/** What the upstream lacks, and for how long. */
function waitingIn(waiting: unknown): string[] {
  if (!isRecord(waiting) || Number(waiting["traces"]) === 0) return [];
  const { spans, logRecords, oldest, isPartial } = waiting;
  const items = [
    ...(Number(spans) > 0 ? [counted(Number(spans), "span")] : []),
    ...(Number(logRecords) > 0 ? [counted(Number(logRecords), "log record")] : []),
  ].join(", ");
  const since = typeof oldest === "string" ? `, the first for ${ticking(Date.now() - Number(oldest) / 1e6)}` : "";
  return [`${isPartial === true ? "at least " : ""}${items} waiting${since}`];
}

/** All files are read before anything is put. */
async function apply(server: Server, files: readonly string[], namespace: string | undefined): Promise<number> {
  const manifests = (await Promise.all(files.map(async (file) => await manifestsIn(file, namespace)))).flat();
  let code = 0;
  for (const manifest of mergeByNamespace(manifests)) {
    const name = upstreamName(manifest.namespace);
    const put = await putManifest(server, name, manifest);
    if (put.outcome === "put") console.log(plain(`put ${name}, ${String(put.upstream["endpoint"])}`));
    else {
      console.error(plain(`${manifest.namespace}: refused: ${put.reason}`));
      code = FAILED;
    }
  }
  return code;
}
