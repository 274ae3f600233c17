import { connect } from "node:net";
import { parseArgs } from "node:util";
import { count, counted, ticking, timeAgo } from "../lib/figures.ts";
import { endpointVariable, headerPairs, isBearerToken } from "../otel/exporter-variables.ts";
import type { ListPageAnswer } from "../session/list/list-page.ts";
import { CommandError, type Environment, type Run } from "./dispatch.ts";
import { FAILED, UNREACHABLE } from "./server/exit-codes.ts";
import { type Health, Server, SERVER_OPTIONS } from "./server/server.ts";
import { plain, styleFor, type Style } from "./terminal/style.ts";

type Finding = { readonly is: "good" | "note" | "bad"; readonly says: string; readonly helps?: string };

/** A clock that differs by less is no cause of anything, milliseconds. */
const CLOCK_TOLERANCE = 5_000;
const GRPC_PORT = 4317;

/** Says why nothing arrives: the address, the rights, the last exports, the exporter's variables, the clock. */
export const run: Run = async (args, environment) => {
  const { values } = parseArgs({ args: [...args], options: SERVER_OPTIONS });
  const server = Server.of(values, environment);
  const style = styleFor(process.stdout, environment);
  const findings: Finding[] = [];
  const add = (...found: readonly Finding[]): void => {
    for (const finding of found) {
      findings.push(finding);
      console.log(findingLine(finding, style));
    }
  };
  console.log(style("bold", server.url));
  let reached: Health;
  try {
    reached = await server.health();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    add({ is: "bad", says: error.message }, ...exporterFindings(server, environment));
    return UNREACHABLE;
  }
  const { response, isSpanfold, troubles } = reached;
  if (!isSpanfold) {
    const [why] = troubles;
    const helps = "--url or SPANFOLD_URL names another address.";
    if (response.ok) add({ is: "bad", says: "answers, but it is no Spanfold", helps });
    else if (why === undefined) add({ is: "bad", says: `/healthz answers ${response.status}`, helps });
    else add({ is: "bad", says: `/healthz answers ${response.status}: ${plain(why)}` });
    return FAILED;
  }
  add({ is: "good", says: "answers" });
  for (const trouble of troubles) add({ is: "note", says: plain(trouble) });
  add(clockFinding(response));
  const { list, finding } = await readList(server);
  add(finding, await writeFinding(server), ...arrivals(list));
  add(await grpcFinding(server, environment));
  const exporters = exporterFindings(server, environment);
  add(...exporters);
  if (exporters.some(({ is }) => is === "good")) add(...(await exporterTokenFinding(server, environment)));
  return findings.some(({ is }) => is === "bad") ? FAILED : 0;
};

function findingLine({ is, says, helps }: Finding, style: Style): string {
  const mark = { good: style("green", "✓"), note: style("yellow", "•"), bad: style("red", "✗") }[is];
  return `  ${mark} ${says}${helps === undefined ? "" : `\n    ${style("dim", helps)}`}`;
}

function clockFinding(response: Response): Finding {
  const date = Date.parse(response.headers.get("Date") ?? "");
  const behind = Date.now() - date;
  if (Number.isNaN(date) || Math.abs(behind) < CLOCK_TOLERANCE)
    return { is: "good", says: "its clock agrees with this one" };
  return {
    is: "note",
    says: `its clock is ${ticking(Math.abs(behind))} ${behind > 0 ? "behind" : "ahead of"} this one`,
    helps: "Durations stay right; a session may look silent for longer or shorter than it is.",
  };
}

/** The list, which says what arrived; without the right to read it, why. */
async function readList(server: Server): Promise<{ readonly list?: ListPageAnswer; readonly finding: Finding }> {
  try {
    const list = await server.list(new URLSearchParams({ limit: "1", kind: "all" }));
    const { all } = list.counts;
    return { list, finding: { is: "good", says: `may be read: ${counted(all, "session")}` } };
  } catch (error) {
    return { finding: { is: "bad", says: `may not be read: ${messageOf(error)}` } };
  }
}

async function writeFinding(server: Server): Promise<Finding> {
  if ((await server.writeRefusal()) !== undefined)
    return {
      is: "note",
      says: server.token === undefined ? "takes no spans without a token" : "takes no spans with this token",
      helps: "An exporter needs INGEST_TOKEN: OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20<INGEST_TOKEN>",
    };
  // An export without spans stores nothing.
  const response = await server.answer("/v1/traces", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"resourceSpans":[]}',
  });
  if (response.ok) return { is: "good", says: "takes spans" };
  return { is: "bad", says: `takes no spans: ${messageOf(await server.refusal(response))}` };
}

function arrivals(list: ListPageAnswer | undefined): Finding[] {
  if (list === undefined) return [{ is: "note", says: "what arrived cannot be seen with these rights" }];
  const { last, refused } = list.recentExports;
  const [newest] = last;
  const found: Finding[] = [];
  if (newest === undefined) found.push({ is: "note", says: "no export has arrived yet" });
  else {
    const { at, signal, encoding, reason } = newest;
    const how = [signal, encoding].filter((word) => word !== undefined).join(", ");
    found.push({ is: "good", says: `the last export came ${timeAgo(Date.now() - at)}${senderOf(newest)} (${how})` });
    if (reason !== undefined) found.push({ is: "note", says: `a part of it was rejected: ${plain(reason)}` });
  }
  for (const refusal of refused.slice(0, 3)) {
    const { at, status, reason } = refusal;
    const says = `${count(refusal.count)} refused${senderOf(refusal)}, last ${timeAgo(Date.now() - at)}: ${status} ${plain(reason)}`;
    found.push({ is: "note", says: says.trimEnd() });
  }
  return found;
}

