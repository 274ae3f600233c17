import type { Content } from "../../src/content/content-value.ts";
import type { Message } from "../../src/content/messages.ts";
import type { MessagePart } from "../../src/content/message-parts.ts";
import { claimText, nameOfClaim } from "../../src/facts/session-claim.ts";
import { readContent } from "../../src/facts/span-content.ts";
import { inflate } from "../../src/lib/body-codec.ts";
import { oneLine } from "../../src/lib/one-line.ts";
import { decodeTraces } from "../../src/otlp/decode-traces.ts";
import { encodeDelivery } from "../../src/otlp/group/encode-delivery.ts";
import type { RecordGroup, TraceGroup } from "../../src/otlp/group/trace-group.ts";
import { decodeLogs } from "../../src/otlp/logs/decode-logs.ts";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import type { SessionSummary } from "../../src/session/summary.ts";
import type { SessionView } from "../../src/session/view/session-view.ts";
import { wholeView } from "../session/whole-view.ts";
import type { TreeNode } from "../../src/session/tree/tree.ts";
import type { Captured } from "./capture.ts";

/** Characters of a content that a line shows, and of each message in it. */
const SHOWN = 600;
const SHOWN_OF_MESSAGE = 90;

/**
 * What Spanfold shows of captured exports, as lines: each session with its figures, then its tree. It has no ids and no
 * times, so that two runs of one program have the same portrait. Some programs also trace their insides, hundreds of spans
 * that differ from run to run: `"calls"` leaves out sessions, rows and counts without agents, models and tools.
 */
