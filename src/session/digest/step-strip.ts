import { countedRows } from "../counted-rows.ts";
import { errorsOf } from "../errors.ts";
import { failedByRecord } from "../merged-rows.ts";
import { comparePartRows, foldParts } from "../part-fold.ts";
import type { PartFold, PartRow } from "../part-fold.ts";
import type { QueryGroups } from "../query-groups.ts";
import { reportingLeaves } from "../reporting-leaves.ts";
import { compareRows } from "../table/annotated-rows.ts";
import { ROOT } from "../table/parent-links.ts";
import * as Row from "../table/span-rows.ts";
import type { SpanTable } from "../table/span-table.ts";
import { isPlumbingRow } from "./step-names.ts";
import { writeStep } from "./strip-text.ts";

/** The last steps are kept: what a session does now matters more than how it began. */
export const MAX_STEPS = 120;

/** The last steps of a part by start. */
type PartSteps = {
  /** `others`: there is no step; these are its spans. */
  readonly are: "steps" | "others";
  readonly last: readonly (PartRow & { readonly text: string })[];
};

const stepsIn = foldParts((part): PartSteps => {
  const { table, fold } = part;
  const { groups } = fold;
  const { rows } = table;
  const errors = errorsOf(table, groups);
  const { are, wanted } = stepRows(table, groups);
  const last = lastRows(table, wanted).map((row) => {
    const kind = rows.kind(row);
    const isFailed = rows.isAnyOf(row, IS_CALL)
      ? errors.failed[row] === 1 || failedByRecord(table, groups, row)
      : errors.causes[row] === 1;
    const text = writeStep({ kind, state: isFailed ? "failed" : rows.running(row) ? "running" : "ended" });
    return { ...part, row, text };
  });
  return { are, last };
});

/**
 * The steps of a session by start, as a text: a letter for the kind, `!` after a failed step, `~` after a running one. Steps are turns,
 * agents' runs, and calls of models and tools, each once; in a session without any, all its spans.
 */
export function stepStrip(parts: readonly PartFold[]): string {
  const found = stepsIn(parts);
  const are = found.some((part) => part.are === "steps") ? "steps" : "others";
  // The parts that go on longest come first: most of the others are then passed over by a look at their last step.
  const ordered = found
    .flatMap((part) => {
      const newest = part.last.at(-1);
      return part.are === are && newest !== undefined ? { steps: part.last, newest } : [];
    })
    .sort((a, b) => comparePartRows(b.newest, a.newest));
  let last: PartSteps["last"] = [];
  for (const { steps, newest } of ordered) {
    const first = last.length === MAX_STEPS ? last[0] : undefined;
    if (first !== undefined && comparePartRows(newest, first) < 0) break;
    const from = first === undefined ? 0 : steps.findLastIndex((step) => comparePartRows(step, first) < 0) + 1;
    last = [...last, ...steps.slice(from)].sort(comparePartRows).slice(-MAX_STEPS);
  }
  return last.map(({ text }) => text).join("");
}

/** What is around these repeats their failures. */
const MODELS = Row.kindsOf(["llm", "embedding"]);
const IS_CALL = Row.kindsOf(["llm", "tool", "retrieval", "embedding"]);

/** By row: 1 for a step; for each row of a part without steps. */
function stepRows(
  table: SpanTable,
  groups: QueryGroups,
): { readonly are: PartSteps["are"]; readonly wanted: Uint8Array } {
  const { rows } = table;
  const duplicates = groups.derived?.duplicates;
  const steps = countedRows(table, groups).slice();
  const models = reportingLeaves(groups, (row) => duplicates?.[row] !== 1 && rows.isAnyOf(row, MODELS));
  let hasSteps = false;
  for (let row = 0; row < rows.length; row++) {
    if (models[row] === 1 || (duplicates?.[row] !== 1 && isOther(table, groups, row))) steps[row] = 1;
    hasSteps ||= steps[row] === 1;
  }
  if (hasSteps) return { are: "steps", wanted: steps };
  for (let row = 0; row < rows.length; row++) if (duplicates?.[row] !== 1 && isPlumbingRow(table, row)) steps[row] = 1;
  return { are: "others", wanted: steps };
}

/** Retrievals, queries by their outermost spans, and turns and teams without the spans that only pass them on. */
function isOther({ rows }: SpanTable, { parents, queries, queryOf }: QueryGroups, row: number): boolean {
  const kind = rows.kind(row);
  if (kind === "query") return queries[queryOf[row] ?? -1]?.lead === row;
  const parent = parents[row] ?? ROOT;
  return kind === "retrieval" || ((kind === "turn" || kind === "team") && (parent < 0 || rows.kind(parent) !== kind));
}

/** The rows that start last, by start. Later rows of the table mostly start later, so that most others are compared once. */
function lastRows(table: SpanTable, wanted: Uint8Array): number[] {
  const byStart = (a: number, b: number): number => compareRows(table, a, b);
  let last: number[] = [];
  let first = -1;
  for (let row = wanted.length - 1; row >= 0; row--) {
    if (wanted[row] !== 1 || (first >= 0 && byStart(row, first) < 0)) continue;
    last.push(row);
    if (last.length < 2 * MAX_STEPS) continue;
    last = last.sort(byStart).slice(-MAX_STEPS);
    first = last[0] ?? -1;
  }
  return last.sort(byStart).slice(-MAX_STEPS);
}
