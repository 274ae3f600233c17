import { expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";

test("every response forbids browsers to guess its content type", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const span = {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    name: "chat",
    startTimeUnixNano: "1795269787000000000",
    endTimeUnixNano: "1795269788000000000",
    attributes: [{ key: "session.id", value: { stringValue: "typed" } }],
  };
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const html = { headers: { accept: "text/html" } };
  const requests: readonly (readonly [string, RequestInit])[] = [
    ["/v1/traces", { method: "POST", headers: json, body }],
    ["/v1/traces", { method: "POST", headers: json, body: "{" }],
    ["/v1/traces", { method: "OPTIONS" }],
    ["/v1/traces", { method: "POST", headers: { ...json, origin: "https://elsewhere.example" }, body }],
    ["/v1/other", { method: "POST", headers: json, body }],
    ["/", { redirect: "manual" }],
    ["/healthz", {}],
    ["/openapi.json", {}],
    ["/sessions", {}],
    ["/sessions", html],
    ["/sessions?watch=true", {}],
    ["/sessions?watch=perhaps", {}],
    ["/sessions/typed", {}],
    ["/sessions/typed", { method: "PUT" }],
    ["/sessions/typed?watch=true", {}],
    ["/sessions/typed/otlp", {}],
    ["/sessions/typed/values/0", {}],
    ["/sessions/typed", { method: "DELETE" }],
    ["/ark/traces", {}],
    ["/ark/events", {}],
    ["/ark/broker/sessions", {}],
    ["/nowhere", {}],
    ["/nowhere", html],
    // On Cloudflare the page's files do not pass through the Worker.
    ["/build/main.js", {}],
    ["/build/style.css", {}],
    ["/build/nothing.js", {}],
    ["/favicon.svg", {}],
  ];
  const without: string[] = [];
  for (const [path, init] of requests) {
    const response = await fetch(url + path, init);
    await response.body?.cancel();
    if (response.headers.get("x-content-type-options") === "nosniff") continue;
    without.push(`${init.method ?? "GET"} ${path}: ${response.status}`);
  }
  expect(without).toEqual([]);
});
