import {
  Client as CurrentClient,
  StreamableHTTPClientTransport as CurrentTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "./program.ts";
import { eventually } from "./read-back.ts";

const TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";
const CLIENT = { name: "spanfold-tests", version: "1.0.0" };

/** Makes the session "trip", which fails. */
async function deliver(url: string, headers: Record<string, string> = {}): Promise<void> {
  const text = (value: string) => ({ stringValue: value });
  const now = BigInt(Date.now() - 60_000) * 1_000_000n;
  const span = (id: number, more: object, attributes: Record<string, string>) => ({
    traceId: TRACE,
    spanId: id.toString(16).padStart(16, "0"),
    name: `step ${id}`,
    kind: 1,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000_000n),
    attributes: Object.entries({ "session.id": "trip", ...attributes }).map(([key, value]) => ({
      key,
      value: text(value),
    })),
    ...more,
  });
  const spans = [
    span(1, { status: { code: 2 } }, { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "guide" }),
    span(
      2,
      { parentSpanId: "0000000000000001", status: { code: 2, message: "the ferry is full" } },
      { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book" },
    ),
  ];
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  expect(response.status).toBe(200);
  await response.text();
}

/** What the clients of both lines of the SDK have in common. */
type AnyClient = {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<object>;
};

async function textOf(client: AnyClient, name: string, given: Record<string, unknown>): Promise<string> {
  const { content, isError } = (await client.callTool({ name, arguments: given })) as {
    content: { text: string }[];
    isError: boolean;
  };
  expect(isError).toBe(false);
  return content.map(({ text }) => text).join("\n");
}

async function useEachTool(client: AnyClient): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["find_sessions", "read_session", "errors", "read_span", "wait_for"]);
  const list = await eventually(async () => {
    const text = await textOf(client, "find_sessions", { text: "ferry" });
    expect(text).toContain("session `trip`");
    return text;
  });
  expect(list).toContain("Found 1 session");
  expect(await textOf(client, "errors", { session: "trip" })).toContain("turn 1 ▸ `guide` ▸ `book`");
  expect(await textOf(client, "read_session", { session: "trip", turn: "1" })).toContain("**Tool** `book`");
  expect(await textOf(client, "read_span", { session: "trip", span: `${TRACE}:0000000000000002` })).toContain(
    "tool · **error**",
  );
  expect(await textOf(client, "wait_for", { session: "trip", state: ["running", "failed"] })).toContain(
    "The session is ",
  );
}

// spec: MCP-1, MCP-15
test("the SDK's client of the versions with a handshake uses each tool", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await deliver(url);
  const client = new Client(CLIENT);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  onTestFinished(async () => await client.close());
  expect(client.getServerVersion()?.name).toBe("spanfold");
  expect(client.getInstructions()).toContain("find_sessions");
  await client.ping();
  await useEachTool(client);
  // The status follows from silence, without a delivery: the client reads the answer's stream until then.
  expect(await textOf(client, "wait_for", { session: "trip", state: ["failed"], timeout: 50 })).toContain(
    "The session is failed.",
  );
  await expect(client.callTool({ name: "nothing" })).rejects.toThrow("Unknown tool: nothing");
  const refused = await client.callTool({ name: "errors", arguments: { session: "trip", depth: 3 } });
  expect(refused).toMatchObject({
    isError: true,
    content: [{ type: "text", text: 'Unknown argument "depth". Known: session, max.' }],
  });
});

// spec: MCP-4, MCP-15
test("the SDK's client of version 2026-07-28 uses each tool", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await deliver(url);
  const client = new CurrentClient(CLIENT, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
  await client.connect(new CurrentTransport(new URL(`${url}/mcp`)));
  onTestFinished(async () => await client.close());
  await useEachTool(client);
});

// spec: MCP-8
test("the view token is enough, and needed", async () => {
  const tokens = { ADMIN_TOKEN: "admin-secret", VIEW_TOKEN: "view-secret" };
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens });
  await deliver(url, { authorization: "Bearer admin-secret" });
  const transport = (token: string) =>
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    });
  const client = new Client(CLIENT);
  await client.connect(transport("view-secret"));
  onTestFinished(async () => await client.close());
  await useEachTool(client);
  await expect(new Client(CLIENT).connect(transport("wrong"))).rejects.toThrow("401");
});
