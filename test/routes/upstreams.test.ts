import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { aSpan, exportOf, traceIdOf } from "../durable/spans.ts";
import * as world from "../durable/world.ts";
import { fetchFrom } from "./deployment.ts";
import type { Settings } from "./deployment.ts";
import { asker, expectRotation, receiver, useReceiver } from "./receiver.ts";

const TRACE = traceIdOf("trace");
const DEPLOYMENT: Settings = { ADMIN_TOKEN: "admin-secret", UPSTREAM_KEY: "a secret of some length" };

useReceiver();

const ask = asker(DEPLOYMENT, "/admin/upstreams");

// spec: SINK-9
test("header values are encrypted at rest, and are in no answer and no log", async () => {
  const put = await ask("PUT", "/langfuse", { preset: "langfuse", headers: { Authorization: "Basic cGs6c2s=" } });
  const answers = [put, await ask("GET", "/langfuse"), await ask("GET", "")];
  for (const response of answers) {
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('"headers":["Authorization"]');
    expect(text).not.toContain("cGs6c2s");
  }
  const stored = await runInDurableObject(env.UPSTREAMS.getByName("default/upstreams"), (_, { storage }) =>
    JSON.stringify(storage.sql.exec("SELECT * FROM upstream").toArray()),
  );
  expect(stored).toContain("cloud.langfuse.com");
  expect(stored).not.toContain("cGs6c2s");
  receiver.answer = () => new Response("wrong key", { status: 401 });
  expect(await (await ask("POST", "/langfuse/test")).json()).toEqual({
    outcome: "refused",
    reason: "the receiver answers 401: wrong key",
    status: 401,
    body: "wrong key",
    millis: 0,
  });
  expect(receiver.sent[0]).toMatchObject({
    url: "https://cloud.langfuse.com/api/public/otel/v1/traces",
    headers: { Authorization: "Basic cGs6c2s=", "content-type": "application/x-protobuf" },
  });
  expect(receiver.logged.join("\n")).not.toContain("cGs6c2s");
});

test("without a key a deployment stores no headers, and says how to set one", async () => {
  const response = await ask(
    "PUT",
    "/a",
    { preset: "honeycomb", headers: { "x-honeycomb-team": "k" } },
    { ADMIN_TOKEN: "admin-secret" },
  );
  expect(response.status).toBe(400);
  expect(await response.text()).toContain("npx wrangler secret put UPSTREAM_KEY");
});

test("a rotated key opens what the old one sealed, and seals it anew; without it the upstream is off", async () => {
  await ask("PUT", "/a", { endpoint: "https://a.example.com", headers: { "x-key": "k" } });
  await expectRotation(ask, "/a", DEPLOYMENT, "UPSTREAM_KEY has no key that decrypts its headers: put the key back");
});

// spec: SINK-9
test("headers that are not given stay, but never go to another host", async () => {
  await ask("PUT", "/a", { endpoint: "https://a.example.com", headers: { "x-key": "k" } });
  expect(
    await (await ask("PUT", "/a", { endpoint: "https://a.example.com/otlp", sampling: 0.5 })).json(),
  ).toMatchObject({
    headers: ["x-key"],
    sampling: 0.5,
  });
  expect(await (await ask("PUT", "/a", { endpoint: "https://b.example.com" })).json()).toMatchObject({ headers: [] });
});

test("a preset needs its headers also where none are given, unless they are stored", async () => {
  const lacking = "honeycomb needs the header x-honeycomb-team.";
  const detailOf = async (body: object): Promise<unknown> =>
    Reflect.get(Object(await (await ask("PUT", "/a", body)).json()), "detail");
  expect(await detailOf({ preset: "honeycomb" })).toBe(lacking);
  expect((await ask("GET", "/a")).status).toBe(404);
  expect(await detailOf({ preset: "honeycomb", headers: { "x-honeycomb-team": "k" } })).toBeUndefined();
  expect(await detailOf({ preset: "honeycomb", sampling: 0.5 })).toBeUndefined();
  expect(await detailOf({ preset: "honeycomb", endpoint: "https://api.eu1.honeycomb.io" })).toBe(lacking);
});

// spec: SINK-9
test("a receiver that repeats a header's value does not make an answer show it", async () => {
  await ask("PUT", "/a", { endpoint: "https://a.example.com", headers: { "x-key": "sk-secret" } });
  receiver.answer = () => new Response("unknown key: sk-secret", { status: 401 });
  expect(await (await ask("POST", "/a/test")).json()).toMatchObject({
    reason: "the receiver answers 401: unknown key: [hidden]",
    body: "unknown key: [hidden]",
  });
});

test("a posted Secret is its namespace's upstream", async () => {
  const response = await ask("POST", "", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "otel-environment-variables", namespace: "team-a" },
    stringData: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io",
      OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=k",
    },
  });
  expect(await response.json()).toMatchObject({
    name: "namespace.team-a",
    endpoint: "https://api.honeycomb.io/v1/traces",
    headers: ["x-honeycomb-team"],
    match: { namespace: "team-a" },
  });
});

