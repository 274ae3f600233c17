import type { SpanKind } from "../facts/facts.ts";
import type { DigestOf } from "./digest/session-digest.ts";
import { outermostAbsent } from "./query-groups.ts";
import { livenessFacts } from "./liveness-facts.ts";
import type { Prices } from "./prices/prices.ts";
import { isQueryOpen, queryName, targetIn, tokensOf } from "./queries.ts";
import type { Query, QueryFold } from "./queries.ts";
import { MAX_NAMES_SHOWN, rollUp, shownNames } from "./roll-up.ts";
import type { RollUp } from "./roll-up.ts";
import { comparePartRows, firstRow, foldParts } from "./part-fold.ts";
import type { PartFold, PartRow } from "./part-fold.ts";
import { timesOfParts } from "./session-times.ts";
import { compareRows, promptAt, failureAt, isPromptGuessed } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { QueryPhase, QuerySummary, SessionSummary } from "./summary.ts";
import { dollars, NO_TOKENS } from "./table/usage-rows.ts";
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

/**
 * Summary of a session that is folded in parts. Depends on the set of spans only, never on their order or deliveries. `whole`: its whole table. Without `digest` it has nothing that only lists show.
 */
export function summariseParts(
  whole: SpanTable,
  about: AboutSession,
  parts: readonly PartFold[],
  digest: DigestOf | undefined,
  rolled: RollUp = rollUp(parts),
): SessionSummary {
  const names = whole.allSessionNames();
  const sums = sumsOf(parts);
  const unpriced = new Set(parts.flatMap(({ fold }) => [...fold.unpriced]));
  const { start, end, clocks } = timesOfParts(whole, parts);
  const liveness = livenessFacts(parts, about.lastArrival);
  return {
    id: about.id,
    kind: rolled.isAgentic || names.size > 0 ? "session" : "trace",
    title: titleOf(whole, parts) || about.id,
    start: start.toString(),
    end: end.toString(),
    liveness,
    traces: whole.traceCount - sums.hiddenTraces,
    spans: whole.rows.length - sums.duplicates,
    ...(whole.records.size === 0 ? {} : { logRecords: whole.records.size }),
    errors: rolled.errors,
    failedSpans: rolled.failedSpans,
    queries: sums.queries,
    ...shownNames(rolled),
    tokens: tokensOf(sums.usage),
    ...costOf(sums),
    ...(unpriced.size === 0 ? {} : { unpriced: [...unpriced].toSorted().slice(0, MAX_NAMES_SHOWN) }),
    also: [...names]
      .filter((name) => name !== about.id)
      .toSorted()
      .slice(0, MAX_ALSO),
    ...(about.belongsTo === undefined ? {} : { belongsTo: about.belongsTo }),
    watchers: about.watchers,
    ...digest?.(parts, clocks, liveness),
  };
}

/** Summaries of a session's queries, by start. Independent of the order of admission. */
export function queriesOfParts(parts: readonly PartFold[]): readonly QuerySummary[] {
  return queriesInOrder(parts).map(({ summary }) => summary);
}

/** A query of a part: `fold.queries[place]`. */
export type PartQuery = PartRow & { readonly place: number; readonly summary: QuerySummary };

/** The queries of all parts by start. `row`: the lead. */
export function queriesInOrder(parts: readonly PartFold[]): readonly PartQuery[] {
  const all = queriesIn(parts);
  const [only = []] = all;
  return all.length <= 1 ? only : all.flat().sort(comparePartRows);
}

const queriesIn = foldParts((part): readonly PartQuery[] => {
  const { table, fold } = part;
  const keys = new Set<string>();
  return fold.queries.map((query, place) => {
    const summary = summariseQuery(table, query);
    if (keys.has(summary.key)) {
      // One id may belong to two spans, and two queries may wait for one parent.
      const { rows } = table;
      summary.key += `:${rows.hex(query.lead, Row.ID)}:${rows.word(query.lead, Row.OTLP_KIND)}`;
    }
    keys.add(summary.key);
    return { ...part, row: query.lead, place, summary };
  });
});

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

/** The start of a query whose outermost span was not received: as paths give it, else that of the earliest span. */
function absentStart(table: SpanTable, lead: number): bigint {
  const start = table.rows.long(lead, Row.START);
  const stated = outermostAbsent(table, lead).start;
  return stated !== 0n && stated < start ? stated : start;
}

function duplicatesIn({ derived }: QueryFold["groups"]): number {
  return derived?.duplicates.reduce((count, isDuplicate) => count + isDuplicate, 0) ?? 0;
}

