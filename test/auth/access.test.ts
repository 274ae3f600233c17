import { describe, expect, test } from "vitest";
import { fetchFrom, refusalText } from "../routes/deployment.ts";
import type { Settings } from "../routes/deployment.ts";

const EMPTY = JSON.stringify({ resourceSpans: [] });
const JSON_BODY = { "content-type": "application/json" };

describe("an open program", () => {
  const open = { OPEN_ACCESS: "loopback" };

  test.each(["http://localhost", "http://localhost:8787", "http://127.0.0.1:1", "http://[::1]:8787"])(
    "answers requests addressed to this machine: %s",
    async (origin) => {
      expect((await fetchFrom(open, `${origin}/sessions`)).status).toBe(200);
      expect(
        (await fetchFrom(open, `${origin}/v1/traces`, { method: "POST", headers: JSON_BODY, body: EMPTY })).status,
      ).toBe(200);
    },
  );

  test.each([
    "http://192.168.1.7:8787",
    "http://example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://0.0.0.0:8787",
    "https://spanfold.workers.dev",
  ])("refuses other hosts, such as a page with a rebound name: %s", async (origin) => {
    const { host } = new URL(origin);
    const refusal = `403 This program is open, so it answers only requests addressed to this machine (localhost), not to ${host}.`;
    expect(await refusalText(await fetchFrom(open, `${origin}/sessions`))).toBe(refusal);
    expect(await refusalText(await fetchFrom(open, `${origin}/sessions/a`))).toBe(refusal);
    expect(await refusalText(await fetchFrom(open, `${origin}/sessions/a`, { method: "DELETE" }))).toBe(refusal);
    expect(
      await refusalText(
        await fetchFrom(open, `${origin}/v1/traces`, { method: "POST", headers: JSON_BODY, body: EMPTY }),
      ),
    ).toBe(refusal);
  });
});

describe("a deployment without ADMIN_TOKEN", () => {
  const command = "npx wrangler secret put ADMIN_TOKEN";

  test.each<[string, Settings]>([
    ["nothing set", {}],
    ["an empty token", { ADMIN_TOKEN: "" }],
    ["only lesser tokens", { INGEST_TOKEN: "ingest", VIEW_TOKEN: "view" }],
    ["another word for open", { OPEN_ACCESS: "true" }],
  ])("is closed, and names the command that opens it: %s", async (_, setting) => {
    for (const path of ["/sessions", "/sessions/a", "/sessions/a/otlp", `/traces/${"a".repeat(32)}`]) {
      const response = await fetchFrom(setting, `https://spanfold.example${path}`, {
        headers: { authorization: "Bearer view" },
      });
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await refusalText(response), path).toMatch(new RegExp(`^503 .*${command}$`));
    }
    const post = await fetchFrom(setting, "https://spanfold.example/v1/traces", {
      method: "POST",
      headers: { ...JSON_BODY, authorization: "Bearer ingest" },
      body: EMPTY,
    });
    expect([post.headers.get("content-type"), post.headers.get("retry-after")]).toEqual(["application/json", "30"]);
    expect(await refusalText(post)).toContain(command);
  });

  test("still serves its health and its page, which contains no data", async () => {
    expect((await fetchFrom({}, "https://spanfold.example/healthz")).status).toBe(200);
    for (const path of ["/health", "/readyz", "/ark/health", "/ark/readyz"]) {
      const response = await fetchFrom({}, `https://spanfold.example${path}`);
      expect([path, response.status, await response.text()]).toEqual([path, 200, "OK"]);
    }
    expect((await fetchFrom({}, "https://spanfold.example/openapi.json")).status).toBe(200);
    const page = await fetchFrom({}, "https://spanfold.example/sessions", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    await page.text();
  });
});

