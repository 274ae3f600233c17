import { expect, test } from "vitest";
import { agentSettings } from "../../src/otel/agent-settings.ts";

const texts = (token?: string) =>
  agentSettings("https://spans.example:8443", token).map(({ agent, snippets }) => ({
    agent,
    text: snippets.map(({ into, text }) => `${into}\n${text}`).join("\n"),
  }));

test("each agent's settings have this very address, and no token where none is needed", () => {
  expect(texts().map(({ agent }) => agent)).toEqual([
    "Claude Code",
    "Codex",
    "Gemini CLI",
    "AI SDK",
    "Python",
    "Collector",
    "Cloudflare Workers",
  ]);
  for (const { agent, text } of texts()) {
    expect(text, agent).toContain("https://spans.example:8443");
    expect(text, agent).not.toMatch(/authorization|bearer/i);
  }
});

test("each agent's settings have the placeholder of the write token where one is needed", () => {
  for (const { agent, text } of texts("<INGEST_TOKEN>"))
    expect(text, agent).toMatch(/Authorization.*Bearer(?: |%20)<INGEST_TOKEN>/);
});

test("settings that are JSON are valid", () => {
  const gemini = agentSettings("https://spans.example", undefined).find(({ agent }) => agent === "Gemini CLI");
  expect(JSON.parse(gemini?.snippets[0]?.text ?? "")).toMatchObject({
    telemetry: { otlpEndpoint: "https://spans.example" },
  });
});
