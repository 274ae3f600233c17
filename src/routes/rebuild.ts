import { Hono } from "hono";
import { needs } from "../auth/guard.ts";
import type { AppEnv, Bindings } from "../config.ts";
import { alertsOf, directoryOf, objectAt, SELF, shardPlace, shardsOf } from "../place.ts";
import { data } from "../api/negotiate.ts";
import type { LogIds } from "../session/contract/directory.ts";
import type { RebuiltAnswer } from "../api/rebuilt-schema.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";

/**
 * The list compared with the logs that the shards hold: their sessions report again, traces are copied again to sessions that lack
 * them, and sessions of the list that no shard knows are damaged. `npm start -- --rebuild` asks for it.
 */
export const rebuild = new Hono<AppEnv>({ strict: false })
  .post("/", needs("administer"), async (c) => {
    const { tenant } = c.var.principal;
    const [own, self] = [await rebuildList(c.env, tenant), await rebuildList(c.env, SELF)];
    const answer: RebuiltAnswer = { logs: own.logs + self.logs, damaged: own.damaged + self.damaged };
    return data(c, answer);
  })
  .all("/", needs("public"), methodNotAllowed("POST"));

async function rebuildList(env: Bindings, tenant: string): Promise<RebuiltAnswer> {
  const directory = directoryOf(env, tenant);
  const shards = await shardsOf(env, tenant);
  const { head } = await directory.reports(undefined, 1);
  let logs = 0;
  let damaged = 0;
  for (let shard = 0; shard < shards; shard++) {
    const calls = objectAt(env, tenant, shardPlace(tenant, shard), shards);
    let after: string | undefined = "";
    while (after !== undefined) {
      const page: LogIds = await calls.reportAgain(after);
      logs += page.ids.length;
      damaged += await directory.markDamaged({ shard, shards, head, after, ...page });
      after = page.next;
    }
  }
  // A directory that was made anew does not know whether there are alerts: they say so.
  await alertsOf(env, tenant).changed();
  return { logs, damaged };
}
