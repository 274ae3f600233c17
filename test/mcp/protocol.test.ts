import { version as packageVersion } from "../../package.json";
import { beforeEach, describe, expect, test } from "vitest";
import { fetchFrom } from "../routes/deployment.ts";
import * as world from "../durable/world.ts";
import { HEADERS, rpc, send } from "./client.ts";

beforeEach(world.emptyWorld);

const TOOLS = ["find_sessions", "read_session", "errors", "read_span", "wait_for"];
const namesIn = (result: unknown): string[] =>
  ((result as { tools: { name: string }[] } | undefined)?.tools ?? []).map(({ name }) => name);

describe("versions with a handshake", () => {
  // spec: MCP-1
  test.each(["2025-11-25", "2025-06-18", "2025-03-26"])("initialize agrees on %s", async (version) => {
    const { result } = await rpc("initialize", { protocolVersion: version, capabilities: {}, clientInfo: {} });
    expect(result).toMatchObject({
      protocolVersion: version,
      capabilities: { tools: {} },
      serverInfo: { name: "spanfold", version: packageVersion },
      instructions: expect.stringContaining("find_sessions"),
    });
    const tools = await rpc("tools/list", {}, version === "2025-03-26" ? {} : { "mcp-protocol-version": version });
    expect(namesIn(tools.result)).toEqual(TOOLS);
  });

  // spec: MCP-1
  test("initialize offers the newest of them to a client of another version", async () => {
    for (const protocolVersion of ["2024-11-05", "2099-01-01", 7])
      expect((await rpc("initialize", { protocolVersion })).result?.["protocolVersion"]).toBe("2025-11-25");
  });

  // spec: MCP-2
  test("there is no session: no header names one, and a named one is ignored", async () => {
    const response = await send({ jsonrpc: "2.0", id: 1, method: "initialize", params: {} });
    expect(response.headers.get("mcp-session-id")).toBeNull();
    const pinged = await send({ jsonrpc: "2.0", id: 1, method: "ping" }, { "mcp-session-id": "anything" });
    expect(await pinged.json()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
  });

  // spec: MCP-3
  test("notifications and answers are accepted without a body", async () => {
    for (const message of [
      { method: "notifications/initialized" },
      { method: "notifications/cancelled", params: { requestId: 1 } },
      { id: 4, result: {} },
    ]) {
      const response = await send({ jsonrpc: "2.0", ...message }, { "mcp-protocol-version": "2025-11-25" });
      expect([response.status, await response.text()]).toEqual([202, ""]);
    }
  });

  // spec: MCP-2
  test("other methods of HTTP are refused", async () => {
    for (const method of ["GET", "DELETE", "PUT"]) {
      const response = await send(undefined, {}, method);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });

  // spec: MCP-1
  test("an unknown version is refused by its name", async () => {
    const response = await send({ jsonrpc: "2.0", id: 3, method: "ping" }, { "mcp-protocol-version": "1900-01-01" });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      jsonrpc: "2.0",
      id: 3,
      error: {
        code: -32_022,
        message: "Unsupported protocol version",
        data: { supported: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"], requested: "1900-01-01" },
      },
    });
  });
});

describe("version 2026-07-28", () => {
  const META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "tests", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const request = (method: string, params: object = {}, meta: object = META) => ({
    jsonrpc: "2.0",
    id: "a",
    method,
    params: { ...params, _meta: meta },
  });
  const headersOf = (method: string, more: Record<string, string> = {}) => ({
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...more,
  });
  const verdict = async (response: Response) => {
    const { error } = await response.json<{ error?: { code: number } }>();
    return `${response.status} ${error?.code ?? "answered"}`;
  };

  // spec: MCP-4
  test("server/discover names the versions and what the server can do", async () => {
    const response = await send(request("server/discover"), headersOf("server/discover"));
    expect(await response.json()).toMatchObject({
      id: "a",
      result: {
        resultType: "complete",
        supportedVersions: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"],
        capabilities: { tools: {} },
        cacheScope: "public",
        _meta: { "io.modelcontextprotocol/serverInfo": { name: "spanfold" } },
      },
    });
  });

  // spec: MCP-4
  test("each request is answered by itself, complete and with what may be cached", async () => {
    const response = await send(request("tools/list"), headersOf("tools/list"));
    const { result } = await response.json<{ result: { resultType: string; ttlMs: number } }>();
    expect([result.resultType, result.ttlMs > 0, namesIn(result)]).toEqual(["complete", true, TOOLS]);
    const called = await send(
      request("tools/call", { name: "find_sessions", arguments: {} }),
      headersOf("tools/call", { "mcp-name": "find_sessions" }),
    );
    expect(await called.json()).toMatchObject({ result: { resultType: "complete", isError: false } });
  });

  // spec: MCP-5
  test("headers that differ from the body are refused", async () => {
    const call = request("tools/call", { name: "errors", arguments: {} });
    const bad: [object, Record<string, string>, string][] = [
      [call, headersOf("tools/call"), "400 -32020"],
      [call, headersOf("tools/call", { "mcp-name": "read_span" }), "400 -32020"],
      [call, headersOf("tools/list", { "mcp-name": "errors" }), "400 -32020"],
      [call, headersOf("tools/call", { "mcp-name": "=?base64?ZXJyb3Jz?=" }), "200 answered"],
      [call, { "mcp-method": "tools/call", "mcp-name": "errors" }, "400 -32020"],
      [call, headersOf("tools/call", { "mcp-name": "errors", "mcp-protocol-version": "2025-11-25" }), "400 -32020"],
      [request("tools/list", {}, {}), headersOf("tools/list"), "400 -32602"],
      [
        request("tools/list", {}, { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }),
        headersOf("tools/list"),
        "400 -32602",
      ],
      [
        request("tools/list", {}, { ...META, "io.modelcontextprotocol/protocolVersion": "2030-01-01" }),
        headersOf("tools/list", { "mcp-protocol-version": "2030-01-01" }),
        "400 -32022",
      ],
    ];
    for (const [body, headers, expected] of bad)
      expect([headers, await verdict(await send(body, headers))]).toEqual([headers, expected]);
  });

  // spec: MCP-4
  test("methods of earlier versions are unknown", async () => {
    for (const method of ["ping", "resources/list", "nothing"])
      expect(await verdict(await send(request(method), headersOf(method)))).toBe("404 -32601");
  });
});

describe("messages", () => {
  const verdict = async (body: unknown, headers = {}) => {
    const response = await send(body, headers);
    const { id, error } = await response.json<{ id?: unknown; error?: { code: number; message: string } }>();
    return [response.status, id, error?.code];
  };

  // spec: MCP-6
  test("that are none get the error of JSON-RPC", async () => {
    expect(await verdict("{")).toEqual([400, undefined, -32_700]);
    expect(await verdict('"text"')).toEqual([400, undefined, -32_600]);
    expect(await verdict({ id: 1, method: "ping" })).toEqual([400, undefined, -32_600]);
    expect(await verdict({ jsonrpc: "2.0", id: null, method: "ping" })).toEqual([400, undefined, -32_600]);
    expect(await verdict({ jsonrpc: "2.0", id: 1.5, method: "ping" })).toEqual([400, undefined, -32_600]);
    expect(await verdict({ jsonrpc: "2.0", id: 1, method: 5 })).toEqual([400, 1, -32_600]);
    expect(await verdict({ jsonrpc: "2.0", id: 1, method: "ping", params: [1] })).toEqual([400, 1, -32_600]);
    expect(await verdict({ jsonrpc: "2.0", id: 1, method: "prompts/list" })).toEqual([200, 1, -32_601]);
    expect(await verdict({ jsonrpc: "2.0", id: 1, method: "toString" })).toEqual([200, 1, -32_601]);
  });

  // spec: MCP-6
  test("that are too long or no JSON are refused", async () => {
    const params = { name: "find_sessions", arguments: { text: "x".repeat(100_000) } };
    expect(await verdict({ jsonrpc: "2.0", id: 1, method: "tools/call", params })).toEqual([413, undefined, -32_600]);
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    expect(await verdict(ping, { "content-type": "text/plain" })).toEqual([415, undefined, -32_600]);
  });

  // spec: MCP-7
  test("come in batches in the one version that has them", async () => {
    const batch = [
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: "b", method: "nothing" },
      7,
    ];
    const response = await send(batch);
    expect(await response.json()).toEqual([
      { jsonrpc: "2.0", id: 1, result: {} },
      { jsonrpc: "2.0", id: "b", error: { code: -32_601, message: "Method not found" } },
      { jsonrpc: "2.0", error: { code: -32_600, message: 'A message is an object with "jsonrpc": "2.0".' } },
    ]);
    const notified = await send([{ jsonrpc: "2.0", method: "notifications/initialized" }]);
    expect([notified.status, await notified.text()]).toEqual([202, ""]);
    expect(await verdict(batch, { "mcp-protocol-version": "2025-06-18" })).toEqual([400, undefined, -32_600]);
    expect(await verdict(Array.from({ length: 21 }, () => batch[0]))).toEqual([400, undefined, -32_600]);
    expect(await verdict([])).toEqual([400, undefined, -32_600]);
  });
});