/** Queries of a part that may give the session its title. */
type Titles = {
  readonly named: PartQueryRow | undefined;
  readonly said: PartQueryRow | undefined;
  readonly prompted: PartQueryRow | undefined;
  readonly any: PartQueryRow | undefined;
};

type PartQueryRow = PartRow & { readonly query: Query };

const isSaid = (table: SpanTable, { prompt }: Query): boolean => prompt >= 0 && !isPromptGuessed(table, prompt);

const titlesIn = foldParts((part): Titles => {
  const { queries } = part.fold;
  const first = (wanted: (query: Query) => boolean): PartQueryRow | undefined => {
    const query = queries.find(wanted);
    return query && { ...part, row: query.lead, query };
  };
  return {
    named: first(({ named }) => named),
    said: first((query) => isSaid(part.table, query)),
    prompted: first(({ prompt }) => prompt >= 0),
    any: first(() => true),
  };
});

/** Title of the first query that spans name, else of the first with a prompt, else of the first. */
function titleOf(whole: SpanTable, parts: readonly PartFold[]): string {
  const titles = titlesIn(parts);
  const firstOf = (of: keyof Titles): PartQueryRow | undefined => {
    const rows = titles.map((part) => part[of]);
    const first = firstRow(rows);
    return rows.find((row) => row === first);
  };
  const first = firstOf("named") ?? firstOf("said") ?? firstOf("prompted") ?? firstOf("any");
  const prompt = first === undefined || first.query.prompt < 0 ? undefined : promptAt(first.table, first.query.prompt);
  if (prompt !== undefined && first !== undefined && isSaid(first.table, first.query)) return prompt;
  // Log records contain the prompt of a span before the span itself is exported at its end.
  return whole.annotations.firstPrompt() ?? prompt ?? (first === undefined ? "" : nameOf(first, parts));
}

const AROUND_AGENTS: ReadonlySet<SpanKind> = new Set<SpanKind>(["http", "messaging", "internal"]);

/** The name of a query; of the first agent or team instead of the request around it. */
function nameOf({ table, query }: PartQueryRow, parts: readonly PartFold[]): string {
  const name = queryName(table, query);
  if (query.named || !AROUND_AGENTS.has(table.rows.kind(query.lead))) return name;
  const agent = firstRow(agentsIn(parts));
  return agent === undefined ? name : (agent.table.text(agent.row, Row.SUBJECT) ?? name);
}

/** The first agent or team. */
const agentsIn = foldParts((part): PartRow | undefined => {
  const { table } = part;
  const { rows } = table;
  let agent = -1;
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kind(row);
    if (kind !== "agent" && kind !== "team") continue;
    if (agent < 0 || compareRows(table, row, agent) < 0) agent = row;
  }
  return agent < 0 ? undefined : { ...part, row: agent };
});

type Sums = Costs & { readonly queries: number; readonly duplicates: number; readonly hiddenTraces: number };

function sumsOf(parts: readonly PartFold[]): Sums {
  const all = sumsIn(parts);
  const sum = (of: "queries" | "duplicates" | "hiddenTraces"): number => all.reduce((total, one) => total + one[of], 0);
  return {
    ...addCosts(all),
    queries: sum("queries"),
    duplicates: sum("duplicates"),
    hiddenTraces: sum("hiddenTraces"),
  };
}

const sumsIn = foldParts(({ table, fold: { queries, groups } }): Sums => {
  return {
    ...addCosts(queries),
    queries: queries.length,
    duplicates: duplicatesIn(groups),
    hiddenTraces: hiddenTraces(table, groups),
  };
});

function addCosts(all: readonly Costs[]): Costs {
  const usage: UsageSum = { ...NO_TOKENS };
  let estimated: number | undefined;
  for (const one of all) {
    usage.input += one.usage.input;
    usage.output += one.usage.output;
    usage.cached += one.usage.cached;
    usage.written += one.usage.written;
    usage.written1h += one.usage.written1h;
    usage.reasoning += one.usage.reasoning;
    if (one.usage.billionths !== undefined) usage.billionths = (usage.billionths ?? 0) + one.usage.billionths;
    if (one.estimated !== undefined) estimated = (estimated ?? 0) + one.estimated;
  }
  return { usage, estimated, awaitsPrices: all.some(({ awaitsPrices }) => awaitsPrices) };
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

function phaseOf(table: SpanTable, query: Query): QueryPhase {
  if (isQueryOpen(table, query)) return query.named && !query.begun ? "pending" : "running";
  if (query.failed) return "error";
  return query.canceled ? "canceled" : "done";
}
