import { ROOT, SELF } from "./table/parent-links.ts";
import { firstRow, foldParts } from "./part-fold.ts";
import type { PartFold, PartRow } from "./part-fold.ts";
import { isQueryOpen } from "./queries.ts";
import type { QueryFold } from "./queries.ts";
import { errorsOf } from "./errors.ts";
import { compareRows } from "./table/annotated-rows.ts";
import * as Row from "./table/span-rows.ts";
import type { SpanTable } from "./table/span-table.ts";
import type { LivenessFacts } from "./summary.ts";
import { linkPlaceholders } from "./tree/placeholders.ts";
import { spanKey, waitingOf } from "./waiting.ts";

type PartFacts = Omit<LivenessFacts, "lastArrival" | "oldestRunning" | "waiting"> & {
  readonly oldest: PartRow | undefined;
};

const factsIn = foldParts((part): PartFacts => {
  const { table, fold } = part;
  const { rows } = table;
  const { groups, queries } = fold;
  const errors = errorsOf(table, groups);
  let running = 0;
  let oldest = -1;
  let awaitedParents = queries.filter(({ open }) => open === true).length;
  let missingParents = 0;
  let failed = queries.some((query) => query.failed);
  for (let row = 0; row < rows.length; row++) {
    if (groups.derived?.duplicates[row] === 1) continue;
    const parent = groups.parents[row] ?? ROOT;
    if (rows.running(row)) {
      running++;
      if (oldest < 0 || compareRows(table, row, oldest) < 0) oldest = row;
    } else if (errors.failed[row] === 1 && (parent === ROOT || parent === SELF)) failed = true;
  }
  const ended = endedTraces(table, fold);
  for (const { trace } of linkPlaceholders(table, groups).placeholders) {
    if (ended.has(trace)) missingParents++;
    else awaitedParents++;
  }
  return {
    running,
    awaitedParents,
    missingParents,
    failed,
    oldest: oldest < 0 ? undefined : { ...part, row: oldest },
  };
});

/** The facts that liveness needs of a session's spans. */
export function livenessFacts(parts: readonly PartFold[], lastArrival: string): LivenessFacts {
  const facts = factsIn(parts);
  const oldest = firstRow(facts.map((part) => part.oldest));
  const waiting = waitingOf(parts);
  const count = (of: "running" | "awaitedParents" | "missingParents"): number =>
    facts.reduce((sum, part) => sum + part[of], 0);
  return {
    lastArrival,
    running: count("running"),
    ...(oldest === undefined ? {} : { oldestRunning: startOf(oldest) }),
    awaitedParents: count("awaitedParents"),
    missingParents: count("missingParents"),
    failed: facts.some(({ failed }) => failed),
    ...(waiting === undefined ? {} : { waiting }),
  };
}

const startOf = ({ table, row }: PartRow): NonNullable<LivenessFacts["oldestRunning"]> => ({
  name: table.text(row, Row.NAME) ?? "",
  start: table.rows.long(row, Row.START).toString(),
  span: spanKey({ table, row }),
});

/** Numbers of the traces with an ended query: their missing parents are no longer awaited. */
export function endedTraces(table: SpanTable, { groups, queries }: QueryFold): Set<number> {
  const open = queries.map((query) => isQueryOpen(table, query));
  const ended = new Set<number>();
  groups.queryOf.forEach((query, row) => {
    if (open[query] === false) ended.add(table.rows.word(row, Row.TRACE));
  });
  return ended;
}
