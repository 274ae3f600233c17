import { criticalPath } from "../timing/critical-path.ts";
import type { Interval } from "../timing/interval.ts";
import type { SessionTree, TreeNode } from "../tree/tree-node.ts";

/** The critical paths of a session's traces, by row. */
export type CriticalRows = {
  /** Of these rows together, by time. */
  readonly partsOf: (rows: readonly Pick<TreeNode, "key">[]) => readonly Interval[];
};

/** `present`: the end of what runs, Unix nanoseconds. */
export function criticalRows({ roots }: Pick<SessionTree, "roots">, present: bigint): CriticalRows {
  const byKey = new Map<string, Interval[]>();
  for (const root of roots) {
    for (const { key, from, to } of criticalPath(root, present)) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [{ from, to }]);
      else known.push({ from, to });
    }
  }
  return { partsOf: (rows) => rows.flatMap(({ key }) => byKey.get(key) ?? []) };
}
