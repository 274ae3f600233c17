import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { aBrowser } from "../sinks/push-browser.ts";
import * as world from "../durable/world.ts";
import { fetchFrom, refusalText } from "./deployment.ts";
import type { Settings } from "./deployment.ts";
import { askAsAdmin, asker, expectRotation, receiver, useReceiver } from "./receiver.ts";

const DEPLOYMENT: Settings = {
  ADMIN_TOKEN: "admin-secret",
  VIEW_TOKEN: "view-secret",
  UPSTREAM_KEY: "a secret of some length",
};
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SLACK = "https://hooks.slack.example.com/services/T0/B0/path-secret";

useReceiver();

const ask = asker(DEPLOYMENT, "/admin/alerts");

async function refusal(body: object | string, settings: Settings = DEPLOYMENT): Promise<string> {
  return await refusalText(await ask("PUT", "/a", body, settings));
}

// spec: ALERT-7
test("URLs and secrets of webhooks are encrypted at rest, and are in no answer and no log", async () => {
  const put = await ask("PUT", "/slack", { on: ["failed"], format: "slack", url: SLACK, secret: SECRET });
  receiver.answer = () => new Response("Cannot POST /services/T0/B0/path-secret", { status: 404 });
  const tested = await ask("POST", "/slack/test");
  for (const response of [put, tested, await ask("GET", "/slack"), await ask("GET", "")]) {
    const text = await response.text();
    expect(response.status, text).toBe(200);
    expect(text).not.toContain("path-secret");
    expect(text).not.toContain(SECRET.slice(6));
  }
  expect(receiver.sent[0]).toMatchObject({
    url: SLACK,
    headers: { "webhook-signature": expect.stringMatching(/^v1,/) },
  });
  const stored = await runInDurableObject(env.ALERTS.getByName("default/alerts"), (_, { storage }) =>
    JSON.stringify(storage.sql.exec("SELECT * FROM alert").toArray()),
  );
  expect(stored).toContain("hooks.slack.example.com");
  expect(stored).not.toContain("path-secret");
  expect(stored).not.toContain(SECRET.slice(6));
  expect(receiver.logged.join("\n")).not.toMatch(/path-secret|MfKQ9r8/);
});

// spec: ALERT-7
test("what is not given again stays, but a secret never goes to another host", async () => {
  await ask("PUT", "/a", { on: ["failed"], url: "https://a.example.com/1", secret: SECRET });
  const changed = await ask("PUT", "/a", { on: ["waiting"], cost: 2.5, filter: "agent=planner", question: "included" });
  expect(await changed.json()).toMatchObject({
    name: "a",
    on: ["waiting"],
    cost: 2.5,
    filter: "agent=planner",
    question: "included",
    coolDown: 60,
    format: "standard",
    host: "a.example.com",
    signed: true,
    state: "on",
    deliveries: [],
  });
  expect((await ask("PUT", "/a", { on: ["waiting"], url: "https://a.example.com/2" })).status).toBe(200);
  expect(await refusal({ on: ["waiting"], url: "https://b.example.com" })).toContain("secret must be whsec_");
});

test("a rotated key opens what the old one sealed, and seals it anew; without it the alert is off", async () => {
  await ask("PUT", "/a", { on: ["failed"], url: "https://a.example.com", secret: SECRET });
  await expectRotation(ask, "/a", DEPLOYMENT, "UPSTREAM_KEY has no key that decrypts its URL: put the key back");
});

test("/healthz says which alerts are off and why, to callers that may read", async () => {
  await world.freshWorld();
  await askAsAdmin(DEPLOYMENT, "GET", "/push");
  await ask("PUT", "/on-call", { on: ["failed"], url: "https://a.example.com", secret: SECRET });
  const subscription = aBrowser("https://push.example.com/send/one").subscription;
  await askAsAdmin(DEPLOYMENT, "PUT", "/push/subscriptions", { subscription, on: ["waiting"] });
  const health = async (settings: Settings, token?: string): Promise<string> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return await (await fetchFrom(settings, "https://spanfold.example/healthz", { headers })).text();
  };
  expect(await health(DEPLOYMENT, "view-secret")).toBe("ok\n");
  const rotated = { ...DEPLOYMENT, UPSTREAM_KEY: "another secret of length" };
  const reason = "UPSTREAM_KEY has no key that decrypts its URL: put the key back";
  expect(await health(rotated, "view-secret")).toBe(
    `ok\nalert on-call is off: ${reason}\npush subscriptions that are off: 1: ${reason}\n`,
  );
  expect(await health(rotated)).toBe("ok\n");
});

