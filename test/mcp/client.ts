import { expect } from "vitest";
import * as world from "../durable/world.ts";

export const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** Sends a body to the endpoint as it is. */
export async function send(body: unknown, headers: Record<string, string> = {}, method = "POST"): Promise<Response> {
  return await world.request("/mcp", {
    method,
    headers: { ...HEADERS, ...headers },
    ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
  });
}

type Answer = {
  readonly result?: { readonly [field: string]: unknown };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
};

/** The answer to one request, out of a JSON body or of a stream. */
export async function rpc(method: string, params: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await send({ jsonrpc: "2.0", id: 1, method, params }, headers);
  const text = await response.text();
  const data = response.headers.get("content-type")?.startsWith("text/event-stream")
    ? /^data: (\{"jsonrpc":"2\.0","id".*)$/m.exec(text)?.[1]
    : text;
  return JSON.parse(data ?? "{}") as Answer;
}

export type ToolResult = { readonly text: string; readonly isError: boolean };

export async function callTool(name: string, given: object = {}): Promise<ToolResult> {
  const { result, error } = await rpc("tools/call", { name, arguments: given });
  if (result === undefined) throw new Error(`${error?.code} ${error?.message}`);
  const [content, ...others] = result["content"] as { type: string; text: string }[];
  expect([content?.type, others.length]).toEqual(["text", 0]);
  return { text: content?.text ?? "", isError: result["isError"] === true };
}

/** The text of a call that did not fail, in its parts: what the server says, the session's page, and what was recorded. */
export async function ask(
  name: string,
  given: object = {},
): Promise<{ words: string; page: string; recorded: string; text: string }> {
  const { text, isError } = await callTool(name, given);
  if (isError) throw new Error(text);
  return { ...parts(text), text };
}

/** As a careful reader takes an answer apart: by the mark that the server's words name. */
export function parts(text: string): { words: string; page: string; recorded: string } {
  const mark = /between the marks ([0-9a-f]{12})\./.exec(text)?.[1];
  if (mark === undefined) return { words: text, page: "", recorded: "" };
  const [words = "", rest = ""] = text.split(`<recorded ${mark}>\n`);
  const [between = "", after = ""] = rest.split(`\n</recorded ${mark}>`);
  expect([text.split(mark).length, after]).toEqual([4, ""]);
  const page = /^Page: (\S+)(?:\n\n|$)/.exec(between);
  return { words, page: page?.[1] ?? "", recorded: between.slice(page?.[0].length ?? 0) };
}

/** The message of a call that failed. */
export async function refusalOf(name: string, given: object = {}): Promise<string> {
  const { text, isError } = await callTool(name, given);
  if (!isError) throw new Error(`${name} did not fail: ${text}`);
  return text;
}
