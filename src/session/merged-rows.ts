import type { Tokens } from "../facts/facts.ts";
import type { QueryGroups } from "./query-groups.ts";
import { isError, isPromptGuessed, promptAt } from "./table/annotated-rows.ts";
import { ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";

/** Facts of a row, completed by the log records of the same operation. Each of these names the row that has the fact; -1 without. */

export function tokensRow(table: SpanTable, { derived }: QueryGroups, row: number): number {
  const { rows } = table;
  const sources = derived?.sources.get(row);
  if (sources === undefined) return rows.hasTokens(row) ? row : -1;
  for (const source of sources) {
    if (rows.hasTokens(source) && (!rows.hasTokens(row) || completes(tokensAt(table, source), tokensAt(table, row))))
      return source;
  }
  return rows.hasTokens(row) ? row : -1;
}

/** Gemini CLI's spans count no thoughts and no cached tokens; its records do. */
function completes(record: Tokens, span: Tokens): boolean {
  const isSameOutput = record.output === span.output || record.output === span.output + record.reasoning;
  return isSameOutput && record.input >= span.input && record.cached >= span.cached && record.written >= span.written;
}

function tokensAt({ rows, usage }: SpanTable, row: number): Tokens {
  return usage.tokens(rows.word(row, Row.USAGE));
}

export function costRow({ rows }: SpanTable, { derived }: QueryGroups, row: number): number {
  if (rows.hasCost(row)) return row;
  return derived?.sources.get(row)?.find((source) => rows.hasCost(source)) ?? -1;
}

/** A prompt that no user said counts less. */
export function promptRow(table: SpanTable, { derived }: QueryGroups, row: number): number {
  const own = promptAt(table, row) === undefined ? -1 : row;
  if (own >= 0 && !isPromptGuessed(table, own)) return own;
  const source = derived?.sources.get(row)?.find((one) => promptAt(table, one) !== undefined);
  return source === undefined || (own >= 0 && isPromptGuessed(table, source)) ? own : source;
}

/** Whether a log record of the operation reports its failure: Claude Code's span of a failed tool passes. */
export function failedByRecord(table: SpanTable, { derived }: QueryGroups, row: number): boolean {
  return derived?.sources.get(row)?.some((source) => isError(table, source)) === true;
}

/** The prompt that was logged in the span, or that the span's run answers. */
export function promptIn({ rows }: SpanTable, { derived }: QueryGroups, row: number): number {
  return derived?.sources.get(row)?.find((source) => rows.derivation(source) === "prompt") ?? -1;
}

/** The agent of a counted run. Codex exports the span of a run last, or never. */
export function agentAt(table: SpanTable, groups: QueryGroups, row: number): string | undefined {
  const run = table.rows.kind(row) === "agent" ? row : promptIn(table, groups, row);
  return run < 0 ? undefined : table.text(run, Row.SUBJECT);
}

/** The model that a model's call names, or the log record of the call. */
export function modelAt(table: SpanTable, { derived }: QueryGroups, row: number): string | undefined {
  if (!isModelKind(table, row)) return undefined;
  const own = table.text(row, Row.SUBJECT);
  if (own !== undefined || derived === undefined) return own;
  const source = derived.sources.get(row)?.find((one) => table.text(one, Row.SUBJECT) !== undefined);
  return source === undefined ? undefined : table.text(source, Row.SUBJECT);
}

/** Between a call of a model and the parts of it, producers put spans of these kinds only. */
const WITHIN_A_CALL = Row.kindsOf(["llm", "embedding", "internal", "chain", "http"]);

/** By row: the row of the nearest call at or above it that names a model; -1 without. Codex counts tokens in a part of the call. */
export function modelRows(table: SpanTable, groups: QueryGroups): Int32Array {
  const found = new Int32Array(table.rows.length).fill(-1);
  for (const row of groups.order) {
    const parent = groups.parents[row] ?? ROOT;
    if (modelAt(table, groups, row) !== undefined) found[row] = row;
    else if (parent >= 0 && table.rows.isAnyOf(row, WITHIN_A_CALL)) found[row] = found[parent] ?? -1;
  }
  return found;
}

const MODELS = Row.kindsOf(["llm", "embedding"]);

function isModelKind({ rows }: SpanTable, row: number): boolean {
  return rows.isAnyOf(row, MODELS);
}