describe("callers", () => {
  const TOKENS = { ADMIN_TOKEN: "admin", INGEST_TOKEN: "ingest", VIEW_TOKEN: "view" };
  const statusFor = async (
    headers: Record<string, string>,
    settings: object = TOKENS,
    url = "https://s.example/mcp",
  ) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    const response = await fetchFrom(settings, url, { method: "POST", headers: { ...HEADERS, ...headers }, body });
    await response.text();
    return response.status;
  };

  // spec: MCP-8
  test("need the right to read", async () => {
    expect(await statusFor({})).toBe(401);
    expect(await statusFor({ authorization: "Bearer ingest" })).toBe(403);
    expect(await statusFor({ authorization: "Bearer view" })).toBe(200);
    expect(await statusFor({ authorization: "Bearer admin" })).toBe(200);
  });

  // spec: MCP-8
  test("of an open program are on this machine, whatever page they come from", async () => {
    const open = { OPEN_ACCESS: "loopback" };
    expect(await statusFor({}, open, "http://localhost:8787/mcp")).toBe(200);
    expect(await statusFor({}, open, "http://192.168.1.7:8787/mcp")).toBe(403);
    expect(await statusFor({ origin: "https://evil.example" }, open, "http://localhost:8787/mcp")).toBe(403);
    expect(await statusFor({ origin: "http://localhost:6274" }, open, "http://localhost:8787/mcp")).toBe(200);
  });
});
