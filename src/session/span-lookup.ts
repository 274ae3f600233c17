import { isOfRecords } from "../facts/derivation.ts";
import { highWord, lowWord } from "../lib/hex.ts";
import type { SpanLookup, SpanSubject } from "./contract/span-lookup.ts";
import { linkDerivedSpans } from "./correlate/derived-links.ts";
import { groupByQuery } from "./query-groups.ts";
import type { QueryGroups } from "./query-groups.ts";
import { compareRows } from "./table/annotated-rows.ts";
import { ROOT } from "./table/parent-links.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import { linkPlaceholders } from "./tree/placeholders.ts";

/** Levels above a span in which its agent is searched. */
const MAX_ABOVE = 1_000;

/** Finds a span by its id; of several with one id, the one of `otlpKind`, else the earliest. */
export function findSpan(table: SpanTable, traceId: string, spanId: string, otlpKind: number | undefined): SpanLookup {
  const { rows } = table;
  const trace = table.traceNumber(traceId);
  if (trace < 0) return { found: "none" };
  const groups = groupByQuery(table, linkDerivedSpans(table));
  const sharing = table.rowsOf(trace, spanId).toSorted((a, b) => compareRows(table, a, b));
  if (sharing.length === 0) return findMissing(table, groups, trace, spanId);
  const otlpKinds = sharing.map((row) => rows.word(row, Row.OTLP_KIND));
  const row = otlpKind === undefined ? sharing[0] : sharing[otlpKinds.indexOf(otlpKind)];
  if (row === undefined) return { found: "other-kinds", otlpKinds };
  const parent = shownParent(table, groups, row);
  const agent = agentOf(table, groups, row);
  const replacement = groups.derived?.replacements.get(row);
  return {
    found: "span",
    revision: rows.word(row, Row.REVISION),
    position: rows.word(row, Row.POSITION),
    otlpKinds,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    ...(agent === undefined ? {} : { agent }),
    ...(replacement === undefined
      ? {}
      : { replacedBy: { traceId: table.traceId(replacement), spanId: rows.hex(replacement, Row.ID) } }),
    subjects: subjectsOf(table, groups, row),
  };
}

function findMissing(table: SpanTable, groups: QueryGroups, trace: number, spanId: string): SpanLookup {
  const high = highWord(spanId);
  const low = lowWord(spanId);
  const isNamed = linkPlaceholders(table, groups).placeholders.some(
    (one) => one.standsFor === "span" && one.trace === trace && one.high === high && one.low === low,
  );
  if (isNamed) return { found: "placeholder", by: "spans" };
  return table.annotations.at(trace, spanId) === undefined
    ? { found: "none" }
    : { found: "placeholder", by: "records" };
}

/** Spans derived from log records may have a parent that they do not name. */
function shownParent({ rows }: SpanTable, { parents }: QueryGroups, row: number): string | undefined {
  const parent = parents[row] ?? ROOT;
  const isElsewhere = parent < 0 || rows.word(parent, Row.TRACE) !== rows.word(row, Row.TRACE);
  return isElsewhere || rows.hex(row, Row.PARENT) !== NO_ID ? undefined : rows.hex(parent, Row.ID);
}

const NO_ID = "0".repeat(16);

function agentOf(table: SpanTable, { parents }: QueryGroups, row: number): string | undefined {
  let above = row;
  for (let left = MAX_ABOVE; left > 0 && above >= 0; left--) {
    const agent = table.rows.kind(above) === "agent" ? table.text(above, Row.SUBJECT) : undefined;
    if (agent !== undefined) return agent;
    above = parents[above] ?? ROOT;
  }
  return undefined;
}

function subjectsOf(table: SpanTable, { derived }: QueryGroups, row: number): readonly SpanSubject[] {
  const replaced = Array.from(derived?.replacements ?? [])
    .filter(([, shown]) => shown === row)
    .map(([duplicate]) => duplicate);
  return [row, ...replaced]
    .filter((one) => table.records.hasAny(table.rows.word(one, Row.TRACE)))
    .map((one) => ({
      traceId: table.traceId(one),
      spanId: table.rows.hex(one, Row.ID),
      ...(isOfRecords(table.rows.derivation(one)) ? { derived: true as const } : {}),
    }));
}
