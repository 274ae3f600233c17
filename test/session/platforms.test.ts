import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readPrices } from "../../src/session/prices/prices.ts";
import { received, viewOf } from "../facts/dialect.ts";

/** The session of a body as a platform exports it, after its documents and sources. */
function platform(name: string) {
  const body = readFileSync(new URL(`../fixtures/platforms/${name}.json`, import.meta.url));
  const view = viewOf([received(body, "json")]);
  view.usePrices(readPrices);
  const outline = view.tree().rows.map(({ depth, span, error }) => {
    const { kind, name: label, session } = span?.facts ?? {};
    return `${"  ".repeat(depth)}${kind} ${label}${error ? ", failed" : ""}${depth === 0 && session ? ` (${session.value.slice(0, 16)})` : ""}`;
  });
  return { outline, summary: view.summary(), view };
}

describe("Cloudflare's export", () => {
  test("of an agent: its session is the Durable Object, an approval is no call, an error's type is an error", () => {
    const { outline, summary } = platform("cloudflare-agents");
    expect(outline).toEqual([
      "http POST",
      "  internal agent_initialization",
      "    db durable_object_storage_exec",
      "  agent invoke_agent BookingAgent",
      "    llm chat claude-sonnet-4-5",
      "    tool execute_tool get_rooms, failed",
      "    internal execute_tool send_email",
      "      internal tool_approval send_email",
    ]);
    expect(summary).toMatchObject({
      title: "Book a room and mail it to Ada.",
      also: ["b1d5c1c4a55b7b0f6c7a2f4d9c7e50de0e3fb6a5bb1e1d3e6f6e54b7a9cf4d11"],
      agents: [{ name: "BookingAgent", calls: 1, errors: 0 }],
      tools: [{ name: "get_rooms", calls: 1, errors: 1 }],
      tokens: { input: 700, output: 40 },
      cost: 0.0027,
      liveness: { waiting: { question: "tool_approval send_email", tool: "send_email" } },
    });
  });

  test("of a Worker: what it asks of the platform has its kind, and an outcome other than ok is an error", () => {
    const { outline, summary, view } = platform("cloudflare-worker");
    expect(outline).toEqual([
      "http POST",
      "  http fetch",
      "  db kv_get",
      "  db r2_put",
      "  retrieval vectorize_query",
      "  messaging queue_send",
      "  http durable_object_subrequest",
      "    internal jsrpc",
      "  internal price-order",
      "messaging queue, failed",
      "  db d1_run, failed",
    ]);
    expect(summary).toMatchObject({
      kind: "trace",
      traces: 2,
      errors: 1,
      failedSpans: 2,
      services: ["orders"],
      tools: [],
      models: [],
    });
    expect(view.queries().map(({ name, phase, failure }) => [name, phase, failure])).toEqual([
      ["POST", "done", undefined],
      ["queue", "error", "exceededCpu"],
    ]);
  });
});

describe("Claude's export", () => {
  test("of a Managed Agents session: the application's spans and the platform's are one session", () => {
    const { outline, summary } = platform("claude-managed-agents");
    expect(outline).toEqual([
      "http anthropic.sessions.create (sesn_01ABcdEFgh)",
      "http anthropic.sessions.events.send (sesn_01ABcdEFgh)",
      "  http anthropic.sessions.events.send",
      "    agent anthropic.session.turn",
      "      llm anthropic.model_request",
      "      tool anthropic.tool_use bash",
      "  tool anthropic.custom_tool_use list_issues, failed",
    ]);
    expect(summary).toMatchObject({
      title: "Which issue is the most urgent?",
      also: ["sesn_01ABcdEFgh"],
      services: ["claude-platform", "triage-app"],
      agents: [{ name: "issue-triage", calls: 1, errors: 0 }],
      tools: [
        { name: "bash", calls: 1, errors: 0 },
        { name: "list_issues", calls: 1, errors: 1 },
      ],
      tokens: { input: 5200, output: 90, cached: 4000, written: 1000, written1h: 600 },
      cost: (200 * 4 + 4000 * 0.2 + 400 * 5 + 600 * 8 + 90 * 20) / 1e6,
    });
  });

  test("of a message: the call counts once, a count of tokens is no call", () => {
    const { outline, summary } = platform("claude-messages");
    expect(outline).toEqual([
      "http anthropic.messages.count_tokens (ticket-7)",
      "llm anthropic.messages.create (ticket-7)",
      "  llm anthropic.messages.create",
    ]);
    expect(summary).toMatchObject({
      also: ["ticket-7"],
      models: [{ name: "claude-haiku-4-5-20251001", calls: 1, errors: 0 }],
      tokens: { input: 12, output: 8 },
    });
  });
});
