import type { SpanKind, Tokens } from "../facts/facts.ts";
import { outermostAbsent, groupByQuery } from "./query-groups.ts";
import { compareRows, promptAt, failureAt, isCanceled, isError } from "./table/annotated-rows.ts";
import type { QueryGroup, QueryGroups } from "./query-groups.ts";
import { estimate, LIST_PRICES } from "./prices/prices.ts";
import type { Prices } from "./prices/prices.ts";
import { DISPATCH_SUFFIX } from "../otel/semconv/attributes.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { QueryTarget } from "./summary.ts";
import { reportingLeaves, withoutCost } from "./roll-up.ts";
import type { UsageSum } from "./table/usage-rows.ts";

/** A query with all that its spans add up to. */
export type Query = QueryGroup & {
  spans: number;
  errors: number;
  /** Its own span, or another query span of it, ended in error; or because nobody wanted the answer any more. */
  failed: boolean;
  canceled: boolean;
  /** A span of it does more than hand it over. */
  begun: boolean;
  /** The row that says what was asked; -1 if none does. */
  prompt: number;
  /** The row that says of whom; -1 if none does. */
  target: number;
  /** The query span that says why it failed; -1 if none does. */
  failure: number;
  /** The row that ends last: of a prompt that was told as a moment, what hangs from it; else its own. */
  last: number;
  readonly usage: UsageSum;
  /** Cost of the tokens whose cost no span says, by the price table, in billionths of a dollar; undefined without any. */
  estimated: number | undefined;
};

export type QueryFold = {
  readonly groups: QueryGroups;
  readonly queries: readonly Query[];
  /** Models whose tokens cost something that nobody says and no price tells. */
  readonly unpriced: ReadonlySet<string>;
};

export function foldQueries(table: SpanTable, prices: Prices = LIST_PRICES): QueryFold {
  const { rows, usage } = table;
  const groups = groupByQuery(table);
  const queries = groups.queries.map((group) => emptyQuery(table, group));
  const isShown = (row: number): boolean => groups.derived?.duplicates[row] !== 1;
  const tokens = reportingLeaves(groups, (row) => rows.hasTokens(row) && isShown(row));
  const costs = reportingLeaves(groups, (row) => rows.hasCost(row) && isShown(row));
  const uncosted = withoutCost(groups, tokens, (row) => rows.hasCost(row) && isShown(row));
  const unpriced = new Set<string>();
  const earlier = (row: number, known: number): number =>
    known < 0 || compareRows(table, row, known) < 0 ? row : known;
  for (let row = 0; row < rows.length; row++) {
    const query = queries[groups.queryOf[row] ?? -1];
    if (!query) continue;
    query.spans++;
    if (isError(table, row)) query.errors++;
    if (rows.derivation(query.lead) === "prompt" && rows.order(row, Row.LAST, query.last, Row.LAST) > 0)
      query.last = row;
    if (tokens[row] === 1) usage.addTokensTo(query.usage, rows.word(row, Row.USAGE));
    if (costs[row] === 1) usage.addCostTo(query.usage, rows.word(row, Row.USAGE));
    if (uncosted[row] === 1) addEstimate(table, prices, row, query, unpriced);
    query.begun ||= isWork(table, row);
    const isQuery = rows.kind(row) === "query" || (query.received && query.lead === row);
    if (isQuery && isError(table, row) && !rows.running(row)) {
      if (isCanceled(table, row)) query.canceled = true;
      else query.failed = true;
      if (failureAt(table, row) !== undefined) query.failure = earlier(row, query.failure);
    }
    if (targetIn(table, row) !== undefined) query.target = earlier(row, query.target);
    if (query.received && query.prompt === query.lead) continue;
    if (promptAt(table, row) !== undefined) query.prompt = earlier(row, query.prompt);
  }
  return { groups, queries, unpriced };
}

function addEstimate(table: SpanTable, prices: Prices, row: number, query: Query, unpriced: Set<string>): void {
  const tokens = table.usage.tokens(table.rows.word(row, Row.USAGE));
  if (tokens.input + tokens.output === 0) return;
  const kind = table.rows.kind(row);
  const model = kind === "llm" || kind === "embedding" ? table.text(row, Row.SUBJECT) : undefined;
  const billionths = model === undefined ? undefined : estimate(prices, model, tokens);
  if (billionths === undefined) unpriced.add(model ?? NO_MODEL);
  else query.estimated = (query.estimated ?? 0) + billionths;
}

/** Calls that say what they used and not of which model. */
const NO_MODEL = "unknown";

const AROUND_WORK: ReadonlySet<SpanKind> = new Set<SpanKind>(["internal", "http", "db", "messaging"]);

function isWork(table: SpanTable, row: number): boolean {
  const kind = table.rows.kind(row);
  if (kind === "query") return table.text(row, Row.NAME)?.endsWith(DISPATCH_SUFFIX) !== true;
  return !AROUND_WORK.has(kind);
}

const HAS_OWN_SUBJECT: ReadonlySet<SpanKind> = new Set<SpanKind>(["agent", "team", "tool", "llm", "embedding"]);

/** Of whom the span says that its query is asked. */
export function targetIn(table: SpanTable, row: number): QueryTarget | undefined {
  const text = HAS_OWN_SUBJECT.has(table.rows.kind(row)) ? undefined : table.text(row, Row.SUBJECT);
  if (text === undefined) return undefined;
  const [type = "", ...name] = text.split("/");
  return type === "" ? { name: name.join("/") } : { type, name: name.join("/") };
}

function emptyQuery(table: SpanTable, group: QueryGroup): Query {
  const asked = group.received && promptAt(table, group.lead) !== undefined ? group.lead : -1;
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0 };
  const counts = { spans: 0, errors: 0, failed: false, canceled: false, begun: false };
  return { ...group, ...counts, prompt: asked, target: -1, failure: -1, last: group.lead, usage, estimated: undefined };
}

/** Its outermost span runs, or has not come. */
export function isQueryOpen({ rows }: SpanTable, { received: come, lead }: QueryGroup): boolean {
  return !come || rows.running(lead);
}

/** "" where nothing names it. */
export function queryName(table: SpanTable, { named, lead, received: come }: QueryGroup): string {
  const own = named ? table.text(lead, Row.QUERY_NAME) : undefined;
  if (own !== undefined) return own;
  const awaited = come ? "" : outermostAbsent(table, lead).name;
  return awaited || (table.text(lead, Row.NAME) ?? table.text(lead, Row.SUBJECT) ?? "");
}

export function tokensOf({ input, output, cached, reasoning }: UsageSum): Tokens {
  return { input, output, cached, reasoning };
}
