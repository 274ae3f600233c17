import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { directoryOf, sessionAt, shardName } from "../../src/place.ts";
import { deliver } from "../../src/routes/receive/deliver.ts";
import { deliveryOf, groupsOf } from "./deliveries.ts";
import { someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACES = ["first", "second", "third"].map(traceIdOf);

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

/** Gives a tenant one session for each trace, under the same ids as every other tenant. */
async function deliverTo(tenant: string): Promise<void> {
  for (const traceId of TRACES) {
    await deliver(env, tenant, groupsOf(someSpans(traceId, 1, 2)));
    world.pass(60_000);
    await world.until(async () => (await listOf(tenant)).includes(traceId));
  }
}

async function listOf(tenant: string): Promise<string[]> {
  const { sessions } = await directoryOf(env, tenant).recent(Number.MAX_SAFE_INTEGER, 10, {
    kind: "all",
    statuses: [],
    phrases: [],
    names: [],
  });
  return sessions.map(({ summary }) => (JSON.parse(summary) as { id: string }).id).toSorted();
}

async function spansOf(tenant: string): Promise<Record<string, number | undefined>> {
  const found: Record<string, number | undefined> = {};
  for (const traceId of TRACES) {
    const page = await sessionAt(env, tenant, traceId).peek("session");
    found[traceId] = page.state === "present" ? page.summary?.spans : undefined;
  }
  return found;
}

// spec: RET-10
test("a full tenant deletes its own sessions only", async () => {
  for (const tenant of ["ada", "default", "grace"]) await deliverTo(tenant);
  const before = { ada: await spansOf("ada"), default: await spansOf("default") };
  expect(Object.values(before.ada)).toEqual([2, 2, 2]);
  expect(before.default).toEqual(before.ada);

  vi.spyOn(console, "warn").mockReturnValue();
  await runInDurableObject(env.DIRECTORY.getByName("grace/directory"), async (_, ctx) => {
    const full = new DirectoryObject(ctx, { ...env, MAX_TENANT_BYTES: "1KB" });
    await full.alarm();
  });

  expect(Object.values(await spansOf("grace"))).toEqual([undefined, undefined, undefined]);
  expect(await listOf("grace")).toEqual([]);
  for (const tenant of ["ada", "default"] as const) {
    expect(await spansOf(tenant), tenant).toEqual(before[tenant]);
    expect(await listOf(tenant), tenant).toEqual(TRACES.toSorted());
  }
});

test("the daily check of a tenant's directory calls its own sessions only", async () => {
  for (const tenant of ["default", "grace"]) await deliverTo(tenant);
  // The sessions of this tenant are lost: its rows are deleted, and those of the other tenant stay.
  for (const shard of Array.from({ length: world.caller().shards }, (_, n) => shardName("grace", n)))
    await runInDurableObject(env.SESSIONS.getByName(shard), async (_, ctx) => {
      await ctx.storage.deleteAll();
      ctx.abort("lost (a test's fault)");
    }).catch(() => undefined);
  world.pass(40 * 86_400_000);
  await runInDurableObject(env.DIRECTORY.getByName("grace/directory"), async (instance) => await instance.alarm());
  expect(await listOf("grace")).toEqual([]);
  expect(Object.values(await spansOf("default"))).toEqual([2, 2, 2]);
});

test("an object refuses a call in the name of another tenant", async () => {
  const trace = traceIdOf("refused");
  const delivery = deliveryOf(someSpans(trace, 1, 1));
  await runInDurableObject(env.SESSIONS.getByName(shardName("ada", 0)), async (instance) => {
    expect(() => instance.append({ tenant: "grace", shards: 1 }, [delivery])).toThrow(
      "an object of another tenant was called by grace",
    );
    expect(await instance.append({ tenant: "ada", shards: 1 }, [delivery])).toEqual([{ outcome: "appended" }]);
  });
  await runInDurableObject(env.DIRECTORY.getByName("ada/directory"), (instance) => {
    expect(() => instance.reports({ tenant: "grace" }, undefined, 1)).toThrow("another tenant");
  });
});
