import { textHash } from "../../lib/text-hash.ts";
import { bucketOf, isExtreme } from "../clock-outliers.ts";
import { countedRows } from "../counted-rows.ts";
import { errorsOf } from "../errors.ts";
import { failedByRecord, modelAt } from "../merged-rows.ts";
import { foldParts } from "../part-fold.ts";
import type { PartFold } from "../part-fold.ts";
import { isQueryOpen } from "../queries.ts";
import type { Query, QueryFold } from "../queries.ts";
import { reportingLeaves } from "../reporting-leaves.ts";
import { ownUsageOf } from "../row-usage.ts";
import type { OwnUsage, Usage } from "../row-usage.ts";
import { ROOT } from "../table/parent-links.ts";
import type { SessionPart } from "../session-parts.ts";
import type { RecentSpan, RecentSpans } from "../table/recent-spans.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import type { EndedSpan, EndedTurn } from "./ended-span.ts";

/**
 * The spans of a session that ended last. Duplicates, and spans with absurd times, do not count. `isWanted`: by a text that changes with
 * what other spans and log records say of this version of the span.
 */
export function endedSpans(
  recent: RecentSpans,
  parts: readonly SessionPart[],
  isWanted: (span: RecentSpan, derived: string) => boolean = () => true,
): EndedSpan[] {
  const { latest } = recent;
  return parts.flatMap((part) => {
    const { table } = part;
    const { rows } = table;
    const duplicates = part.fold.groups.derived?.duplicates;
    const { floorWord } = recent;
    const found: EndedSpan[] = [];
    let derive: DeriveFacts | undefined;
    for (let row = 0; row < rows.length; row++) {
      if (rows.word(row, Row.LAST) < floorWord) continue;
      const span = latest.get(part.rows?.[row] ?? row);
      if (span === undefined || duplicates?.[row] === 1 || !isTimed(table, row)) continue;
      const derived = (derive ??= derivationOf(part))(row);
      if (isWanted(span, JSON.stringify(derived))) found.push({ ...ownFacts(table, row, span), ...derived });
    }
    return found;
  });
}

type DerivedFacts = Pick<EndedSpan, "failed" | "model" | "tool" | "usage" | "usageOf" | "turn">;
type DeriveFacts = (row: number) => DerivedFacts;

/** What depends on the span alone. */
function ownFacts(table: SpanTable, row: number, { name, route }: RecentSpan): Omit<EndedSpan, keyof DerivedFacts> {
  const { rows } = table;
  return {
    key: textHash(`${table.traceId(row)}:${rows.hex(row, Row.ID)}:${rows.word(row, Row.OTLP_KIND)}`),
    end: Number(rows.long(row, Row.LAST) / NANOS_PER_MICRO),
    duration: durationOf(table, row, row),
    kind: rows.kind(row),
    name: name.toWellFormed(),
    ...(route === undefined ? {} : { route: route.toWellFormed() }),
  };
}

/** What depends on other spans and log records too. */
function derivationOf(part: PartFold): DeriveFacts {
  const { table, fold } = part;
  const { groups } = fold;
  const { rows } = table;
  const { failed } = errorsOf(table, groups);
  const [{ models, tools, around } = NO_CALLS] = callsIn([part]);
  const ownUsage = ownUsageOf(table, fold);
  const toolAt = (row: number): string | undefined => (row < 0 ? undefined : table.text(row, Row.SUBJECT));
  return (row) => {
    const usage = ownUsage(row);
    const model = models[row] === 1 ? modelAt(table, groups, row) : undefined;
    const tool = tools[row] === 1 && rows.kind(row) === "tool" ? toolAt(row) : undefined;
    const turn = turnAt(table, fold, row);
    return {
      failed: failed[row] === 1 || failedByRecord(table, groups, row),
      ...(model === undefined ? {} : { model: model.toWellFormed() }),
      ...(tool === undefined ? {} : { tool: tool.toWellFormed() }),
      ...(usage === undefined ? {} : usageFields(usage, toolAt(around[row] ?? ROOT))),
      ...(turn === undefined ? {} : { turn }),
    };
  };
}

const NANOS_PER_MICRO = 1_000n;

function usageFields({ model, ...usage }: OwnUsage, tool: string | undefined): Pick<EndedSpan, "usage" | "usageOf"> {
  return {
    usage,
    usageOf: {
      ...(model === undefined ? {} : { model: model.toWellFormed() }),
      ...(tool === undefined ? {} : { tool: tool.toWellFormed() }),
    },
  };
}

type Calls = {
  /** By row: 1 for the span that counts as a call of a model. */
  readonly models: Uint8Array;
  /** By row: 1 for a call of a tool, or the run of an agent. */
  readonly tools: Readonly<Uint8Array>;
  /** By row: the nearest call of a tool at or above it, below any agent's run; -1 without. */
  readonly around: Int32Array;
};

const NO_CALLS: Calls = { models: new Uint8Array(), tools: new Uint8Array(), around: new Int32Array() };

const callsIn = foldParts(({ table, fold: { groups } }): Calls => {
  const { rows } = table;
  const { order, parents, derived } = groups;
  const tools = countedRows(table, groups);
  const around = new Int32Array(rows.length).fill(ROOT);
  for (const row of order) {
    const parent = parents[row] ?? ROOT;
    if (tools[row] === 1) around[row] = rows.kind(row) === "tool" ? row : ROOT;
    else if (parent >= 0) around[row] = around[parent] ?? ROOT;
  }
  const isCall = (row: number): boolean => derived?.duplicates[row] !== 1 && modelAt(table, groups, row) !== undefined;
  return { models: reportingLeaves(groups, isCall), tools, around };
});

/** The ended turn that a span begins. */
function turnAt(table: SpanTable, fold: QueryFold, row: number): EndedTurn | undefined {
  const { queries, groups } = fold;
  const at = groups.queryOf[row] ?? -1;
  const query = queries[at];
  if (query?.lead !== row || isQueryOpen(table, query)) return undefined;
  const usage = usageOfQuery(fold, query, at);
  return {
    duration: durationOf(table, row, query.last),
    failed: query.failed,
    ...(usage === undefined ? {} : { usage }),
  };
}

function usageOfQuery({ usage, groups }: QueryFold, query: Query, at: number): Usage | undefined {
  const { billionths, ...tokens } = query.usage;
  const { estimated } = query;
  let unpriced = 0;
  for (const row of usage.unpriced) if (groups.queryOf[row] === at) unpriced++;
  if (billionths === undefined && tokens.input === 0 && tokens.output === 0) return undefined;
  return {
    tokens,
    ...(billionths === undefined ? {} : { reported: billionths }),
    ...(estimated === undefined ? {} : { estimated }),
    unpriced,
  };
}

/** Nanoseconds from the start of a row to the end of another; 0 where clocks disagree. */
function durationOf({ rows }: SpanTable, row: number, last: number): number {
  return Math.max(0, Number(rows.long(last, Row.LAST) - rows.long(row, Row.START)));
}

/** Buckets of time, 52 days each: a span that lasts longer has a wrong clock. */
const LONGEST = 1;

/** Whether the span's duration means anything. */
function isTimed({ rows }: SpanTable, row: number): boolean {
  const start = bucketOf(rows.word(row, Row.START));
  return !isExtreme(start) && Math.abs(bucketOf(rows.word(row, Row.LAST)) - start) <= LONGEST;
}
