import type { ToldBefore } from "../../../trace/feed.ts";

/** A trace's home says when a span was received, this object when its row went: their clocks agree about so far. */
const CLOCKS_APART = 1_000;

/** Up to where a trace was told of as its own session, before another one showed it; of those that are listed, until now. */
export function toldBefore(sql: SqlStorage, id: string): ToldBefore {
  const listed = sql.exec<{ told: number }>("SELECT told FROM session WHERE id = ?", id).toArray()[0];
  if (listed !== undefined) return { revision: listed.told };
  const gone = sql.exec<{ told: number; at: number }>("SELECT told, at FROM gone WHERE id = ?", id).toArray()[0];
  return gone === undefined ? { revision: 0 } : { revision: gone.told, until: gone.at + CLOCKS_APART };
}