const senderOf = ({ service }: { readonly service?: string }): string =>
  service === undefined ? "" : ` from ${plain(service)}`;

function grpcFinding(server: Server, environment: Environment): Promise<Finding> {
  const { hostname } = new URL(server.url);
  const port = Number(environment["GRPC_PORT"]) || GRPC_PORT;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port, timeout: 2_000 });
    const end = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    const closed: Finding = {
      is: "note",
      says: `nothing listens for gRPC at ${hostname}:${port}`,
      helps: "Exporters over gRPC need it; exporters over HTTP do not. A deployment takes HTTP only.",
    };
    socket.once("connect", () => end({ is: "good", says: `something listens for gRPC at ${hostname}:${port}` }));
    socket.once("timeout", () => end(closed));
    socket.once("error", () => end(closed));
  });
}

/** Names of this machine are one host. */
const hostOf = ({ hostname, port }: URL): string =>
  `${/^(localhost|\[::1\])$/.test(hostname) ? "127.0.0.1" : hostname}:${port}`;

/** What exporters started from here would do. */
function exporterFindings(server: Server, environment: Environment): Finding[] {
  const found: Finding[] = [];
  const variable = endpointVariable((name) => environment[name]);
  if (variable === undefined) {
    found.push({
      is: "note",
      says: "OTEL_EXPORTER_OTLP_ENDPOINT is not set here",
      helps: `export OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`,
    });
    return found;
  }
  const { name, value: endpoint, isBase } = variable;
  const protocol = environment["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? environment["OTEL_EXPORTER_OTLP_PROTOCOL"];
  const port = URL.canParse(endpoint) ? new URL(endpoint).port : "";
  const own = new URL(server.url);
  if (!URL.canParse(endpoint)) {
    found.push({ is: "bad", says: `${name} is no address: ${plain(endpoint)}` });
  } else if (port === String(GRPC_PORT)) {
    if (protocol?.startsWith("http"))
      found.push({
        is: "bad",
        says: `port ${GRPC_PORT} takes gRPC, and OTEL_EXPORTER_OTLP_PROTOCOL is ${plain(protocol)}`,
        helps: `export OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`,
      });
    else found.push({ is: "good", says: `exporters send to ${plain(endpoint)} by gRPC` });
  } else if (hostOf(new URL(endpoint)) !== hostOf(own)) {
    found.push({
      is: "note",
      says: `${name} names another address: ${plain(endpoint)}`,
      helps: `export OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`,
    });
  } else if (protocol === "grpc") {
    found.push({
      is: "bad",
      says: "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and this address takes HTTP",
      helps: "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    });
  } else if (!isBase && !/\/v1\/traces\/?$/.test(endpoint)) {
    found.push({
      is: "bad",
      says: `${name} is used as it is, and ${plain(endpoint)} has no path`,
      helps: `export ${name}=${server.url}/v1/traces`,
    });
  } else found.push({ is: "good", says: `exporters send to ${plain(endpoint)}` });
  if (environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true")
    found.push({ is: "bad", says: "OTEL_SDK_DISABLED is true: SDKs send nothing" });
  if (environment["OTEL_TRACES_EXPORTER"] === "none")
    found.push({ is: "bad", says: "OTEL_TRACES_EXPORTER is none: SDKs send no spans" });
  if (environment["OTEL_TRACES_SAMPLER"]?.includes("always_off"))
    found.push({ is: "bad", says: "OTEL_TRACES_SAMPLER drops every trace" });
  return found;
}

/** Whether the token of exporters started from here may write; nothing where none is needed. */
async function exporterTokenFinding({ url }: Server, environment: Environment): Promise<Finding[]> {
  if ((await Server.of({ url }, {}).writeRefusal()) === undefined) return [];
  const [name, headers] = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]
    .map((each) => [each, environment[each]] as const)
    .find(([, value]) => value !== undefined) ?? ["OTEL_EXPORTER_OTLP_HEADERS", undefined];
  const helps = "export OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20<INGEST_TOKEN>";
  const token = headers === undefined ? undefined : tokenIn(headers);
  if (token === undefined) return [{ is: "bad", says: `${name} has no token, and this server asks for one`, helps }];
  return (await Server.of({ url, token }, {}).writeRefusal()) === undefined
    ? [{ is: "good", says: `the token in ${name} may send` }]
    : [{ is: "bad", says: `the token in ${name} may not send`, helps }];
}

function tokenIn(headers: string): string | undefined {
  const given = headerPairs(headers).find((pair) => pair?.[0].toLowerCase() === "authorization")?.[1] ?? "";
  const token = /^Bearer\s+(.+)$/i.exec(given)?.[1] ?? "";
  return isBearerToken(token) ? token : undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
