import { describe, expect, test } from "vitest";
import { summarise } from "../../src/session/whole-session.ts";
import { law, seedsFrom } from "../law.ts";
import { ABOUT } from "./fold-of.ts";
import { Random } from "./seeded-random.ts";
import { isRecord, isSpan, shownOf, tableOf, itemsOf, itemsIn } from "./session-items.ts";
import type { Item } from "./session-items.ts";

const shown = (items: readonly Item[]) => shownOf(tableOf(items));

/** Earlier versions of an agent name no calls on their spans. */
const withoutIds = (spans: string): string =>
  spans.replaceAll(/"(request_id|gen_ai\.response\.id|tool_use_id|gen_ai\.tool\.call\.id|tool\.call_id)"/g, '"an.id"');

const CLAUDE_CODE = itemsIn("traced-and-logged/claude-code.json");
const OLDER_CLAUDE_CODE = itemsIn("traced-and-logged/claude-code.json", withoutIds);
const TRACED_CLAUDE_CODE = [
  ...itemsIn("corpus/claude-code-json-001.json"),
  ...itemsIn("logs/claude-code-json-002.json"),
];
const CODEX = [...itemsIn("corpus/codex-json-002.json"), ...itemsIn("logs/codex-json-003.json")];
const TWO_TURNS_OF_CODEX = itemsOf("codex-traces");
const GEMINI_CLI = itemsIn("traced-and-logged/gemini-cli.json");
const GEMINI_CLI_IN_A_TERMINAL = itemsIn("traced-and-logged/gemini-cli-terminal.json");
/** A process without a terminal calls every prompt by the session's id; one with a terminal counts its prompts from 0. */
const RESUMED_GEMINI_CLI = itemsOf("gemini-cli");
const GEMINI_CLI_RESUMED_IN_A_TERMINAL = itemsOf("gemini-cli", (records) =>
  records.replaceAll(/("prompt_id","value":\{"stringValue":"[^"]*)/g, "$1########0"),
);
const QWEN_CODE = itemsIn("traced-and-logged/qwen-code.json");
const OLDER_QWEN_CODE = itemsIn("traced-and-logged/qwen-code.json", withoutIds);

describe("calls that spans and log records both report count once", () => {
  const claudeCode = {
    title: "How many tests fail?",
    prompts: ["How many tests fail? (done)", "Show the first one (done)"],
    agents: ["claude-code 2"],
    models: ["claude-sonnet-4-5 4", "claude-haiku-4-5 1"],
    tools: ["Bash 1", "Read 1 failed 1"],
    tokens: "82480 in, 79300 cached, 2800 written, 217 out, 0 thought",
    errors: 1,
  };

  test("Claude Code, records without trace ids: the spans, with the costs of the records", () => {
    expect(shown(CLAUDE_CODE)).toEqual({ ...claudeCode, cost: 0.0405 });
    const { traces, spans } = summarise(tableOf(CLAUDE_CODE), ABOUT);
    expect({ traces, spans }).toEqual({ traces: 2, spans: 13 });
  });

  test("Claude Code before its spans had ids: by kind, name and time", () => {
    expect(shown(OLDER_CLAUDE_CODE)).toEqual({ ...claudeCode, cost: 0.0405 });
  });

  test("Claude Code, records with the trace id of the prompt: each cost goes to its call", () => {
    expect(shown(TRACED_CLAUDE_CODE)).toEqual({
      title: "What is the weather? Use Bash.",
      prompts: ["What is the weather? Use Bash. (done)"],
      agents: ["claude-code 1"],
      models: ["claude-sonnet-4-5 2"],
      tools: ["Bash 1"],
      tokens: "110 in, 16 cached, 10 written, 22 out, 0 thought",
      cost: 0.0006243,
      errors: 0,
    });
  });

  test("Codex, whose spans name no tool and of which only the second call was exported", () => {
    const { prompts, ...counts } = shown(CODEX);
    expect(prompts).toContain("What is the weather? Use the shell. (running)");
    expect(counts).toEqual({
      title: "What is the weather? Use the shell.",
      agents: ["codex 1"],
      models: ["gpt-5-codex 2"],
      tools: ["exec_command 1"],
      tokens: "84 in, 16 cached, 0 written, 22 out, 6 thought",
      cost: 0.000307,
      estimated: 0.000307,
      errors: 0,
    });
  });

  test("Codex, of whose first turn the outermost span was not exported", () => {
    const { title, agents, models, tools, tokens } = shown(TWO_TURNS_OF_CODEX);
    expect({ title, agents, models, tools, tokens }).toEqual({
      title: "What is the weather in Paris?",
      agents: ["codex 2"],
      models: ["gpt-5.2-codex 4"],
      tools: ["exec_command 2"],
      tokens: "480 in, 256 cached, 0 written, 72 out, 24 thought",
    });
  });

  test("Gemini CLI, a trace for each call: one prompt, and the tokens of the records, which count thoughts", () => {
    expect(shown(GEMINI_CLI)).toEqual({
      title: "Which test is the slowest",
      prompts: ["Which test is the slowest (done)"],
      agents: ["gemini-cli 1"],
      models: ["gemini-2.5-pro 2"],
      tools: ["read_file 1", "run_shell_command 1"],
      tokens: "8300 in, 7000 cached, 0 written, 270 out, 180 thought",
      cost: 0.0052,
      estimated: 0.0052,
      errors: 0,
    });
  });

  test("Gemini CLI in a terminal: spans without tokens, and the answer to the tools in a trace of its own", () => {
    expect(shown(GEMINI_CLI_IN_A_TERMINAL)).toEqual({
      title: "Summarise the log",
      prompts: ["Summarise the log (done)"],
      agents: ["gemini-cli 1"],
      models: ["gemini-2.5-pro 2"],
      tools: ["read_file 1"],
      tokens: "2200 in, 0 cached, 0 written, 50 out, 0 thought",
      cost: 0.00325,
      estimated: 0.00325,
      errors: 0,
    });
  });

  test("Gemini CLI resumed: two prompts with one id are two", () => {
    const resumed = {
      title: "What is the weather in Paris?",
      prompts: ["What is the weather in Paris? (done)", "And in Atlantis? (done)"],
      agents: ["gemini-cli 2"],
      models: ["gemini-2.5-pro 4"],
      tools: ["run_shell_command 2"],
      tokens: "480 in, 256 cached, 0 written, 72 out, 24 thought",
      cost: 0.001032,
      estimated: 0.001032,
      errors: 0,
    };
    expect(shown(RESUMED_GEMINI_CLI)).toEqual(resumed);
    expect(shown(GEMINI_CLI_RESUMED_IN_A_TERMINAL)).toEqual(resumed);
    expect(shown(RESUMED_GEMINI_CLI.filter(isRecord))).toEqual(resumed);
  });

  const qwenCode = {
    title: "Run the test run",
    prompts: ["Run the test run (done)"],
    agents: ["qwen-code 1"],
    models: ["qwen3-coder-plus 2"],
    tools: ["run_shell_command 1"],
    tokens: "1900 in, 1024 cached, 0 written, 100 out, 20 thought",
    cost: 0,
    unpriced: ["qwen3-coder-plus"],
    errors: 0,
  };

  test("Qwen Code, with ids on both sides and without", () => {
    expect(shown(QWEN_CODE)).toEqual(qwenCode);
    expect(shown(OLDER_QWEN_CODE)).toEqual(qwenCode);
  });

  test("Qwen Code, its records alone", () => {
    expect(shown(QWEN_CODE.filter(isRecord))).toEqual(qwenCode);
  });

  test("Claude Code, its records alone", () => {
    expect(shown(CLAUDE_CODE.filter(isRecord))).toEqual({ ...claudeCode, cost: 0.0405 });
  });
});

