import type { SessionReport } from "../../../session/contract/directory.ts";

/** Whether a tombstone voids a report. `until`: a whole generation, or `<generation>.<revision>`; "" voids nothing. */
export function isVoid({ generation, revision }: SessionReport, until: string): boolean {
  if (until === "") return false;
  const [ended = "", last] = until.split(".");
  if (generation !== ended) return generation < ended;
  return last === undefined || revision <= Number(last);
}

/** Why a session left the list: the tombstone of an empty one ends with its revision. */
export function becauseIn(until: string): "deleted" | "empty" {
  return until.includes(".") ? "empty" : "deleted";
}

/** The generation of this session in the list, if it is later than the report's. */
export function laterGeneration(sql: SqlStorage, { id, generation }: SessionReport): string | undefined {
  const known = sql.exec<{ generation: string }>(
    "SELECT generation FROM session WHERE id = ? UNION ALL SELECT generation FROM tombstone WHERE id = ?",
    id,
    id,
  );
  for (const row of known) {
    const [listed = ""] = row.generation.split(".");
    if (listed > generation) return listed;
  }
  return undefined;
}
