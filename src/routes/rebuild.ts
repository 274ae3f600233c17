import { Hono } from "hono";
import { needs } from "../auth/guard.ts";
import type { AppEnv, Bindings } from "../config.ts";
import { alertsOf, directoryOf, moveAt, objectAt, ownName, SELF, shardPlace, shardsOf } from "../place.ts";
import { data } from "../api/negotiate.ts";
import { badRequest } from "../api/problem.ts";
import { log } from "../lib/log.ts";
import { streamOf } from "../lib/stream-of.ts";
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

const LINES = "application/x-ndjson";
const LINES_HEADERS = { "content-type": LINES, "cache-control": "no-store", vary: "Accept" };

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
    const steps = rebuildLists(c.env, [tenant, SELF], files?.value);
    if (c.req.header("accept")?.includes(LINES))
      return new Response(streamOf(linesOf(steps)), { headers: LINES_HEADERS });
    let step = await steps.next();
    while (step.done !== true) step = await steps.next();
    return data(c, step.value);
  })
  .all("/", needs("public"), methodNotAllowed("POST"));

/** What was found so far, and at last all of it. */
type Steps = AsyncGenerator<RebuiltAnswer, RebuiltAnswer>;

async function* linesOf(steps: Steps): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  for (;;) {
    const { value, done } = await steps.next();
    yield encoder.encode(`${JSON.stringify(done === true ? { ...value, complete: true } : value)}\n`);
    if (done === true) return;
  }
}

async function* rebuildLists(env: Bindings, tenants: readonly string[], files: readonly OwnFile[] | undefined): Steps {
  const found = { logs: 0, damaged: 0, adopted: 0, unanswered: 0 };
  for (const tenant of tenants)
    for await (const step of rebuildList(env, tenant, files)) {
      for (const [name, count] of Object.entries(step) as [keyof RebuiltAnswer, number][]) found[name] += count;
      yield { ...found };
    }
  return found;
}

/** `files`: of all own objects that have a log; without them those that the list can name are looked for. Gives what each step finds. */
async function* rebuildList(
  env: Bindings,
  tenant: string,
  files: readonly OwnFile[] | undefined,
): AsyncGenerator<Partial<RebuiltAnswer>, void> {
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
  const ids = Array.from(lost);
  for (let at = 0; at < ids.length; at += OBJECTS_AT_ONCE)
    yield await adoptAll(env, tenant, shards, ids.slice(at, at + OBJECTS_AT_ONCE));
  for await (const { page, after, shard } of heldLogs(env, tenant, shards, "reportAgain")) {
    const damaged = await directory.markDamaged({ shard, shards, head, after, ...page });
    yield { logs: page.ids.length, damaged };
  }
  // A directory that was made anew does not know whether there are alerts: they say so.
  await alertsOf(env, tenant).changed();
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
  const outcomes = await Promise.all(
    ids.map(async (id) => {
      try {
        return await moveAt(env, "own", { tenant, shards, id }).findShard();
      } catch (error) {
        log("moved-log-not-adopted", { level: "error", id, error });
        return "unanswered";
      }
    }),
  );
  const unanswered = outcomes.filter((outcome) => outcome === "unanswered").length;
  const left = outcomes.filter((outcome) => outcome === "absent" || outcome === "deleted").length;
  return { adopted: outcomes.length - left - unanswered, unanswered };
}

/** Whether this is the id of the tenant's own object of the log. */
function isOf(env: Bindings, tenant: string, object: string, id: string): boolean {
  return env.SESSIONS.idFromName(ownName(tenant, id)).toString() === object;
}
