import type { SpanKind } from "../facts/facts.ts";
import type { ClockRange } from "./clock-outliers.ts";
import { errorCauses } from "./digest/error-causes.ts";
import { nowLine } from "./digest/now-line.ts";
import { sessionProducer } from "./digest/session-producer.ts";
import { stepStrip } from "./digest/step-strip.ts";
import { outermostAbsent } from "./query-groups.ts";
import type { QueryGroups } from "./query-groups.ts";
import { livenessFacts } from "./liveness-facts.ts";
import type { Prices } from "./prices/prices.ts";
import { foldQueries, isQueryOpen, queryName, targetIn, tokensOf } from "./queries.ts";
import type { Query, QueryFold } from "./queries.ts";
import { MAX_NAMES_SHOWN, rollUp, shownNames } from "./roll-up.ts";
import type { RollUp } from "./roll-up.ts";
import { sessionTimes } from "./session-times.ts";
import { compareRows, promptAt, failureAt, isPromptGuessed } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { LivenessFacts, QueryPhase, QuerySummary, SessionSummary } from "./summary.ts";
import { dollars } from "./table/usage-rows.ts";
import { NO_TOKENS } from "./table/usage-rows.ts";
import type { UsageSum } from "./table/usage-rows.ts";

/** Limit of `also`: enough to find the session, and a summary stays small. */
export const MAX_ALSO = 20;

/** Facts that are not in a session's spans. `lastArrival`: Unix nanoseconds, decimal. */
export type AboutSession = {
  readonly id: string;
  readonly lastArrival: string;
  readonly watchers: number;
  readonly belongsTo?: string;
  /** For tokens without a cost; the cost of such tokens, and of their session, is unknown without. */
  readonly prices?: Prices;
};

/** Summary of a session. Depends on the set of spans only, never on their order or deliveries. */
export function summarise(
  table: SpanTable,
  about: AboutSession,
  fold: QueryFold = foldQueries(table, about.prices),
  rolled: RollUp = rollUp(table, fold.groups),
): SessionSummary {
  const names = namesOf(table);
  const usage = sumUsage(fold.queries);
  const { start, end, clocks } = sessionTimes(table, fold.groups);
  const liveness = livenessFacts(table, fold, about.lastArrival);
  return {
    id: about.id,
    kind: rolled.isAgentic || names.size > 0 ? "session" : "trace",
    title: titleOf(table, fold.queries) || about.id,
    start: start.toString(),
    end: end.toString(),
    liveness,
    traces: table.traceCount - hiddenTraces(table, fold.groups),
    spans: table.rows.length - duplicatesIn(fold.groups),
    ...(table.records.size === 0 ? {} : { logRecords: table.records.size }),
    errors: rolled.errors,
    failedSpans: rolled.failedSpans,
    queries: fold.queries.length,
    ...shownNames(rolled),
    tokens: tokensOf(usage),
    ...costOf({ usage, estimated: sumEstimates(fold.queries), awaitsPrices: fold.queries.some(awaitsPrices) }),
    ...(fold.unpriced.size === 0 ? {} : { unpriced: [...fold.unpriced].toSorted().slice(0, MAX_NAMES_SHOWN) }),
    also: [...names]
      .filter((name) => name !== about.id)
      .toSorted()
      .slice(0, MAX_ALSO),
    ...(about.belongsTo === undefined ? {} : { belongsTo: about.belongsTo }),
    watchers: about.watchers,
    ...digestOf(table, fold.groups, clocks, liveness),
  };
}

/** What a list shows of a session beyond its counts; at most 1 kB of JSON text. */
function digestOf(
  table: SpanTable,
  groups: QueryGroups,
  clocks: ClockRange,
  { waiting }: LivenessFacts,
): Pick<SessionSummary, "nowLine" | "steps" | "causes" | "producer"> {
  const now = nowLine(table, groups, clocks, waiting);
  const steps = stepStrip(table, groups);
  const causes = errorCauses(table, groups);
  const producer = sessionProducer(table);
  return {
    ...(now === undefined ? {} : { nowLine: now }),
    ...(steps === "" ? {} : { steps }),
    ...(causes.length === 0 ? {} : { causes }),
    ...(producer === undefined ? {} : { producer }),
  };
}

/** Summaries of a session's queries, by start. Independent of the order of admission. */
export function queriesOf(table: SpanTable, fold: QueryFold = foldQueries(table)): QuerySummary[] {
  const keys = new Set<string>();
  return fold.queries.map((query) => {
    const summary = summariseQuery(table, query);
    if (keys.has(summary.key)) {
      // One id may belong to two spans, and two queries may wait for one parent.
      const { rows } = table;
      summary.key += `:${rows.hex(query.lead, Row.ID)}:${rows.word(query.lead, Row.OTLP_KIND)}`;
    }
    keys.add(summary.key);
    return summary;
  });
}

