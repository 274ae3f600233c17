import type { Tokens } from "../facts/facts.ts";
import { outermostAbsent } from "./query-groups.ts";
import { compareRows, failureAt, isCanceled, isError, isPromptGuessed } from "./table/annotated-rows.ts";
import type { QueryGroup, QueryGroups } from "./query-groups.ts";
import { errorsOf } from "./errors.ts";
import { costRow, modelAt, modelRows, promptRow, tokensRow } from "./merged-rows.ts";
import type { Prices } from "./prices/prices.ts";
import { DISPATCH_SUFFIX } from "../otel/semconv/attributes.ts";
import { bucketOf } from "./clock-outliers.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { QueryTarget } from "./summary.ts";
import { reportingLeaves, withoutCost } from "./reporting-leaves.ts";
import { NO_TOKENS } from "./table/usage-rows.ts";
import type { UsageSum } from "./table/usage-rows.ts";

/** A query with the sums over its spans. */
export type Query = QueryGroup & {
  spans: number;
  /** Causes of failures, each once. */
  errors: number;
  failedSpans: number;
  /** Its own span, or another query span of it, ended in error and was not canceled. */
  failed: boolean;
  /** Such a span was canceled. */
  canceled: boolean;
  /** A span of it does more than dispatch it. */
  begun: boolean;
  /** The row with the prompt; -1 without. */
  prompt: number;
  /** The row with the target; -1 without. */
  target: number;
  /** The query span with the reason of the failure; -1 without. */
  failure: number;
  /** The row whose end is the end of the query: the one that ends last. */
  last: number;
  readonly usage: UsageSum;
  /** Cost by the price list of tokens for which no span gives a cost, in billionths of a dollar; undefined without. */
  estimated: number | undefined;
  /** Tokens need a price, and no prices were given: the cost of the query is unknown. */
  awaitsPrices: boolean;
};

export type QueryFold = {
  readonly groups: QueryGroups;
  readonly queries: readonly Query[];
  /** Models with tokens that have neither a cost nor a price. */
  readonly unpriced: ReadonlySet<string>;
  readonly usage: CountedUsage;
};

/** Which rows count: usage is repeated up the tree and by several instrumentations, and each call counts once. */
export type CountedUsage = {
  /** 1: the tokens of the row count. */
  readonly tokens: Uint8Array;
  /** 1: the cost of the row counts. */
  readonly costs: Uint8Array;
  /** By row: the cost of its tokens by the price list, billionths of a dollar. */
  readonly estimates: ReadonlyMap<number, number>;
  /** Rows with tokens that have neither a cost nor a price. */
  readonly unpriced: ReadonlySet<number>;
};

/** `prices`: for tokens without a cost. */
export function foldGroups(table: SpanTable, groups: QueryGroups, prices?: Prices): QueryFold {
  const { rows, usage } = table;
  const queries = groups.queries.map((group) => emptyQuery(table, groups, group));
  /** The prompts of the outermost spans: no other is better, unless they are guesses. */
  const prompts = queries.map(({ prompt }) => prompt);
  const isCounted = (row: number): boolean => groups.derived?.duplicates[row] !== 1;
  const hasCost = (row: number): boolean => isCounted(row) && costRow(table, groups, row) >= 0;
  const tokens = reportingLeaves(groups, (row) => isCounted(row) && tokensRow(table, groups, row) >= 0);
  const costs = reportingLeaves(groups, hasCost);
  const uncosted = withoutCost(groups, tokens, hasCost);
  let models: Int32Array | undefined;
  const unpriced = new Set<string>();
  const counted = { tokens, costs, estimates: new Map<number, number>(), unpriced: new Set<number>() };
  const errors = errorsOf(table, groups);
  const earlier = (row: number, known: number): number =>
    known < 0 || compareRows(table, row, known) < 0 ? row : known;
  for (let row = 0; row < rows.length; row++) {
    const query = queries[groups.queryOf[row] ?? -1];
    if (!query) continue;
    query.spans++;
    if (errors.failed[row] === 1) query.failedSpans++;
    if (errors.causes[row] === 1) query.errors++;
    if (isCounted(row) && outlasts(table, row, query)) query.last = row;
    if (tokens[row] === 1) usage.addTokensTo(query.usage, rows.word(tokensRow(table, groups, row), Row.USAGE));
    if (costs[row] === 1) usage.addCostTo(query.usage, rows.word(costRow(table, groups, row), Row.USAGE));
    if (uncosted[row] === 1) {
      const around = (models ??= modelRows(table, groups))[row] ?? -1;
      const model = around < 0 ? undefined : modelAt(table, groups, around);
      const call = usage.tokens(rows.word(tokensRow(table, groups, row), Row.USAGE));
      const estimate = estimateOf(prices, { model, tokens: call, second: startSecond(table, row) });
      if (estimate === "awaits prices") query.awaitsPrices = true;
      else if (estimate === "unpriced") {
        unpriced.add(model ?? NO_MODEL);
        counted.unpriced.add(row);
      } else if (estimate !== undefined) {
        query.estimated = (query.estimated ?? 0) + estimate;
        counted.estimates.set(row, estimate);
      }
    }
    query.begun ||= isWork(table, row);
    const isQuery = rows.kind(row) === "query" || (query.received && query.lead === row);
    const wasCanceled = isError(table, row) && isCanceled(table, row);
    if (isQuery && !rows.running(row) && (wasCanceled || errors.failed[row] === 1)) {
      if (wasCanceled) query.canceled = true;
      else query.failed = true;
      if (failureAt(table, row) !== undefined) query.failure = earlier(row, query.failure);
    }
    if (targetIn(table, row) !== undefined) query.target = earlier(row, query.target);
    const own = prompts[groups.queryOf[row] ?? -1] ?? -1;
    if (own >= 0 && query.prompt === own && !isPromptGuessed(table, own)) continue;
    const prompt = promptRow(table, groups, row);
    if (prompt >= 0) query.prompt = betterPrompt(table, prompt, query.prompt, own);
  }
  return { groups, queries, unpriced, usage: counted };
}