test("an upstream that is not there has no parked traces, and none that are replayed", async () => {
  expect((await ask("GET", "/nobody/parked")).status).toBe(404);
  expect((await ask("POST", "/nobody/replay")).status).toBe(404);
});

test("a test whose span is rejected is refused, whatever the status", async () => {
  await ask("PUT", "/a", { endpoint: "https://a.example.com" });
  const outcomeOf = async (partialSuccess: object) => {
    receiver.answer = () => Response.json({ partialSuccess });
    return await (await ask("POST", "/a/test")).json();
  };
  expect(await outcomeOf({ rejectedSpans: "1", errorMessage: "no project" })).toMatchObject({
    outcome: "refused",
    reason: "no project",
    status: 200,
  });
  expect(await outcomeOf({ errorMessage: "a warning" })).toMatchObject({ outcome: "accepted", reason: "a warning" });
});

test("a Secret may be put, also under a name of its own", async () => {
  const secret = {
    kind: "Secret",
    metadata: { name: "otel-environment-variables", namespace: "team-a" },
    stringData: { OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io" },
  };
  expect(await (await ask("PUT", "", secret)).json()).toMatchObject({ name: "namespace.team-a" });
  const name = `${"p".repeat(63)}.${"n".repeat(63)}`;
  expect(await (await ask("PUT", `/${name}`, secret)).json()).toMatchObject({ name, match: { namespace: "team-a" } });
  expect((await ask("PUT", `/${name}n`, secret)).status).toBe(400);
});

test("a body with a credential that is not JSON is not quoted", async () => {
  const response = await fetchFrom(DEPLOYMENT, "https://spanfold.example.com/admin/upstreams/a", {
    method: "PUT",
    headers: { authorization: "Bearer admin-secret" },
    body: '{"headers": sk-secret',
  });
  expect(response.status).toBe(400);
  expect(await response.text()).not.toContain("sk-secret");
});

test("the program's own variables are the primary upstream, which the API shows and does not change", async () => {
  const settings = {
    ...DEPLOYMENT,
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io",
    OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=sk-primary",
  };
  expect(await (await ask("GET", "", undefined, settings)).json()).toMatchObject({
    upstreams: [{ name: "primary", endpoint: "https://api.honeycomb.io/v1/traces", headers: ["x-honeycomb-team"] }],
    delivery: "call",
  });
  expect((await ask("PUT", "/primary", { endpoint: "https://a.example.com" }, settings)).status).toBe(400);
  expect((await ask("DELETE", "/primary", undefined, settings)).status).toBe(400);
  const refused = { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" };
  expect(await (await ask("GET", "/primary", undefined, refused)).json()).toMatchObject({
    state: "off",
    reason: "OTEL_EXPORTER_OTLP_*: the endpoint is refused: localhost is a name of a private network",
  });
});

test("/healthz and / say which upstreams are off and why, to callers that may read", async () => {
  const settings = { ...DEPLOYMENT, OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" };
  const health = async (headers: Record<string, string>) =>
    await (await fetchFrom(settings, "https://spanfold.example.com/healthz", { headers })).text();
  world.pass(60_000);
  expect(await health({})).toBe("ok\n");
  expect(await health({ authorization: "Bearer admin-secret" })).toBe(
    "ok\nupstream primary is off: OTEL_EXPORTER_OTLP_*: the endpoint is refused: localhost is a name of a private network\n",
  );
  const overview = await fetchFrom(settings, "https://spanfold.example.com/", {
    headers: { authorization: "Bearer admin-secret", accept: "application/json" },
  });
  expect(await overview.json()).toMatchObject({ off: [{ upstream: "primary" }] });
});

// spec: SINK-10
test("an export that this instance forwarded is refused when it comes back, and nothing else is", async () => {
  const { self } = await runInDurableObject(env.UPSTREAMS.getByName("default/upstreams"), (instance) =>
    instance.list(world.caller()),
  );
  const body = exportOf([aSpan(TRACE, 1)]);
  expect((await world.post(body, { "spanfold-via": "elsewhere" })).status).toBe(200);
  const back = await world.post(body, { "spanfold-via": `elsewhere,${self}` });
  expect(back.status).toBe(508);
  expect(await back.text()).toContain("its upstreams form a loop");
  expect((await world.post(body, { "spanfold-via": Array(9).fill("a").join(",") })).status).toBe(508);
});

test("what came by other instances says so when it goes on", async () => {
  await world.request("/admin/upstreams/a", { method: "PUT", body: '{"endpoint": "https://a.example.com"}' });
  await world.post(exportOf([aSpan(TRACE, 1)]), { "spanfold-via": "elsewhere" });
  await world.rest([TRACE]);
  expect(receiver.sent.map(({ headers }) => headers["spanfold-via"]?.replace(/,[0-9a-f-]{36}$/, ",self"))).toEqual([
    "elsewhere,self",
  ]);
});