describe("a deployment with tokens", () => {
  const setting = { ADMIN_TOKEN: "admin-secret", INGEST_TOKEN: "ingest-secret", VIEW_TOKEN: "view-secret" };
  const requests: readonly [string, string, string][] = [
    ["GET", "/sessions", "read"],
    ["GET", "/sessions?watch=true", "read"],
    ["GET", "/sessions/unknown", "read"],
    ["GET", "/sessions/unknown?watch=true", "read"],
    ["GET", "/sessions/unknown/otlp", "read"],
    ["GET", `/sessions/unknown/values/${"0".repeat(64)}`, "read"],
    ["GET", `/traces/${"a".repeat(32)}`, "read"],
    ["GET", "/ark/traces", "read"],
    ["GET", "/ark/traces?watch=true", "read"],
    ["GET", "/ark/events", "read"],
    ["GET", "/ark/events/q?watch=true", "read"],
    ["GET", "/ark/broker/sessions", "read"],
    ["GET", "/ark/broker/sessions/unknown", "read"],
    ["POST", "/v1/traces", "write"],
    ["POST", "/v1/logs", "write"],
    ["POST", "/import", "write"],
    ["POST", "/any/path/v1/metrics", "write"],
    ["DELETE", "/sessions/unknown", "administer"],
    ["DELETE", "/ark/traces", "administer"],
    ["DELETE", "/ark/events", "administer"],
    ["DELETE", "/ark/events/q", "write"],
  ];

  async function statusOf(method: string, path: string, authorization?: string): Promise<number> {
    const response = await fetchFrom(setting, `https://spanfold.example${path}`, {
      method,
      headers: { ...JSON_BODY, ...(authorization === undefined ? {} : { authorization }) },
      ...(method === "POST" ? { body: path === "/import" ? '{"resourceSpans":[]}' : "{}" } : {}),
    });
    await response.body?.cancel();
    return response.status;
  }

  test.each(requests)("%s %s requires a token that may %s", async (method, path, right) => {
    const allowed = { admin: true, ingest: right === "write", view: right === "read" };
    for (const [name, may] of Object.entries(allowed)) {
      const status = await statusOf(method, path, `Bearer ${name}-secret`);
      expect(may ? [200, 404] : [403], `${name}: ${status}`).toContain(status);
    }
    for (const wrong of [
      undefined,
      "Bearer wrong",
      "Bearer ",
      "admin-secret",
      "Basic admin-secret",
      "Bearer admin-secret2",
    ])
      expect(await statusOf(method, path, wrong), String(wrong)).toBe(401);
    expect([200, 404]).toContain(await statusOf(method, path, "bearer  admin-secret "));
  });

  test("an Ark event requires a token that may write; the refusal is an Ark error", async () => {
    expect(await statusOf("POST", "/ark/events", "Bearer ingest-secret")).toBe(400);
    expect(await statusOf("POST", "/ark/events", "Bearer view-secret")).toBe(403);
    const none = await fetchFrom(setting, "https://spanfold.example/ark/events", { method: "POST", body: "{}" });
    expect([none.status, (await none.json<{ error: object }>()).error]).toEqual([
      401,
      { code: "UNAUTHORIZED", message: expect.stringContaining("Send a token"), requestId: expect.any(String) },
    ]);
  });

  test("explains a refusal", async () => {
    const none = await fetchFrom(setting, "https://spanfold.example/sessions");
    expect(none.headers.get("www-authenticate")).toBe('Bearer realm="spanfold"');
    expect(await refusalText(none)).toBe("401 Send a token of this deployment: Authorization: Bearer <token>");
    const view = await fetchFrom(setting, "https://spanfold.example/sessions/a", {
      method: "DELETE",
      headers: { authorization: "Bearer view-secret" },
    });
    expect(await refusalText(view)).toBe(
      "403 This token may read only; this request needs a token that may administer.",
    );
  });

  test("an empty token in the settings grants no access", async () => {
    const response = await fetchFrom(
      { ADMIN_TOKEN: "admin-secret", VIEW_TOKEN: "" },
      "https://spanfold.example/sessions",
      {
        headers: { authorization: "Bearer " },
      },
    );
    expect(response.status).toBe(401);
  });
});
