import { countedRows } from "../counted-rows.ts";
import { agentAt, failedByRecord, modelAt } from "../merged-rows.ts";
import { reportingLeaves } from "../reporting-leaves.ts";
import * as Row from "../table/span-rows.ts";
import type { ViewPart } from "../view/session-view.ts";

/** A call of a model or a tool, or the run of an agent, as the summary counts it. */
export type CountedCall = {
  readonly of: "model" | "tool" | "agent";
  readonly name: string;
  /** By the span or by its log records. */
  readonly failed: boolean;
};

/** By key of the span: each call once, whichever of the spans of several instrumentations stands for it. */
export function countedCalls(parts: readonly ViewPart[]): CountedCalls {
  const [only] = parts;
  const all = parts.map(callsOf);
  if (only !== undefined && parts.length === 1) return all[0] ?? new Map<string, CountedCall>();
  // A part has whole traces.
  const partOf = new Map<string, CountedCalls>();
  for (const [at, { spans }] of parts.entries())
    for (const { traceId } of spans) partOf.set(traceId, all[at] ?? new Map());
  return { get: (key) => partOf.get(key.slice(0, key.indexOf(":")))?.get(key) };
}

export type CountedCalls = { readonly get: (key: string) => CountedCall | undefined };

const known = new WeakMap<ViewPart["fold"], ReadonlyMap<string, CountedCall>>();

function callsOf(part: ViewPart): ReadonlyMap<string, CountedCall> {
  let calls = known.get(part.fold);
  if (calls === undefined) known.set(part.fold, (calls = findCalls(part)));
  return calls;
}

function findCalls({ table, fold, spans }: ViewPart): ReadonlyMap<string, CountedCall> {
  const { groups } = fold;
  const { rows } = table;
  const duplicates = groups.derived?.duplicates;
  const counted = countedRows(table, groups);
  const models = reportingLeaves(groups, (row) => duplicates?.[row] !== 1 && modelAt(table, groups, row) !== undefined);
  const calls = new Map<string, CountedCall>();
  for (let row = 0; row < rows.length; row++) {
    const span = spans[row];
    if (span === undefined || duplicates?.[row] === 1) continue;
    const of =
      models[row] === 1 ? "model" : counted[row] !== 1 ? undefined : rows.kind(row) === "tool" ? "tool" : "agent";
    if (of === undefined) continue;
    const name =
      of === "model"
        ? modelAt(table, groups, row)
        : of === "tool"
          ? table.text(row, Row.SUBJECT)
          : agentAt(table, groups, row);
    if (name === undefined) continue;
    calls.set(span.key, { of, name, failed: span.facts.error || failedByRecord(table, groups, row) });
  }
  return calls;
}
