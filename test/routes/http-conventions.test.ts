import { beforeEach, expect, test } from "vitest";
import { emptyWorld, post, request } from "../durable/world.ts";

beforeEach(emptyWorld);

/** For what happens after an answer, on a machine with much to do. */
const PATIENCE = { timeout: 15_000 };

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

test("a session is found by its name, however long, and by the id that stands for it", async () => {
  const name = "n".repeat(300);
  expect((await post(oneSpan(name))).status).toBe(200);
  // A trace is acknowledged by its home; its session shows it when the copy has come.
  await expect.poll(async () => (await request(`/sessions/${name}`, json)).status, PATIENCE).toBe(200);
  const byName = await request(`/sessions/${name}`, json);
  const { session } = await byName.json<{ session: { id: string } }>();
  expect(session.id).toMatch(/^~[0-9a-f]{64}$/);
  expect((await request(`/sessions/${session.id}`, json)).status).toBe(200);
});

test("a slash at the end is no other resource", async () => {
  await post(oneSpan("s"));
  expect((await request("/sessions/", json)).status).toBe(200);
  expect((await request("/sessions/s/", json)).status).toBe(200);
});

test.each([
  ["DELETE", "/sessions", "GET"],
  ["PUT", "/sessions/s", "GET, DELETE"],
  ["POST", "/sessions/s/otlp", "GET"],
  ["DELETE", "/traces/0af7651916cd43dd8448eb211c80319c", "GET"],
])("%s %s is 405, and says what is allowed", async (method, path, allow) => {
  const response = await request(path, { method });
  expect([response.status, response.headers.get("allow"), response.headers.get("content-type")]).toEqual([
    405,
    allow,
    "application/problem+json",
  ]);
});

test("watch is true or false, and nothing else", async () => {
  const response = await request("/sessions?watch=1", json);
  expect([response.status, (await response.json<{ detail: string }>()).detail]).toEqual([
    400,
    "watch must be true or false",
  ]);
});

test("an export to a wrong path is told the right one, and noted as an arrival", async () => {
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

test("every row of the list says its status at this moment", async () => {
  await post(oneSpan("s"));
  const rows = async () =>
    (await (await request("/sessions?kind=all", json)).json<{ sessions: { status?: string }[] }>()).sessions;
  await expect.poll(async () => (await rows()).map((row) => row.status), PATIENCE).toEqual(["running"]);
});
