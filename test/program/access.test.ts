import { request } from "node:http";
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "./program.ts";

const EMPTY = JSON.stringify({ resourceSpans: [] });

/** The status of a request with any headers: fetch does not set Host. */
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

test("an open program answers this machine only, whatever headers a foreign page sends", async () => {
  const { url, port } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const read = (headers: Record<string, string>) =>
    statusOf(url, "GET", "/sessions", { accept: "application/json", ...headers });

  expect(await read({})).toBe(200);
  expect(await read({ host: `localhost:${port}` })).toBe(200);
  expect(await read({ host: `[::1]:${port}` })).toBe(200);
  // DNS rebinding makes a foreign page "same origin". Its Host reveals it.
  expect(await read({ host: `rebound.example:${port}` })).toBe(403);
  expect(await statusOf(url, "POST", "/v1/traces", { host: `rebound.example:${port}` })).toBe(403);
  // The embedded runtime reads the URL from these headers. A page of the same origin may set them.
  for (const [name, value] of [
    ["mf-original-url", `http://localhost:${port}/sessions`],
    ["x-forwarded-host", "localhost"],
    ["forwarded", "host=localhost"],
  ] as const) {
    expect(await read({ host: `rebound.example:${port}`, [name]: value }), name).toBe(403);
  }
});

test("with ADMIN_TOKEN the program requires a token, and each token has its own rights", async () => {
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
  // The page contains no data: it loads without a token and asks for it once.
  expect(await statusOf(url, "GET", "/sessions", { accept: "text/html" })).toBe(200);

  expect(printed()).toContain('OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20$INGEST_TOKEN"');
  expect(printed()).not.toMatch(/secret/);
});

test("the key of upstreams is made once, and only where none is given", async () => {
  const DATA_DIR = await temporaryDirectory();
  const given = await startProgram({ DATA_DIR, UPSTREAM_KEY: "a secret of some length" });
  expect(await readdir(DATA_DIR)).not.toContain("upstream-key");
  await given.stop();
  await startProgram({ DATA_DIR });
  expect(await readdir(DATA_DIR)).toContain("upstream-key");
});

test("HOST=0.0.0.0 without ADMIN_TOKEN ends at once with an explanation", async () => {
  const { code, output } = await run("npm start", [], { HOST: "0.0.0.0", DATA_DIR: await temporaryDirectory() });
  expect({ code, output: output.trim() }).toEqual({
    code: 1,
    output:
      "HOST=0.0.0.0 would open every session to the network: set ADMIN_TOKEN to a secret of your own, or leave HOST out.",
  });
});

test("a used port is reported", async () => {
  const DATA_DIR = await temporaryDirectory();
  const { port } = await startProgram({ DATA_DIR });
  const { code, output } = await run("npm start", [], { PORT: port, DATA_DIR });
  expect({ code, output: output.trim() }).toEqual({
    code: 1,
    output: `Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 npm start`,
  });
});

test("a used data directory is not opened twice", async () => {
  const DATA_DIR = await temporaryDirectory();
  const first = await startProgram({ DATA_DIR });
  const { code, output } = await run("npm start", [], { PORT: "0", DATA_DIR });
  expect({ code, output: output.trim() }).toEqual({
    code: 1,
    output: `${DATA_DIR} is in use by another npm start. Stop it, or choose another: DATA_DIR=.data-2 npm start`,
  });
  await first.kill();
  await startProgram({ DATA_DIR });
});

test("the licences of the bundled packages are served without a token", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ADMIN_TOKEN: "admin-secret" });
  const response = await fetch(`${url}/build/LICENSES.txt`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  const text = await response.text();
  expect(text).toMatch(/^hono \d\S+\nMIT\n\nMIT License\n\nCopyright/m);
  expect(text).toMatch(/^preact \d\S+\nMIT$/m);
  expect(text).not.toMatch(/^wrangler \d/m);
});
