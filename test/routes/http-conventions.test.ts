import { beforeEach, expect, test } from "vitest";
import { emptyWorld, post, request } from "../durable/world.ts";

beforeEach(emptyWorld);

/** For changes after a response, on a busy machine. */
const PATIENCE = { timeout: 30_000 };

const oneSpan = (session: string) =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: "0af7651916cd43dd8448eb211c80319c",
                spanId: "b7ad6b7169203331",
                name: "ask",
                startTimeUnixNano: "1795262400000000000",
                endTimeUnixNano: "1795262401000000000",
                attributes: [{ key: "session.id", value: { stringValue: session } }],
              },
            ],
          },
        ],
      },
    ],
  });

const json = { headers: { accept: "application/json" } };

test("a session is found by its name, of any length, and by its id", async () => {
  const name = "n".repeat(300);
  expect((await post(oneSpan(name))).status).toBe(200);
  // The owner of a trace acknowledges it. Its session shows it once the copy has arrived.
  await expect.poll(async () => (await request(`/sessions/${name}`, json)).status, PATIENCE).toBe(200);
  const byName = await request(`/sessions/${name}`, json);
  const { session } = await byName.json<{ session: { id: string } }>();
  expect(session.id).toMatch(/^~[0-9a-f]{64}$/);
  expect((await request(`/sessions/${session.id}`, json)).status).toBe(200);
});

test("a trailing slash does not matter", async () => {
  await post(oneSpan("s"));
  expect((await request("/sessions/", json)).status).toBe(200);
  expect((await request("/sessions/s/", json)).status).toBe(200);
});

test.each([
  ["DELETE", "/sessions", "GET"],
  ["PUT", "/sessions/s", "GET, DELETE"],
  ["POST", "/sessions/s/otlp", "GET"],
  ["DELETE", "/traces/0af7651916cd43dd8448eb211c80319c", "GET"],
])("%s %s is 405 and names the allowed methods", async (method, path, allow) => {
  const response = await request(path, { method });
  expect([response.status, response.headers.get("allow"), response.headers.get("content-type")]).toEqual([
    405,
    allow,
    "application/problem+json",
  ]);
});

test("watch must be true or false", async () => {
  const response = await request("/sessions?watch=1", json);
  expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
    400,
    "watch must be true or false",
  ]);
});

test("an export to a wrong path gets the right path and counts as a recent export", async () => {
  const response = await request("/v1/trace", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: oneSpan("s"),
  });
  expect(response.status).toBe(404);
  expect((await response.json<{ message: string }>()).message).toContain("/v1/traces");
  await expect
    .poll(async () => JSON.stringify(await (await request("/sessions", json)).json()), PATIENCE)
    .toContain("There is no receiver at /v1/trace");
});

test("every row of the list has its current status", async () => {
  await post(oneSpan("s"));
  const rows = async () =>
    (await (await request("/sessions?kind=all", json)).json<{ sessions: { status?: string }[] }>()).sessions;
  await expect.poll(async () => (await rows()).map((row) => row.status), PATIENCE).toEqual(["running"]);
});

test("an export in which nothing can be read gets 200, and the recent exports name its unknown list", async () => {
  const body = oneSpan("s").replace("scopeSpans", "instrumentationLibrarySpans");
  const response = await request("/v1/traces", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
  await expect
    .poll(async () => await (await request("/sessions", json)).text(), PATIENCE)
    .toContain(
      String.raw`nothing in it could be read: it has no resourceSpans[].scopeSpans[].spans, but \"instrumentationLibrarySpans\"`,
    );
});
