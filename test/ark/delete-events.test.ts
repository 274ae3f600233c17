import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { traceIdForSession } from "../../src/otlp/logs/group-records.ts";
import { spanId } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { fetchFrom } from "../routes/deployment.ts";
import { anEvent, deliverQuery, OWNER, page, post, reasons, REASONS, TRACE, UID } from "./ark-query.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

describe("DELETE /events", () => {
  const deleted = async (path: string) => {
    const response = await world.request(path, { method: "DELETE" });
    world.pass(1);
    return [response.status, (await response.json<{ status: string }>()).status];
  };

  test("purges the events of one query or of all; the session keeps its log", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await post(anEvent("QueryExecutionStart", 0, { queryId: "other", queryName: "other" }));
    await world.rest([OWNER, "s"]);
    expect(await deleted(`/ark/events/${UID}`)).toEqual([200, "success"]);
    expect((await page(`/ark/events/${UID}`)).items).toEqual([]);
    expect((await page("/ark/events/other")).items).toHaveLength(1);
    for (const path of ["/ark/events", "/ark/events?session_id=s"])
      expect([path, (await page(path)).items.map(({ data }) => data["queryId"])]).toEqual([path, ["other"]]);
    await post(anEvent("QueryExecutionComplete", 1));
    await world.rest([OWNER, "s"]);
    expect(reasons((await page(`/ark/events/${UID}`)).items)).toEqual(["QueryExecutionComplete"]);
    expect(reasons((await page("/ark/events?session_id=s")).items).toSorted()).toEqual([
      "QueryExecutionComplete",
      "QueryExecutionStart",
    ]);
    expect(await deleted("/ark/events")).toEqual([200, "success"]);
    for (const path of ["/ark/events", "/ark/events/other", `/ark/events/${UID}`, "/ark/events?session_id=s"])
      expect([path, (await page(path)).items]).toEqual([path, []]);
    expect((await world.readSession("s"))?.session.queries).toBe(2);
  });

  test("answers 404 for an unknown query, in the shape of Ark's broker", async () => {
    const response = await world.request("/ark/events/unknown", { method: "DELETE", headers: { "x-request-id": "r" } });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ error: { code: "NOT_FOUND", message: "Query unknown not found", requestId: "r" } }),
    ]);
  });
});

