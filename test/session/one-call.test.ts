import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import type { Span } from "../../src/otel/span.ts";
import { law, seedsFrom } from "../law.ts";
import { Random } from "./seeded-random.ts";
import { shownOf, tableOf, itemsIn } from "./session-items.ts";
import { markdownOf, viewOf } from "./transcript/session-of.ts";

type Shown = {
  readonly why: string;
  readonly agents?: readonly string[];
  readonly models?: readonly string[];
  readonly tools?: readonly string[];
  readonly tokens?: string;
  readonly cost?: number;
};

const tokens = (input: number, output: number, cached = 0): string =>
  `${input} in, ${cached} cached, 0 written, ${output} out, 0 thought`;

/** By fixture: what its spans, which several instrumentations wrote of the same operations, must show. */
const SESSIONS: Readonly<Record<string, Shown>> = {
  "mcp-namespaced-tool": {
    why: "a tool in the namespace of its server, around the MCP client's span and the server's; other methods call no tool",
    agents: ["librarian 1"],
    models: ["gpt-4o 2"],
    tools: ["mcp__docs__search 1"],
    tokens: tokens(150, 28),
    cost: 0.000655,
  },
  "mcp-tool-in-the-name": {
    why: "a client and a server that name the tool in their spans' names",
    tools: ["search 1"],
  },
  "openllmetry-mcp": {
    why: "a client that names no tool, around the span of a server that does",
    agents: ["librarian 1"],
    tools: ["fetch 1", "search 1"],
  },
  "tool-that-calls-itself": {
    why: "nested calls of one tool are two below another agent, or with two ids",
    agents: ["helper 1", "lead 1"],
    tools: ["run 2", "task 2"],
  },
  "agent-behind-http": {
    why: "a run's client, server and activity; the writer whom its critic calls runs a second time",
    agents: ["writer 2", "critic 1"],
    models: ["gpt-4o 1"],
    tools: ["review 1", "rewrite 1"],
    tokens: tokens(100, 10),
    cost: 0.00035,
  },
  "litellm-proxy": {
    why: "a proxy below its client, with a cost that only the proxy knows",
    agents: ["helper 1"],
    models: ["gpt-4o-2024-08-06 1"],
    tokens: tokens(120, 30),
    cost: 0.00071,
  },
  "openinference-over-anthropic": {
    why: "an instrumentation around the provider's own SDK",
    agents: ["helper 1"],
    models: ["claude-sonnet-4-5 1"],
    tokens: tokens(1010, 40, 1000),
    cost: 0.00093,
  },
  "tool-beside-its-call": {
    why: "an agent's span of a tool beside the AI SDK's span of the same call; a later call has its id",
    models: ["gpt-5.2 2"],
    tools: ["bash 3", "read 1"],
    tokens: tokens(200, 20),
    cost: 0.00063,
  },
  "ai-sdk-over-its-calls": {
    why: "a function around the calls of the model, with their sum",
    models: ["gpt-4o 2"],
    tools: ["weather 1"],
    tokens: tokens(300, 50),
    cost: 0.00125,
  },
  "openclaw-usage": {
    why: "OpenClaw's span of a run's usage beside those of its calls, which have it too",
    agents: ["main 1"],
    models: ["claude-sonnet-4-5 2"],
    tools: ["weather 1"],
    tokens: tokens(2100, 50, 1900),
    cost: 0.00192,
  },
  "logfire-stream": {
    why: "Logfire's end of a stream beside the span of its call: one after another, side by side, and a call that is not streamed",
    models: ["gpt-5.2 5"],
    tokens: tokens(600, 90, 320),
    cost: 0.001806,
  },
};

describe("an operation counts once, however many instrumentations wrote a span of it", () => {
  const cases = Object.entries(SESSIONS).map(([file, expected]) => ({ file, ...expected }));
  test.each(cases)("$why", ({ file, agents = [], models = [], tools = [], tokens: sums = tokens(0, 0), cost = 0 }) => {
    const shown = shownOf(tableOf(itemsIn(`one-call/${file}.json`)));
    expect([shown.agents, shown.models, shown.tools]).toEqual([agents, models, tools]);
    expect([shown.tokens, shown.cost, shown.prompts.length]).toEqual([sums, cost, 1]);
  });

  law("in any order", seedsFrom(13_000, 10), (seed) => {
    const random = new Random(seed);
    for (const file of Object.keys(SESSIONS)) {
      const items = itemsIn(`one-call/${file}.json`);
      expect(shownOf(tableOf(random.shuffle(items))), file).toEqual(shownOf(tableOf(items)));
    }
  });
});

test("a call keeps the answer that stands in the span of its stream's end", () => {
  const file = new URL("../fixtures/one-call/logfire-stream.json", import.meta.url);
  const { resourceSpans } = JSON.parse(readFileSync(file, "utf8")) as {
    resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
  };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const said = markdownOf(viewOf([spans], [], spans[0]?.traceId)).match(/weather in \w+|sunny in \w+/g);
  // The second and third call are asked and answer the same as the first: it counts once.
  expect(said).toEqual(["Paris", "Rome", "Oslo"].flatMap((city) => [`weather in ${city}`, `sunny in ${city}`]));
});
