import { runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aBrowser, vapidClaims } from "../sinks/push-browser.ts";
import type { PushBrowser } from "../sinks/push-browser.ts";
import { alerts, asking, deliver, now, pass, running, SECOND, settle } from "./alert-world.ts";
import { spanId, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const SERVICE = "https://push.example.com";
type Received = { readonly url: string; readonly headers: Record<string, string>; readonly body: Uint8Array };

let received: Received[] = [];
let answer: () => Response = () => new Response(null, { status: 201 });
let key = "";

beforeEach(async () => {
  await world.freshWorld();
  received = [];
  answer = () => new Response(null, { status: 201 });
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const headers = { ...(init?.headers as Record<string, string>) };
    received.push({ url: input as string, headers, body: init?.body as Uint8Array });
    return answer();
  });
  key = (await (await world.request("/push")).json<{ publicKey: string }>()).publicKey;
});
afterEach(() => vi.restoreAllMocks());

async function subscribe(browser: PushBrowser, fields: object = {}): Promise<string> {
  const body = JSON.stringify({ subscription: browser.subscription, on: ["waiting"], ...fields });
  const response = await world.request("/push/subscriptions", { method: "PUT", body });
  expect(response.status, await response.clone().text()).toBe(200);
  await settle();
  return (await response.json<{ id: string }>()).id;
}

/** The messages for the browser since the last call. */
function messages(browser: PushBrowser): unknown[] {
  return received.splice(0).map(({ body }) => browser.decrypt(body));
}

// spec: ALERT-8
test("a browser is notified by its push service, in a message that only it can read, from a sender that proves itself", async () => {
  const browser = aBrowser(`${SERVICE}/send/one`);
  await subscribe(browser, { question: "included" });
  await deliver(asking("trip", 1));
  const [{ url, headers } = { url: "", headers: {} as Record<string, string> }] = received;
  expect(url).toBe(`${SERVICE}/send/one`);
  expect(headers).toMatchObject({
    "content-encoding": "aes128gcm",
    ttl: "86400",
    urgency: "high",
    topic: expect.stringMatching(/^[\w-]{32}$/),
  });
  const claims = await vapidClaims(headers["authorization"] ?? "", key);
  expect(claims["aud"]).toBe(SERVICE);
  expect(Number(claims["exp"]) - Date.now() / 1_000).toBeLessThanOrEqual(86_400);
  expect(messages(browser)).toEqual([
    {
      tag: "trip",
      title: expect.stringMatching(/^Needs you: /),
      body: "Which harbour?",
      url: `/sessions/trip?span=${traceIdOf("trip")}:${spanId(1)}`,
    },
  ]);
});

test("a subscription is on among the alerts, and an administrator can test it", async () => {
  const browser = aBrowser(`${SERVICE}/send/one`);
  const id = await subscribe(browser);
  const list = await (await world.request("/admin/alerts")).json<{ alerts: object[] }>();
  expect(list.alerts).toMatchObject([{ name: `push:${id}`, state: "on" }]);
  expect(await (await world.request(`/admin/alerts/push:${id}`)).json()).toMatchObject({ state: "on" });
  const tested = await world.request(`/admin/alerts/push:${id}/test`, { method: "POST" });
  expect(await tested.json()).toMatchObject({ outcome: "accepted", status: 201 });
  expect(messages(browser)).toMatchObject([{ tag: "test", title: "Needs you: A test of this alert" }]);
});

// spec: ALERT-8
test("a notification is closed when the session goes on or is deleted, and what was not delivered yet is not sent", async () => {
  const browser = aBrowser(`${SERVICE}/send/one`);
  await subscribe(browser, { sessions: ["trip", "gone"] });
  await deliver(asking("trip", 1), asking("gone", 1), asking("other", 1));
  expect(messages(browser)).toMatchObject([{ tag: "trip", body: "" }, { tag: "gone" }]);
  await deliver(now("trip", 1), running("trip", 2));
  expect(messages(browser)).toEqual([{ tag: "trip" }]);
  await world.request("/sessions/gone", { method: "DELETE" });
  await world.until(async () => !(await world.listed("all")).some(({ id }) => id === "gone"));
  await world.until(async () => {
    await settle();
    return received.length > 0;
  });
  expect(messages(browser)).toEqual([{ tag: "gone" }]);
  answer = () => new Response(null, { status: 503 });
  await pass(60 * SECOND);
  await deliver(asking("trip", 3, "And which day?"));
  expect(messages(browser)).toHaveLength(1);
  await deliver(now("trip", 3), running("trip", 4));
  answer = () => new Response(null, { status: 201 });
  received = [];
  await pass(60 * SECOND);
  expect(messages(browser)).toEqual([{ tag: "trip" }]);
});

// spec: ALERT-8
test("a subscription that is gone is removed, and so is one that its reader ends", async () => {
  const [first, second] = [aBrowser(`${SERVICE}/send/one`), aBrowser(`${SERVICE}/send/two`)];
  await subscribe(first);
  const id = await subscribe(second);
  expect(await names()).toHaveLength(2);
  answer = () => new Response(null, { status: 410 });
  await world.request(`/push/subscriptions/${id}`, { method: "DELETE" });
  expect((await world.request(`/push/subscriptions/${id}`, { method: "DELETE" })).status).toBe(404);
  await deliver(asking("trip", 1));
  expect(received).toHaveLength(1);
  await world.until(async () => (await names()).length === 0);
  await deliver(asking("trip", 2, "And which day?"));
  expect(received).toHaveLength(1);
});

async function names(): Promise<string[]> {
  const { alerts: listed } = await (await world.request("/admin/alerts")).json<{ alerts: { name: string }[] }>();
  return listed.map(({ name }) => name);
}

test("the same browser subscribes anew in place of before, and its addresses and keys are in no answer and not at rest", async () => {
  const browser = aBrowser(`${SERVICE}/send/very-secret`);
  const id = await subscribe(browser);
  expect(await subscribe(browser, { on: ["failed"] })).toBe(id);
  const list = await (await world.request("/admin/alerts")).text();
  expect(JSON.parse(list)).toMatchObject({ alerts: [{ name: `push:${id}`, on: ["failed"], format: "push" }] });
  expect(list).not.toContain("very-secret");
  const stored = await runInDurableObject(alerts(), (_, { storage: { sql } }) =>
    JSON.stringify([sql.exec("SELECT * FROM alert").toArray(), sql.exec("SELECT * FROM meta").toArray()]),
  );
  expect(stored).not.toContain("very-secret");
  expect(stored).not.toContain('\\"d\\"');
  expect((await (await world.request("/push")).json<{ publicKey: string }>()).publicKey).toBe(key);
});

test("what is no subscription is refused with its reason", async () => {
  const { subscription } = aBrowser(`${SERVICE}/send/one`);
  const given = subscription as { endpoint: string; keys: { p256dh: string; auth: string } };
  const refusal = async (changed: object) => {
    const body = JSON.stringify({ subscription: { ...given, ...changed }, on: ["waiting"] });
    const response = await world.request("/push/subscriptions", { method: "PUT", body });
    return `${response.status} ${(await response.json<{ detail: string }>()).detail}`;
  };
  expect(await refusal({ endpoint: "https://127.0.0.1/" })).toContain("400 the endpoint is refused");
  expect(await refusal({ keys: { ...given.keys, auth: "short" } })).toContain("400 keys must be");
  const offCurve = Buffer.alloc(65, 7);
  offCurve[0] = 4;
  expect(await refusal({ keys: { ...given.keys, p256dh: offCurve.toString("base64url") } })).toBe(
    "400 keys.p256dh must be a point of P-256.",
  );
});
