import type { LogRecord, ResourceLogs } from "../../log-record.ts";

/** The log records of a chunk by position: they are counted through resources and scopes in order. */
export class ChunkRecords {
  readonly #resourceLogs: readonly ResourceLogs[];

  constructor(resourceLogs: readonly ResourceLogs[]) {
    this.#resourceLogs = resourceLogs;
  }

  /** Records alone, by position. */
  records(): readonly LogRecord[] {
    return this.#resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  }

  /** These records with the resources and scopes around them. */
  pick(positions: readonly number[]): readonly ResourceLogs[] {
    const wanted = new Set(positions);
    const picked: ResourceLogs[] = [];
    let position = 0;
    for (const group of this.#resourceLogs) {
      const scopeLogs = [];
      for (const scope of group.scopeLogs ?? []) {
        const logRecords = (scope.logRecords ?? []).filter(() => wanted.has(position++));
        if (logRecords.length > 0) scopeLogs.push({ ...scope, logRecords });
      }
      if (scopeLogs.length > 0) picked.push({ ...group, scopeLogs });
    }
    return picked;
  }
}
