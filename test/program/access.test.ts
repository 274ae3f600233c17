import { request } from "node:http";
import { expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "./program.ts";

const EMPTY = JSON.stringify({ resourceSpans: [] });

/** The status of a request as any client can write it: fetch would not let the Host header be chosen. */
function statusOf(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const body = method === "POST" ? EMPTY : undefined;
    const sent = request(
      url + path,
      { method, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        response.resume().once("end", () => resolve(response.statusCode));
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("an open program answers this machine only, whatever a page of another site pretends", async () => {
  const { url, port } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const ask = (headers: Record<string, string>) =>
    statusOf(url, "GET", "/sessions", { accept: "application/json", ...headers });

  expect(await ask({})).toBe(200);
  expect(await ask({ host: `localhost:${port}` })).toBe(200);
  expect(await ask({ host: `[::1]:${port}` })).toBe(200);
  // A name that its owner points at 127.0.0.1 makes a foreign page "same origin": the name gives it away.
  expect(await ask({ host: `rebound.example:${port}` })).toBe(403);
  expect(await statusOf(url, "POST", "/v1/traces", { host: `rebound.example:${port}` })).toBe(403);
  // The embedded runtime takes a request's URL from these headers; a page of the same origin may set them.
  for (const [name, value] of [
    ["mf-original-url", `http://localhost:${port}/sessions`],
    ["x-forwarded-host", "localhost"],
    ["forwarded", "host=localhost"],
  ] as const) {
    expect(await ask({ host: `rebound.example:${port}`, [name]: value }), name).toBe(403);
  }
});

test("with ADMIN_TOKEN it asks for a token, and each token may do what its name says", async () => {
  const { url, printed } = await startProgram({
    DATA_DIR: await temporaryDirectory(),
    HOST: "0.0.0.0",
    ADMIN_TOKEN: "admin-secret",
    INGEST_TOKEN: "ingest-secret",
    VIEW_TOKEN: "view-secret",
  });
  const read = (headers = {}) => statusOf(url, "GET", "/sessions", { accept: "application/json", ...headers });
  const write = (headers = {}) => statusOf(url, "POST", "/v1/traces", headers);

  expect([await read(), await write()]).toEqual([401, 401]);
  expect([await read(bearer("wrong")), await write(bearer("wrong"))]).toEqual([401, 401]);
  expect([await read(bearer("admin-secret")), await write(bearer("admin-secret"))]).toEqual([200, 200]);
  expect([await read(bearer("ingest-secret")), await write(bearer("ingest-secret"))]).toEqual([403, 200]);
  expect([await read(bearer("view-secret")), await write(bearer("view-secret"))]).toEqual([200, 403]);
  // The page itself holds no data: it loads, and asks for the token once.
  expect(await statusOf(url, "GET", "/sessions", { accept: "text/html" })).toBe(200);

  expect(printed()).toContain('OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20$INGEST_TOKEN"');
  expect(printed()).not.toMatch(/secret/);
});

test("HOST=0.0.0.0 without ADMIN_TOKEN ends at once, with a sentence", async () => {
  const { code, said } = await run("start.ts", [], { HOST: "0.0.0.0", DATA_DIR: await temporaryDirectory() });
  expect({ code, said: said.trim() }).toEqual({
    code: 1,
    said: "HOST=0.0.0.0 would open every session to the network: set ADMIN_TOKEN to a secret of your own, or leave HOST out.",
  });
});

test("a port that is taken is said to be taken", async () => {
  const DATA_DIR = await temporaryDirectory();
  const { port } = await startProgram({ DATA_DIR });
  const { code, said } = await run("start.ts", [], { PORT: port, DATA_DIR });
  expect({ code, said: said.trim() }).toEqual({
    code: 1,
    said: `Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 npm start`,
  });
});

test("a data directory that is in use is not opened twice", async () => {
  const DATA_DIR = await temporaryDirectory();
  const first = await startProgram({ DATA_DIR });
  const { code, said } = await run("start.ts", [], { PORT: "0", DATA_DIR });
  expect({ code, said: said.trim() }).toEqual({
    code: 1,
    said: `${DATA_DIR} is in use by another npm start. Stop it, or choose another: DATA_DIR=.data-2 npm start`,
  });
  await first.kill();
  await startProgram({ DATA_DIR });
});

test("the licences of what the page and the Worker contain are served without a token", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ADMIN_TOKEN: "admin-secret" });
  const response = await fetch(`${url}/build/LICENSES.txt`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  const text = await response.text();
  expect(text).toMatch(/^hono \d\S+\nMIT\n\nMIT License\n\nCopyright/m);
  expect(text).toMatch(/^preact \d\S+\nMIT$/m);
  expect(text).not.toMatch(/^wrangler \d/m);
});
