import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { Bindings } from "../../src/config.ts";
import worker from "../../src/index.ts";
import { emptyWorld } from "../durable/world.ts";
import { refusalText } from "./deployment.ts";

beforeEach(emptyWorld);

const SETTINGS = [{ OPEN_ACCESS: "loopback" }, { OPEN_ACCESS: undefined, ADMIN_TOKEN: "admin" }, {}];

/** Sends a raw request, as from a socket: a client may write anything into Host. */
async function send(setting: object, host: string, method: string, path: string): Promise<Response> {
  const headers = { authorization: "Bearer admin", "content-type": "application/json" };
  const request = new Request(`http://localhost:8787${path}`, {
    method,
    headers,
    ...(method === "POST" ? { body: "{}" } : {}),
  });
  request.headers.set("host", host);
  return await worker.fetch(request, { ...(env as Bindings), ...setting }, createExecutionContext());
}

test.each([
  "a b",
  "[",
  "[::1",
  "::1",
  "",
  "a/b",
  "localhost/",
  "localhost:8787/sessions",
  "a?b",
  "a#b",
  "a\\b",
  "user@localhost",
  "local\thost",
  "localhost:99999",
  "localhost:port",
  "localhost, localhost",
  "localhost,localhost",
  "<a>",
  "%zz",
  "a!b",
  "a%20b",
])("Host: %j is refused on every path, with a reason", async (host) => {
  const sentence = `400 The Host header is "${host}": it must be a name or an address, with or without a port.`;
  for (const setting of SETTINGS)
    for (const [method, path] of [
      ["GET", "/sessions"],
      ["GET", "/healthz"],
      ["GET", "/nowhere"],
      ["DELETE", "/sessions/a"],
      ["POST", "/v1/traces"],
      ["POST", "/ark/events"],
    ] as const)
      expect(await refusalText(await send(setting, host, method, path)), `${method} ${path}`).toBe(sentence);
});

test.each(["localhost", "LOCALHOST:1", "127.0.0.1:8787", "[::1]:8787"])("Host: %s is answered", async (host) => {
  const response = await send({ OPEN_ACCESS: "loopback" }, host, "GET", "/sessions");
  await response.body?.cancel();
  expect(response.status).toBe(200);
});

test.each(["example.com.", "my_service:8787", "xn--bcher-kva.example", "10.0.0.1", "localhost:"])(
  "Host: %s is valid, but not this machine's",
  async (host) => {
    const open = await send({ OPEN_ACCESS: "loopback" }, host, "GET", "/sessions");
    expect(await refusalText(open)).toMatch(/^403 This program is open/);
    const response = await send({ OPEN_ACCESS: undefined, ADMIN_TOKEN: "admin" }, host, "GET", "/sessions");
    await response.body?.cancel();
    expect(response.status).toBe(200);
  },
);
