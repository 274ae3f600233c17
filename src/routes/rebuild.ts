import { Hono } from "hono";
import { needs } from "../auth/guard.ts";
import type { AppEnv, Bindings } from "../config.ts";
import { alertsOf, directoryOf, moveAt, objectAt, ownName, SELF, shardPlace, shardsOf } from "../place.ts";
import { data } from "../api/negotiate.ts";
import { badRequest } from "../api/problem.ts";
import { log } from "../lib/log.ts";
import { pool } from "../lib/pool.ts";
import type { LogIds } from "../session/contract/directory.ts";
import { readOwnFiles } from "../api/rebuild-body.ts";
import type { OwnFile } from "../api/rebuild-body.ts";
import type { RebuiltAnswer } from "../api/rebuilt-schema.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";
import { readJson } from "./read-json.ts";

/** Bytes of a body: an object of its own is named in some 130, and 10 GB of logs have 10,000 of them. */
const MAX_BODY = 8_000_000;
/** Objects that are asked at once whether they have a log that their shard does not know. */
const OBJECTS_AT_ONCE = 20;

/**
 * The list compared with the logs that the shards hold: logs that had moved are taken back where the shard's file was lost, sessions
 * report again, traces are copied again to sessions that lack them, and sessions of the list that no shard knows are damaged.
 * `npm start -- --rebuild` asks for it.
 */
export const rebuild = new Hono<AppEnv>({ strict: false })
  .post("/", needs("administer"), async (c) => {
    const { tenant } = c.var.principal;
    const body = c.req.raw.body === null ? undefined : await readJson(c, MAX_BODY);
    if (body?.ok === false) return badRequest(c, body.detail);
    const files = body === undefined ? undefined : readOwnFiles(body.value);
    if (files?.ok === false) return badRequest(c, files.detail);
    const [own, self] = [await rebuildList(c.env, tenant, files?.value), await rebuildList(c.env, SELF, files?.value)];
    const answer: RebuiltAnswer = {
      logs: own.logs + self.logs,
      damaged: own.damaged + self.damaged,
      adopted: own.adopted + self.adopted,
      unanswered: own.unanswered + self.unanswered,
    };
    return data(c, answer);
  })
  .all("/", needs("public"), methodNotAllowed("POST"));

/** `files`: of all own objects that have a log; without them those that the list can name are looked for. */
async function rebuildList(
  env: Bindings,
  tenant: string,
  files: readonly OwnFile[] | undefined,
): Promise<RebuiltAnswer> {
  const directory = directoryOf(env, tenant);
  const shards = await shardsOf(env, tenant);
  const { head } = await directory.reports(undefined, 1);
  const wanted = files?.filter(({ object, log: id }) => isOf(env, tenant, object, id)).map(({ log: id }) => id);
  const lost = new Set(wanted);
  if (wanted?.length !== 0)
    for await (const { page, after, shard } of heldLogs(env, tenant, shards, "logIds")) {
      for (const id of page.moved) lost.delete(id);
      if (wanted !== undefined) continue;
      for (const id of await directory.missing({ shard, shards, head, after, ...page })) lost.add(id);
    }
  const adoptions = await adoptAll(env, tenant, shards, Array.from(lost));
  let logs = 0;
  let damaged = 0;
  for await (const { page, after, shard } of heldLogs(env, tenant, shards, "reportAgain")) {
    logs += page.ids.length;
    damaged += await directory.markDamaged({ shard, shards, head, after, ...page });
  }
  // A directory that was made anew does not know whether there are alerts: they say so.
  await alertsOf(env, tenant).changed();
  return { logs, damaged, ...adoptions };
}

/** The logs of all shards, page by page. They report again once all are found: an owner would copy to a new log in place of one that is not. */
async function* heldLogs(env: Bindings, tenant: string, shards: number, method: "logIds" | "reportAgain") {
  for (let shard = 0; shard < shards; shard++) {
    const calls = objectAt(env, tenant, shardPlace(tenant, shard), shards);
    let after: string | undefined = "";
    while (after !== undefined) {
      const page: LogIds = await calls[method](after);
      yield { page, after, shard };
      after = page.next;
    }
  }
}

/** Has the own objects of these logs found by their shards again. Returns how many are, and how many failed. One may have been found by itself meanwhile. */
async function adoptAll(
  env: Bindings,
  tenant: string,
  shards: number,
  ids: readonly string[],
): Promise<Pick<RebuiltAnswer, "adopted" | "unanswered">> {
  const outcomes = await pool(ids, OBJECTS_AT_ONCE, async (id) => {
    try {
      return await moveAt(env, "own", { tenant, shards, id }).findShard();
    } catch (error) {
      log("moved-log-not-adopted", { level: "error", id, error });
      return "unanswered";
    }
  });
  const unanswered = outcomes.filter((outcome) => outcome === "unanswered").length;
  const left = outcomes.filter((outcome) => outcome === "absent" || outcome === "deleted").length;
  return { adopted: outcomes.length - left - unanswered, unanswered };
}

/** Whether this is the id of the tenant's own object of the log. */
function isOf(env: Bindings, tenant: string, object: string, id: string): boolean {
  return env.SESSIONS.idFromName(ownName(tenant, id)).toString() === object;
}