function summariseQuery(table: SpanTable, query: Query): QuerySummary & { key: string } {
  const { rows } = table;
  const { lead, received } = query;
  const traceId = table.traceId(lead);
  const spanId = received ? rows.hex(lead, Row.ID) : outermostAbsent(table, lead).spanId;
  const namespace = table.text(lead, Row.QUERY_NAMESPACE);
  const prompt = query.prompt < 0 ? undefined : promptAt(table, query.prompt);
  const target = query.target < 0 ? undefined : targetIn(table, query.target);
  const phase = phaseOf(table, query);
  const { cost } = costOf(query);
  const isFailed = phase === "error" || phase === "canceled";
  const failure = isFailed && query.failure >= 0 ? failureAt(table, query.failure) : undefined;
  return {
    key: `${traceId}:${spanId}`,
    traceId,
    spanId,
    name: queryName(table, query),
    ...(namespace === undefined ? {} : { namespace }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(target === undefined ? {} : { target }),
    phase,
    ...(failure === undefined ? {} : { failure }),
    start: (received ? rows.long(lead, Row.START) : absentStart(table, lead)).toString(),
    ...(isQueryOpen(table, query) ? {} : { end: rows.long(query.last, Row.LAST).toString() }),
    spans: query.spans,
    errors: query.errors,
    failedSpans: query.failedSpans,
    tokens: tokensOf(query.usage),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** Traces of which nothing is shown: log records have one of their own, and spans may describe all that they report. */
function hiddenTraces({ rows }: SpanTable, { derived }: QueryFold["groups"]): number {
  if (derived === undefined) return 0;
  const [hidden, shown] = [new Set<number>(), new Set<number>()];
  derived.duplicates.forEach((isDuplicate, row) => (isDuplicate === 1 ? hidden : shown).add(rows.word(row, Row.TRACE)));
  return [...hidden].filter((trace) => !shown.has(trace)).length;
}

/** The start of a query whose outermost span was not received: as paths tell it, else that of the earliest span. */
function absentStart(table: SpanTable, lead: number): bigint {
  const start = table.rows.long(lead, Row.START);
  const stated = outermostAbsent(table, lead).start;
  return stated !== 0n && stated < start ? stated : start;
}

function duplicatesIn({ derived }: QueryFold["groups"]): number {
  return derived?.duplicates.reduce((count, isDuplicate) => count + isDuplicate, 0) ?? 0;
}

/** Title of the first query that spans name, else of the first with a prompt, else of the first. */
function titleOf(table: SpanTable, queries: readonly Query[]): string {
  const isSaid = ({ prompt }: Query): boolean => prompt >= 0 && !isPromptGuessed(table, prompt);
  const first =
    queries.find((query) => query.named) ??
    queries.find(isSaid) ??
    queries.find((query) => query.prompt >= 0) ??
    queries[0];
  const prompt = first === undefined || first.prompt < 0 ? undefined : promptAt(table, first.prompt);
  if (prompt !== undefined && first !== undefined && isSaid(first)) return prompt;
  // Log records contain the prompt of a span before the span itself is exported at its end.
  return table.annotations.firstPrompt() ?? prompt ?? (first === undefined ? "" : nameOf(table, first));
}

const AROUND_AGENTS: ReadonlySet<SpanKind> = new Set<SpanKind>(["http", "messaging", "internal"]);

/** The name of a query; of the first agent or team instead of the request around it. */
function nameOf(table: SpanTable, query: Query): string {
  const { rows } = table;
  const name = queryName(table, query);
  if (query.named || !AROUND_AGENTS.has(rows.kind(query.lead))) return name;
  let agent = -1;
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kind(row);
    if (kind !== "agent" && kind !== "team") continue;
    if (agent < 0 || compareRows(table, row, agent) < 0) agent = row;
  }
  return agent < 0 ? name : (table.text(agent, Row.SUBJECT) ?? name);
}

function sumUsage(queries: readonly Query[]): UsageSum {
  const sum: UsageSum = { ...NO_TOKENS };
  for (const { usage } of queries) {
    sum.input += usage.input;
    sum.output += usage.output;
    sum.cached += usage.cached;
    sum.written += usage.written;
    sum.written1h += usage.written1h;
    sum.reasoning += usage.reasoning;
    if (usage.billionths !== undefined) sum.billionths = (sum.billionths ?? 0) + usage.billionths;
  }
  return sum;
}

function namesOf(table: SpanTable): Set<string> {
  const names = new Set<string>();
  for (const traceId of table.traces()) {
    const { best, also } = table.sessionNames(traceId);
    addText(names, best?.value);
    for (const value of also) names.add(value);
  }
  return names;
}

/** Costs from spans, and estimates by the price list for the rest. A part of the cost alone would look like all of it. */
function costOf({ usage: { billionths }, estimated: estimate, awaitsPrices: isUnknown }: Costs): {
  cost?: number;
  estimated?: number;
} {
  if (isUnknown) return {};
  const estimated = dollars(estimate);
  const cost = dollars(estimate === undefined ? billionths : (billionths ?? 0) + estimate);
  return { ...(cost === undefined ? {} : { cost }), ...(estimated === undefined ? {} : { estimated }) };
}

type Costs = Pick<Query, "usage" | "estimated" | "awaitsPrices">;

const awaitsPrices = (query: Query): boolean => query.awaitsPrices;

function sumEstimates(queries: readonly Query[]): number | undefined {
  let sum: number | undefined;
  for (const { estimated } of queries) if (estimated !== undefined) sum = (sum ?? 0) + estimated;
  return sum;
}

function addText(texts: Set<string>, text: string | undefined): void {
  if (text !== undefined) texts.add(text);
}

function phaseOf(table: SpanTable, query: Query): QueryPhase {
  if (isQueryOpen(table, query)) return query.named && !query.begun ? "pending" : "running";
  if (query.failed) return "error";
  return query.canceled ? "canceled" : "done";
}