/** Of two rows with prompts the one whose prompt a user said, then that of the query's own span, then the earlier one. */
function betterPrompt(table: SpanTable, row: number, known: number, own: number): number {
  if (known < 0 || known === row) return row;
  const isGuess = isPromptGuessed(table, row);
  if (isGuess !== isPromptGuessed(table, known)) return isGuess ? known : row;
  if (row === own || known === own) return own;
  return compareRows(table, row, known) < 0 ? row : known;
}

/** Whether the row ends after all others of its query: streams outlive the request that began them. Clock outliers do not count. */
function outlasts({ rows }: SpanTable, row: number, { lead, last }: Query): boolean {
  if (rows.running(row) || rows.order(row, Row.LAST, last, Row.LAST) <= 0) return false;
  return Math.abs(bucketOf(rows.word(row, Row.LAST)) - bucketOf(rows.word(lead, Row.LAST))) <= 1;
}

/** Billionths of a dollar; `undefined` without tokens. */
function estimateOf(
  prices: Prices | undefined,
  { model, tokens, second }: { readonly model: string | undefined; readonly tokens: Tokens; readonly second: number },
): number | "unpriced" | "awaits prices" | undefined {
  if (tokens.input + tokens.output === 0) return undefined;
  if (prices === undefined) return "awaits prices";
  return (model === undefined ? undefined : prices.estimate(model, tokens, second)) ?? "unpriced";
}

/** Unix seconds. Prices change by the day. */
function startSecond({ rows }: SpanTable, row: number): number {
  return Math.floor((rows.word(row, Row.START) * 2 ** 32 + rows.word(row, Row.START + 1)) / 1e9);
}

/** Stands for calls with tokens and without a model. */
const NO_MODEL = "unknown";

const AROUND_WORK = Row.kindsOf(["internal", "http", "db", "messaging"]);

/** Whether the row is a step of an agent, and not what surrounds it. */
export function isWork(table: SpanTable, row: number): boolean {
  if (table.rows.kind(row) === "query") return table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) !== true;
  return !table.rows.isAnyOf(row, AROUND_WORK);
}

const HAS_OWN_SUBJECT = Row.kindsOf(["agent", "team", "tool", "llm", "embedding"]);

/** The target of the query, by this span. */
export function targetIn(table: SpanTable, row: number): QueryTarget | undefined {
  const text = table.rows.isAnyOf(row, HAS_OWN_SUBJECT) ? undefined : table.text(row, Row.SUBJECT);
  if (text === undefined) return undefined;
  const [type = "", ...name] = text.split("/");
  return type === "" ? { name: name.join("/") } : { type, name: name.join("/") };
}

function emptyQuery(table: SpanTable, groups: QueryGroups, group: QueryGroup): Query {
  const prompt = group.received ? promptRow(table, groups, group.lead) : -1;
  const usage: UsageSum = { ...NO_TOKENS };
  const counts = {
    spans: 0,
    errors: 0,
    failedSpans: 0,
    failed: false,
    canceled: false,
    begun: false,
    awaitsPrices: false,
  };
  return { ...group, ...counts, prompt, target: -1, failure: -1, last: group.lead, usage, estimated: undefined };
}

/** Its outermost span runs, or was not received yet. */
export function isQueryOpen({ rows }: SpanTable, { received, open, lead }: QueryGroup): boolean {
  return !received || open === true || rows.running(lead);
}

/** "" without a name. */
export function queryName(table: SpanTable, { named, lead, received }: QueryGroup): string {
  const own = named ? table.text(lead, Row.QUERY_NAME) : undefined;
  if (own !== undefined) return own;
  const awaited = received ? "" : outermostAbsent(table, lead).name;
  return awaited || (table.text(lead, Row.NAME) ?? table.text(lead, Row.SUBJECT) ?? "");
}

export function tokensOf({ input, output, cached, written, written1h, reasoning }: UsageSum): Tokens {
  return { input, output, cached, written, written1h, reasoning };
}