describe("DELETE /events/:uid with the ingest token, as sent by the controller's finalizer", () => {
  const tokens = { ADMIN_TOKEN: "admin", INGEST_TOKEN: "ingest", VIEW_TOKEN: "view" };
  const deleted = async (path: string, token = "ingest") => {
    const init = { method: "DELETE", headers: { authorization: `Bearer ${token}` } };
    const response = await fetchFrom(tokens, `https://spanfold.example${path}`, init);
    world.pass(1);
    return [response.status, await response.json()];
  };
  const success = [200, { status: "success", message: `Query ${UID} events deleted` }];
  const uids = async (path: string) => (await page(path)).items.map(({ data }) => data["queryId"]);
  const EVERYWHERE = ["/ark/events", "/ark/events?session_id=s", "/ark/events/q", `/ark/events/${UID}`];

  test("deletes the query's events; repeating it changes nothing", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    expect(await deleted(`/ark/events/${UID}`)).toEqual(success);
    await world.rest([OWNER, "s"]);
    for (const path of EVERYWHERE) expect([path, await uids(path)]).toEqual([path, []]);
    expect(await deleted(`/ark/events/${UID}`)).toEqual(success);
    expect(await deleted(`/ark/events/${UID}`, "admin")).toEqual(success);
  });

  test("deletes the events derived from the query's spans too", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await deliverQuery();
    await world.rest([OWNER, TRACE, "s"]);
    expect(await uids(`/ark/events/${UID}`)).toHaveLength(REASONS.length);
    expect(await deleted(`/ark/events/${UID}`)).toEqual(success);
    for (const path of EVERYWHERE) expect([path, await uids(path)]).toEqual([path, []]);
  });

  test("does not delete the events of a later query of the same name in the same session", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await post(anEvent("QueryExecutionStart", 30, { queryId: "later" }));
    await deliverQuery();
    await world.rest([OWNER, TRACE, "s"]);
    expect(await deleted(`/ark/events/${UID}`)).toEqual(success);
    expect(await uids(`/ark/events/${UID}`)).toEqual([]);
    expect(await uids("/ark/events")).toEqual(["later"]);
    for (const path of ["/ark/events?session_id=s", "/ark/events/q"])
      expect([path, new Set(await uids(path))]).toEqual([path, new Set(["later", "ns/q"])]);
    expect(await uids("/ark/events/later")).toHaveLength(REASONS.length);
    expect((await deleted("/ark/events/later"))[0]).toBe(200);
    for (const path of [...EVERYWHERE, "/ark/events/later"]) expect([path, await uids(path)]).toEqual([path, []]);
  });

  test("takes a query's UID only: a name, a trace or a key is 404", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await deliverQuery();
    await world.rest([OWNER, TRACE, "s"]);
    for (const named of ["unknown", "q", "ns%2Fq", TRACE, `${TRACE}:${spanId(1)}`]) {
      const error = { code: "NOT_FOUND", message: expect.stringMatching(/^Query .* not found$/) };
      expect([named, await deleted(`/ark/events/${named}`)]).toEqual([
        named,
        [404, expect.objectContaining({ error: expect.objectContaining(error) })],
      ]);
    }
    expect(await uids(`/ark/events/${UID}`)).toHaveLength(REASONS.length);
    expect((await deleted("/ark/events/q", "admin"))[0]).toBe(200);
    expect(await uids(`/ark/events/${UID}`)).toEqual([]);
  });

  test("purges nothing else", async () => {
    await post(anEvent("QueryExecutionStart", 0));
    await world.rest([OWNER, "s"]);
    for (const path of ["/ark/events", "/ark/events/", "/ark/traces", "/sessions/s"])
      expect([path, (await deleted(path))[0]]).toEqual([path, 403]);
    expect((await deleted(`/ark/events/${UID}`, "view"))[0]).toBe(403);
    expect((await deleted(`/ark/events/${UID}`, "wrong"))[0]).toBe(401);
    expect(await uids("/ark/events")).toEqual([UID]);
  });

  test("is remembered as long as the session exists", async () => {
    const remembered = async () => {
      // The feed reads of the deletion when it is asked for anything.
      await page("/ark/events");
      return await runInDurableObject(env.ARK_FEED.getByName("default/ark-feed"), (_, { storage }) =>
        storage.sql.exec("SELECT key FROM meta WHERE key GLOB 'purged *'").toArray(),
      );
    };
    await post(anEvent("QueryExecutionStart", 0));
    await post(anEvent("QueryExecutionStart", 0, { queryId: "other", sessionId: "s2" }));
    await world.rest([OWNER, "s", traceIdForSession("s2"), "s2"]);
    await deleted(`/ark/events/${UID}`);
    await deleted("/ark/events/other");
    expect(await remembered()).toHaveLength(2);
    expect((await world.request("/sessions/s", { method: "DELETE" })).status).toBe(204);
    await world.rest([OWNER, "s"]);
    expect(await remembered()).toHaveLength(1);
    expect((await deleted(`/ark/events/${UID}`))[0]).toBe(404);
    expect((await deleted("/ark/events/other"))[0]).toBe(200);
  });
});

test("events derived from a query's spans are purged from the list of all events too", async () => {
  await deliverQuery();
  expect((await page("/ark/events")).items).toHaveLength(REASONS.length);
  await world.request("/ark/events/q", { method: "DELETE" });
  for (const path of ["/ark/events", "/ark/events?session_id=s", "/ark/events/q"])
    expect([path, (await page(path)).items]).toEqual([path, []]);
});