test("reading the alerts after a rotation seals the key of Web Push anew: it stays the same", async () => {
  const keyOf = async (settings: Settings) => {
    const response = await askAsAdmin(settings, "GET", "/push");
    return (await response.json<{ publicKey: string }>()).publicKey;
  };
  const subscription = aBrowser("https://push.example.com/send/one").subscription;
  const key = await keyOf(DEPLOYMENT);
  const put = await askAsAdmin(DEPLOYMENT, "PUT", "/push/subscriptions", { subscription, on: ["waiting"] });
  expect(put.status).toBe(200);
  await ask("GET", "", undefined, { ...DEPLOYMENT, UPSTREAM_KEY: "another secret of length,a secret of some length" });
  expect(await keyOf({ ...DEPLOYMENT, UPSTREAM_KEY: "another secret of length" })).toBe(key);
});

test("what is wrong is refused with its reason, and nothing of the body is quoted", async () => {
  const good = { on: ["failed"], url: "https://a.example.com", secret: SECRET };
  expect(await refusal({ ...good, on: [] })).toBe("400 on, cost or duration must say when to notify.");
  expect(await refusal({ ...good, on: ["running"] })).toBe(
    "400 on must be an array of waiting, stalled, failed, finished.",
  );
  expect(await refusal({ ...good, colour: "red" })).toBe("400 colour is no field of an alert.");
  expect(await refusal({ ...good, coolDown: -1 })).toBe("400 coolDown must be a number from 0 to 86400.");
  expect(await refusal({ ...good, filter: "status=failed" })).toBe("400 filter may not have status.");
  expect(await refusal({ ...good, filter: "kind=some" })).toContain("400 filter: kind must be");
  expect(await refusal({ ...good, secret: "whsec_short" })).toContain("400 secret must be whsec_");
  expect(await refusal({ on: ["failed"], secret: SECRET })).toBe("400 url must be the URL of a webhook.");
  expect(await refusal('{"secret": sk-secret')).toBe("400 The body must be JSON.");
  expect(await refusal(good, { ADMIN_TOKEN: "admin-secret" })).toContain("npx wrangler secret put UPSTREAM_KEY");
  expect((await ask("PUT", "/..a", good)).status).toBe(400);
  expect((await ask("GET", "/b")).status).toBe(404);
  expect((await ask("DELETE", "/b")).status).toBe(404);
  expect((await ask("POST", "/b/test")).status).toBe(404);
});

// spec: ALERT-7
test("a deployment refuses private hosts, addresses and http, whatever was stored", async () => {
  const at = async (url: string) => await refusal({ on: ["failed"], url, secret: SECRET });
  expect(await at("http://a.example.com")).toContain("400 the url is refused: it must be https");
  expect(await at("https://169.254.169.254/latest")).toContain("is an address");
  expect(await at("https://[::1]/")).toContain("is an address");
  expect(await at("https://localhost/")).toContain("is a name of a private network");
  expect(await at("https://hooks.default.svc/")).toContain("is a name inside a cluster");
  expect(await at("https://user:pass@a.example.com/")).toContain("it has a user or password");
  expect(receiver.sent).toEqual([]);
});

test("only administrators see and set alerts", async () => {
  const headers = { authorization: "Bearer view-secret" };
  const url = "https://spanfold.example.com/admin/alerts";
  expect((await fetchFrom(DEPLOYMENT, url, { headers })).status).toBe(403);
  expect((await fetchFrom(DEPLOYMENT, `${url}/a`, { method: "PUT", headers, body: "{}" })).status).toBe(403);
  expect((await fetchFrom(DEPLOYMENT, url)).status).toBe(401);
});

// spec: ALERT-9
test("a reader's push service is a public host, and only an administrator's may be private", async () => {
  const inside = { ...DEPLOYMENT, PRIVATE_UPSTREAMS: "allowed" } as const;
  const put = async (token: string, endpoint: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ subscription: aBrowser(endpoint).subscription, on: ["waiting"] });
    const url = "https://spanfold.example/push/subscriptions";
    return (await fetchFrom(inside, url, { method: "PUT", headers, body })).status;
  };
  expect(await put("view-secret", "http://10.0.0.1/send/one")).toBe(400);
  expect(await put("view-secret", "https://metadata.google.internal/send/one")).toBe(400);
  expect(await put("view-secret", "https://fcm.googleapis.com/send/one")).toBe(200);
  expect(await put("admin-secret", "http://10.0.0.1/send/one")).toBe(200);
});