const callsIn = (tallies: readonly { readonly calls: number }[]): number =>
  tallies.reduce((sum, { calls }) => sum + calls, 0);

const SESSIONS: Readonly<Record<string, readonly Item[]>> = {
  "Claude Code": CLAUDE_CODE,
  "an older Claude Code": OLDER_CLAUDE_CODE,
  "a Claude Code that traces": TRACED_CLAUDE_CODE,
  Codex: CODEX,
  "Gemini CLI": GEMINI_CLI,
  "Gemini CLI in a terminal": GEMINI_CLI_IN_A_TERMINAL,
  "a resumed Gemini CLI": RESUMED_GEMINI_CLI,
  "Gemini CLI resumed in a terminal": GEMINI_CLI_RESUMED_IN_A_TERMINAL,
  "Qwen Code": QWEN_CODE,
  "an older Qwen Code": OLDER_QWEN_CODE,
};

describe.each(Object.entries(SESSIONS))("%s", (_, items) => {
  const expected = shown(items);

  test("looks the same if the spans arrive first, and if the records do", () => {
    const [spans, records] = [items.filter(isSpan), items.filter(isRecord)];
    expect(shown([...spans, ...records])).toEqual(expected);
    expect(shown([...records, ...spans])).toEqual(expected);
  });

  law("never shows more calls or tokens than in the end", seedsFrom(12_000, 10), (seed) => {
    const { models, tools, tokens } = summarise(tableOf(items), ABOUT);
    const sent = new Random(seed).shuffle(items);
    for (let length = 1; length < sent.length; length++) {
      const early = summarise(tableOf(sent.slice(0, length)), ABOUT);
      expect(callsIn(early.models), `models after ${length}`).toBeLessThanOrEqual(callsIn(models));
      expect(callsIn(early.tools), `tools after ${length}`).toBeLessThanOrEqual(callsIn(tools));
      expect(early.tokens.input, `tokens after ${length}`).toBeLessThanOrEqual(tokens.input);
    }
  });

  law("looks the same in any order, and if all of it arrives again", seedsFrom(11_000, 20), (seed) => {
    const random = new Random(seed);
    const table = tableOf(random.shuffle(items));
    expect(shownOf(table)).toEqual(expected);
    expect(shownOf(tableOf(random.shuffle(items), table))).toEqual(expected);
  });
});