export function portraitOf(exports: readonly Captured[], extent: "whole" | "calls" = "whole"): string {
  const groups = exports.flatMap(groupsOf);
  const names = sessionNames(groups);
  const sessions = Map.groupBy(groups, ({ traceId }) => names.get(traceId) ?? traceId);
  return [...sessions]
    .map(([name, own]) => ({ head: headOf(name, own, names), tree: treeOf(own, extent) }))
    .filter(({ tree }) => extent === "whole" || tree.length > 0)
    .map(({ head, tree }) => [
      ...head.filter((line) => extent === "whole" || !/^ {2}(turns|counts)/.test(line)),
      ...tree,
    ])
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The events of the streams of the sessions that these exports make, by session. */
export function eventsOfSessions(exports: readonly Captured[]): ReadonlyMap<string, readonly SessionStreamEvent[]> {
  const groups = exports.flatMap(groupsOf);
  const names = sessionNames(groups);
  const sessions = Map.groupBy(groups, ({ traceId }) => names.get(traceId) ?? traceId);
  return new Map([...sessions].map(([name, own]) => [name, own.map(eventOf)]));
}

/** The summaries of the sessions that these exports make. */
export function summariesOf(exports: readonly Captured[]): readonly SessionSummary[] {
  const groups = exports.flatMap(groupsOf);
  const names = sessionNames(groups);
  const sessions = Map.groupBy(groups, ({ traceId }) => names.get(traceId) ?? traceId);
  return [...sessions.values()].flatMap((own) => viewOf(own).summary() ?? []);
}

/** One view of all that was sent, whichever session it names. */
export function viewOfExports(exports: readonly Captured[]): SessionView {
  return viewOf(exports.flatMap(groupsOf));
}

type Group = TraceGroup | RecordGroup;

function groupsOf({ signal, encoding, body }: Captured): readonly Group[] {
  const decoded = signal === "traces" ? decodeTraces(body, encoding) : decodeLogs(body, encoding);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value.groups;
}

/** The best name of each trace that has one, by trace id. */
function sessionNames(groups: readonly Group[]): ReadonlyMap<string, string> {
  const claims = groups.flatMap((group) =>
    group.resources.flatMap(({ scopes }) =>
      scopes.flatMap(({ items }) =>
        items.flatMap(({ facts }: { facts: object }) => claimOf(group.traceId, facts as Claiming)),
      ),
    ),
  );
  const best = new Map<string, string>();
  for (const { traceId, claim } of claims.toSorted((a, b) => (a.claim < b.claim ? -1 : 1))) {
    if (!best.has(traceId)) best.set(traceId, nameOfClaim(claim).value);
  }
  return best;
}

type Claiming = Partial<Parameters<typeof claimText>[0]> & { session?: { rank: number; value: string } };

function claimOf(traceId: string, { session, start = 0n, parentSpanId = "", spanId = "0".repeat(16) }: Claiming) {
  return session === undefined ? [] : [{ traceId, claim: claimText({ start, parentSpanId, spanId }, session) }];
}

function viewOf(groups: readonly Group[]): SessionView {
  const view = wholeView();
  for (const group of groups) view.apply(eventOf(group));
  return view;
}

function eventOf(group: Group): SessionStreamEvent {
  const { kind, traceId, receipt } = group;
  const { encoding, body } = encodeDelivery(group);
  const read = JSON.parse(new TextDecoder().decode(inflate(encoding, body)));
  const received = "1795000000000000000";
  return kind === "spans"
    ? { type: "spans", received, receipt, resourceSpans: read }
    : { type: "logs", received, receipt, traceId, resourceLogs: read };
}

function headOf(name: string, groups: readonly Group[], names: ReadonlyMap<string, string>): readonly string[] {
  const view = viewOf(groups);
  const summary = view.summary();
  if (summary === undefined) return [`session ${name}: nothing`];
  const { title, models, tools, agents, tokens, users } = summary;
  const { input, output, cached, written, reasoning } = tokens;
  const counted = (list: readonly { name: string; calls: number; errors: number }[]) =>
    list.map((one) => `${one.name} × ${one.calls}${one.errors > 0 ? ` (${one.errors} failed)` : ""}`).join(", ") ||
    "none";
  const named = groups.some(({ traceId }) => names.has(traceId));
  return [
    `session ${named ? pseudonym(name) : "without a name"}`,
    `  title   ${title || "none"}`,
    `  turns   ${
      view
        .queries()
        .map(({ name: query, phase }) => `${query} ${phase}`)
        .join(", ") || "none"
    }`,
    `  counts  ${summary.traces} traces, ${summary.spans} spans, ${summary.logRecords ?? 0} log records, ${summary.errors} errors`,
    `  models  ${counted(models)}`,
    `  tools   ${counted(tools)}`,
    `  agents  ${counted(agents)}`,
    `  tokens  ${input} in (${cached} cached, ${written} written), ${output} out (${reasoning} reasoning)`,
    ...(users.length > 0 ? [pseudonym(`  user    ${users.join()}`)] : []),
  ];
}

/** Ids, times and folders differ from run to run. */
const pseudonym = (text: string): string => text.replaceAll(ID, "<id>").replaceAll(TIME, "<time>");
const ID = new RegExp(
  [
    String.raw`\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b`,
    String.raw`\b\w*?_?[0-9a-f]{16,}\b`,
    String.raw`\bses_\w+`,
    String.raw`\b0x[0-9a-f]+`,
    String.raw`(?<=\bChunk ID: )\w+`,
    String.raw`(?<=/agent-)\w+`,
    String.raw`(?<=__run_shell_command_)\d+_\d+`,
  ].join("|"),
  "gi",
);
const TIME = /\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|\b1[789]\d{8}(?:\.\d+|\d{3})\b|\b\d+\.\d{4,} seconds/g;

const CALLS: ReadonlySet<string> = new Set(["query", "agent", "team", "turn", "llm", "embedding", "tool", "retrieval"]);

function treeOf(groups: readonly Group[], extent: "whole" | "calls"): readonly string[] {
  const { rows } = viewOf(groups).tree();
  if (extent === "whole") return rows.map((row) => `${"  ".repeat(row.depth + 1)}${lineOf(row)}`);
  const depths = new Map<TreeNode, number>();
  return rows.flatMap((row) => {
    const above = row.parent === undefined ? 0 : (depths.get(row.parent) ?? 0);
    const isCall = row.span !== undefined && CALLS.has(row.span.facts.kind);
    depths.set(row, isCall ? above + 1 : above);
    return isCall ? [`${"  ".repeat(above + 1)}${lineOf(row)}`] : [];
  });
}

function lineOf({ span, name, badges }: TreeNode): string {
  if (span === undefined) return `? ${name || badges.join()}`;
  const { facts } = span;
  const { kind, model, tool, agent, tokens, cost, error, failure, inputRequest } = facts;
  const content = readContent(span.span);
  const notes = [
    ...(model === undefined ? [] : [`model ${model}`]),
    ...(tool === undefined ? [] : [`tool ${tool}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(tokens === undefined ? [] : [`${tokens.input}/${tokens.cached}→${tokens.output}`]),
    ...(cost === undefined ? [] : [`$${cost}`]),
    ...(error ? [`error: ${failure ?? "?"}`] : []),
    ...(inputRequest === undefined ? [] : [`${inputRequest.state}: ${inputRequest.question}`]),
  ];
  const texts = [textOf(content.input), textOf(content.output)];
  const shown = texts.some((text) => text !== "") ? ` | ${texts.map((text) => text || "∅").join(" → ")}` : "";
  return pseudonym(`${kind} ${facts.name}${notes.length > 0 ? ` [${notes.join(", ")}]` : ""}${shown}`);
}

function textOf(content: Content | undefined): string {
  if (content === undefined) return "";
  const text = content.kind === "messages" ? content.messages.map(messageText).join(" ‖ ") : content.text;
  return oneLine(pseudonym(text), SHOWN);
}

function messageText({ role, parts }: Message): string {
  return oneLine(`${role}: ${parts.map(partText).join(" ") || "empty"}`, SHOWN_OF_MESSAGE);
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "reasoning":
      return `~${part.text}`;
    case "tool_call":
      return `${part.name}(${JSON.stringify(part.arguments)})`;
    case "tool_call_response":
      return `⇒ ${typeof part.result === "string" ? part.result : JSON.stringify(part.result)}`;
    default:
      return `<${part.type}>`;
  }
}
