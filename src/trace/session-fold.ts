import { outermostAbsent } from "./awaited-parents.ts";
import { EraCount, eraOf, isWithin } from "./era.ts";
import { livenessFacts } from "./liveness-facts.ts";
import { foldQueries, isQueryOpen, queryName, tokensOf } from "./query-fold.ts";
import type { Query, QueryFold } from "./query-fold.ts";
import * as Row from "./span-rows.ts";
import type { SpanTable } from "./span-table.ts";
import type { QueryPhase, QuerySummary, SessionSummary } from "./summary.ts";
import { Tallies } from "./tallies.ts";
import { reportingLeaves } from "./usage-leaves.ts";
import { dollars } from "./usage-rows.ts";
import type { UsageSum } from "./usage-rows.ts";

/** Other names shown of a session: enough to find them, and a summary stays small. */
export const MAX_ALSO = 20;

/** What a session's spans do not say. `lastArrival`: Unix nanoseconds, decimal. */
export type AboutSession = {
  readonly id: string;
  readonly lastArrival: string;
  readonly watchers: number;
  readonly belongsTo?: string;
};

/** The whole session in one walk over its spans; depends on the set of spans only, never on how they came. */
export function summarise(table: SpanTable, about: AboutSession, fold: QueryFold = foldQueries(table)): SessionSummary {
  const { rows } = table;
  const agents = new Tallies();
  const models = new Tallies();
  const tools = new Tallies();
  const services = new Set<string>();
  const namespaces = new Set<string>();
  const modelCalls = reportingLeaves(fold.groups, (row) => isModelCall(table, row));
  let errors = 0;
  let isAgentic = false;
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kind(row);
    const isError = rows.error(row);
    if (isError) errors++;
    if (kind === "agent") agents.add(table.text(row, Row.SUBJECT), isError);
    if (kind === "tool") tools.add(table.text(row, Row.SUBJECT), isError);
    if (modelCalls[row] === 1) models.add(table.text(row, Row.SUBJECT), isError);
    isAgentic ||= kind === "query" || kind === "agent" || kind === "llm" || kind === "tool";
    addText(services, table.text(row, Row.SERVICE));
    addText(namespaces, table.text(row, Row.QUERY_NAMESPACE));
  }
  const names = namesOf(table);
  const usage = sumUsage(fold.queries);
  const cost = dollars(usage);
  return {
    id: about.id,
    kind: isAgentic || names.size > 0 ? "session" : "trace",
    title: titleOf(table, fold.queries) || about.id,
    ...timesOf(table),
    liveness: livenessFacts(table, fold, about.lastArrival),
    traces: table.traceCount,
    spans: rows.length,
    errors,
    queries: fold.queries.length,
    agents: agents.sorted,
    models: models.sorted,
    tools: tools.sorted,
    services: [...services].toSorted(),
    namespaces: [...namespaces].toSorted(),
    tokens: tokensOf(usage),
    ...(cost === undefined ? {} : { cost }),
    also: [...names]
      .filter((name) => name !== about.id)
      .toSorted()
      .slice(0, MAX_ALSO),
    ...(about.belongsTo === undefined ? {} : { belongsTo: about.belongsTo }),
    watchers: about.watchers,
  };
}

/** The units under a session, by start: what `QuerySummary` says, none of which depends on the order of admission. */
export function queriesOf(table: SpanTable, fold: QueryFold = foldQueries(table)): QuerySummary[] {
  const keys = new Set<string>();
  return fold.queries.map((query) => {
    const summary = summariseQuery(table, query);
    if (keys.has(summary.key)) {
      // One id may stand for two spans, and two queries may wait for one parent.
      const { rows } = table;
      summary.key += `:${rows.hex(query.lead, Row.ID)}:${rows.word(query.lead, Row.OTLP_KIND)}`;
    }
    keys.add(summary.key);
    return summary;
  });
}

function summariseQuery(table: SpanTable, query: Query): QuerySummary & { key: string } {
  const { rows } = table;
  const { lead, come, asked } = query;
  const traceId = table.traceId(lead);
  const spanId = come ? rows.hex(lead, Row.ID) : outermostAbsent(table, lead).spanId;
  const namespace = table.text(lead, Row.QUERY_NAMESPACE);
  const text = asked < 0 ? undefined : table.text(asked, Row.ASKED);
  const isOpen = isQueryOpen(table, query);
  return {
    key: `${traceId}:${spanId}`,
    traceId,
    spanId,
    name: queryName(table, query),
    ...(namespace === undefined ? {} : { namespace }),
    ...(text === undefined ? {} : { asked: text }),
    phase: phaseOf(isOpen, query.failed),
    start: rows.long(lead, Row.START).toString(),
    ...(isOpen ? {} : { end: rows.long(lead, Row.LAST).toString() }),
    spans: query.spans,
    errors: query.errors,
    tokens: tokensOf(query.usage),
  };
}

/** Absurd clocks are left out, as on the page's axis: a session does not last from 1970 on because one span says so. */
function timesOf(table: SpanTable): { start: string; end: string } {
  const { rows } = table;
  const count = new EraCount();
  for (let row = 0; row < rows.length; row++) count.add(eraOf(rows.word(row, Row.START)));
  const eras = count.common;
  let first = -1;
  let last = -1;
  let lastField: number = Row.START;
  const extend = (row: number, field: number): void => {
    if (last >= 0 && rows.order(row, field, last, lastField) <= 0) return;
    last = row;
    lastField = field;
  };
  for (let row = 0; row < rows.length; row++) {
    if (isWithin(eras, eraOf(rows.word(row, Row.START)))) {
      if (first < 0 || rows.order(row, Row.START, first, Row.START) < 0) first = row;
      extend(row, Row.START);
    }
    if (!rows.running(row) && isWithin(eras, eraOf(rows.word(row, Row.LAST)), 1)) extend(row, Row.LAST);
  }
  if (first < 0) return { start: "0", end: "0" };
  return { start: rows.long(first, Row.START).toString(), end: rows.long(last, lastField).toString() };
}

/** Of the first query that spans name, else of the first that was asked something, else of the first. */
function titleOf(table: SpanTable, queries: readonly Query[]): string {
  const first = queries.find((query) => query.named) ?? queries.find((query) => query.asked >= 0) ?? queries[0];
  if (!first) return "";
  return (first.asked < 0 ? undefined : table.text(first.asked, Row.ASKED)) ?? queryName(table, first);
}

function sumUsage(queries: readonly Query[]): UsageSum {
  const sum: UsageSum = { input: 0, output: 0, cached: 0, reasoning: 0 };
  for (const { usage } of queries) {
    sum.input += usage.input;
    sum.output += usage.output;
    sum.cached += usage.cached;
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

function isModelCall(table: SpanTable, row: number): boolean {
  const kind = table.rows.kind(row);
  return (kind === "llm" || kind === "embedding") && table.text(row, Row.SUBJECT) !== undefined;
}

function addText(texts: Set<string>, text: string | undefined): void {
  if (text !== undefined) texts.add(text);
}

function phaseOf(isOpen: boolean, failed: boolean): QueryPhase {
  if (isOpen) return "running";
  return failed ? "error" : "done";
}
