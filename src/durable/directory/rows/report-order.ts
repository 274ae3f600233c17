import type { SessionReport } from "../../../session/contract/directory.ts";

/** Whether a report tells of what a deletion made void: of a whole life, or of `<life>.<revision>`; of nothing where it is "". */
export function isVoid({ generation, revision }: SessionReport, until: string): boolean {
  if (until === "") return false;
  const [life = "", last] = until.split(".");
  if (generation !== life) return generation < life;
  return last === undefined || revision <= Number(last);
}

/** The life of this session that the list knows, where that is a later one than reports. */
export function laterLife(sql: SqlStorage, { id, generation }: SessionReport): string | undefined {
  const known = sql.exec<{ generation: string }>(
    "SELECT generation FROM session WHERE id = ? UNION ALL SELECT generation FROM gone WHERE id = ?",
    id,
    id,
  );
  for (const row of known) {
    const [life = ""] = row.generation.split(".");
    if (life > generation) return life;
  }
  return undefined;
}
