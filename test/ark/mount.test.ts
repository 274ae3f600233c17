import { beforeEach, expect, test } from "vitest";
import * as world from "../durable/world.ts";
import { deliverQuery, TRACE } from "./ark-query.ts";

beforeEach(async () => {
  world.stopClock();
  await world.emptyWorld();
});

async function answerOf(method: string, path: string, headers: Record<string, string> = {}) {
  const sent = method === "POST" ? { body: "{}" } : {};
  const response = await world.request(path, { method, headers, ...sent });
  const text = await response.text();
  return { status: response.status, text, location: response.headers.get("location") };
}

test.each([
  ["GET", "/traces", "/ark/traces"],
  ["GET", "/traces?watch=true", "/ark/traces"],
  ["DELETE", "/traces", "/ark/traces"],
  ["GET", "/events", "/ark/events"],
  ["POST", "/events", "/ark/events"],
  ["GET", "/events/ns/q?watch=true", "/ark/events/ns/q"],
  ["DELETE", "/events/uid", "/ark/events/uid"],
  ["GET", "/broker/sessions", "/ark/broker/sessions"],
  ["GET", "/broker/sessions/s", "/ark/broker/sessions/s"],
])("%s %s of a client without the base path is 404 and names %s", async (method, path, now) => {
  const { status, text } = await answerOf(method, path, { "content-type": "application/json" });
  expect([status, (JSON.parse(text) as { detail: string }).detail]).toEqual([
    404,
    `The routes of Ark's broker have the base path /ark: use ${now}. Sessions are at /sessions.`,
  ]);
});

test("health is answered at the root and under the base path", async () => {
  for (const path of ["/health", "/readyz", "/ark/health", "/ark/readyz"])
    expect([path, await answerOf("GET", path)]).toEqual([path, { status: 200, text: "OK", location: null }]);
});

test("an unknown route under the base path has the error of Ark's broker, with the caller's request id", async () => {
  for (const path of ["/ark", "/ark/memory-status", "/ark/traces/short"]) {
    const { status, text } = await answerOf("GET", path, { "x-request-id": "r", accept: "text/html" });
    expect([path, status, (JSON.parse(text) as { error: object }).error]).toEqual([
      path,
      404,
      { code: "NOT_FOUND", message: expect.any(String), requestId: "r" },
    ]);
  }
});

test("/v1/traces under the base path is an export", async () => {
  const headers = { "content-type": "application/json" };
  expect(await answerOf("POST", "/ark/v1/traces", headers)).toEqual({ status: 200, text: "{}", location: null });
  expect((await answerOf("POST", "/ark/v1/traces/v1/traces", headers)).status).toBe(200);
});

test("a trace at the root has our shapes alone, under the base path that of Ark", async () => {
  await deliverQuery();
  const ours = await world.request(`/traces/${TRACE}`);
  expect(Object.keys(await ours.json())).toEqual([
    "resourceSpans",
    "resourceLogs",
    "traceId",
    "session",
    "resourceVersion",
  ]);
  const arks = await world.request(`/ark/traces/${TRACE}`);
  expect(Object.keys(await arks.json())).toEqual(["traceId", "spans"]);
  const stream = await world.request(`/traces/${TRACE}?watch=true`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("event: bookmark")) text += (await reader?.read())?.value ?? "";
  await reader?.cancel();
  expect(text).toContain("event: spans");
  const html = { accept: "text/html" };
  expect((await answerOf("GET", "/traces", html)).location).toBe("/sessions?kind=all");
  expect((await answerOf("GET", `/traces/${TRACE}`, html)).location).toBe(`/sessions/${TRACE}`);
});
