import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { expect, onTestFinished, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { eventually } from "../program/read-back.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures");
/** Captured exports: a short talk, coding agents, and one agent whose every file access is a span. */
const PRODUCERS = ["pydantic-ai", "claude-code", "gemini-cli", "codex-traces", "qwen-code", "opencode"];
const WAITING = "langgraph-interrupt";

async function deliver(url: string): Promise<void> {
  for (const producer of PRODUCERS) {
    const folder = join(FIXTURES, "producers", producer);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith(".gz")).toSorted()) {
      const signal = file.includes("-logs.") ? "logs" : "traces";
      const type = file.endsWith(".pb.gz") ? "application/x-protobuf" : "application/json";
      await send(url, signal, type, await readFile(join(folder, file)), { "content-encoding": "gzip" });
    }
  }
  const asking = await readFile(join(FIXTURES, "asking", `${WAITING}.json`), "utf8");
  const { deliveries } = JSON.parse(asking) as { deliveries: object[] };
  await send(url, "traces", "application/json", JSON.stringify(deliveries[0]));
}

async function send(url: string, signal: string, type: string, body: string | Uint8Array, more = {}): Promise<void> {
  const headers = { "content-type": type, ...more };
  const response = await fetch(`${url}/v1/${signal}`, { method: "POST", headers, body: body as BodyInit });
  await response.arrayBuffer();
  expect(response.status).toBe(200);
}

type Call = readonly [tool: string, given: Record<string, unknown>];

/** A question about recorded sessions: the calls that answer it, what the answer has to contain, and the JSON that contains it too. */
type Question = {
  readonly asked: string;
  readonly calls: readonly (Call | ((before: string) => Call))[];
  readonly answer: RegExp;
  readonly json: string;
};

function questionsOf(ids: Readonly<Record<string, string>>, version: string): Question[] {
  const { talk = "", claude = "", gemini = "", qwen = "", opencode = "", waiting = "" } = ids;
  const of = (id: string): string => `/sessions/${encodeURIComponent(id)}`;
  return [
    {
      asked: "Which sessions have errors, and which?",
      calls: [["find_sessions", { sort: "errors", limit: 5 }]],
      answer: /city not found: Atlantis/,
      json: "/sessions?sort=errors&limit=5",
    },
    {
      asked: "Which session was the dearest, and on what model?",
      calls: [["find_sessions", { sort: "cost", limit: 1 }]],
      answer: /models `[\w.-]+`/,
      json: "/sessions?sort=cost&limit=1",
    },
    {
      asked: "Why did the talk about the weather fail?",
      calls: [["errors", { session: talk }]],
      answer: /turn \d ▸ .*`get_weather`/,
      json: of(talk),
    },
    {
      asked: "… and what was the stack?",
      calls: [
        ["errors", { session: talk }],
        (before) => ["read_span", { session: talk, span: /span `([0-9a-f:]+)`/.exec(before)?.[1] }],
      ],
      answer: /Traceback[\s\S]+raise LookupError/,
      json: of(talk),
    },
    {
      asked: "What did the first turn answer?",
      calls: [["read_session", { session: talk, turn: "1" }]],
      answer: /It is 18 °C and sunny in Paris/,
      json: of(talk),
    },
    {
      asked: "What did Claude Code's tools return?",
      calls: [["read_session", { session: claude, kinds: "tool" }]],
      answer: /\*\*Tool\*\* `Bash`/,
      json: of(claude),
    },
    {
      asked: "What was Gemini CLI asked, and what did it do?",
      calls: [["read_session", { session: gemini }]],
      answer: /\*\*User\*\*[\s\S]+weather in Paris/,
      json: of(gemini),
    },
    {
      asked: "Why did Qwen Code's tool fail?",
      calls: [["errors", { session: qwen }]],
      answer: /hook runner returned no output/,
      json: of(qwen),
    },
    {
      asked: "What did OpenCode do, in 1,660 spans?",
      calls: [["read_session", { session: opencode }]],
      answer: /weather in Paris/,
      json: of(opencode),
    },
    {
      asked: "What is the session waiting for?",
      calls: [["wait_for", { session: waiting, timeout: 0 }]],
      answer: /waits for an answer/,
      json: of(waiting),
    },
    {
      asked: "What came since I last looked?",
      calls: [["read_session", { session: talk, since: version }]],
      answer: /Nothing is new/,
      json: of(talk),
    },
  ];
}

test("questions about recorded sessions cost fewer tokens by tools than by JSON", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await deliver(url);
  const client = new Client({ name: "spanfold-tokens", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  onTestFinished(async () => await client.close());
  const call = async ([name, given]: Call): Promise<string> => {
    const { content } = (await client.callTool({ name, arguments: given })) as { content: { text: string }[] };
    return content.map(({ text }) => text).join("\n");
  };
  const idOf = async (filter: Record<string, unknown>): Promise<string> =>
    await eventually(async () => {
      const id = /^session `([^`]+)`/m.exec(await call(["find_sessions", filter]))?.[1];
      if (id === undefined) throw new Error(`no session for ${JSON.stringify(filter)}`);
      return id;
    });
  const ids = {
    talk: await idOf({ agent: "weather" }),
    claude: await idOf({ agent: "claude-code" }),
    gemini: await idOf({ agent: "gemini-cli" }),
    qwen: await idOf({ agent: "qwen-code" }),
    opencode: await idOf({ tool: "bash" }),
    waiting: await idOf({ status: "waiting" }),
  };
  const version = /"since": "([^"]+)"/.exec(await call(["read_session", { session: ids.talk }]))?.[1] ?? "";
  const rows: string[] = [];
  for (const { asked, calls, answer, json } of questionsOf(ids, version)) {
    let text = "";
    let byTools = 0;
    for (const one of calls) {
      const [name, given] = typeof one === "function" ? one(text) : one;
      text = await call([name, given]);
      byTools += countTokens(`${name} ${JSON.stringify(given)}`) + countTokens(text);
    }
    expect.soft(text, asked).toMatch(answer);
    const response = await fetch(url + json, { headers: { accept: "application/json" } });
    const byJson = countTokens(await response.text());
    expect.soft(byTools, asked).toBeLessThan(byJson);
    const used = calls.map((one) => `\`${(typeof one === "function" ? one("") : one)[0]}\``).join(", ");
    rows.push(`| ${asked} | ${used} | ${grouped(byTools)} | ${grouped(byJson)} | ${Math.round(byJson / byTools)} |`);
  }
  const { tools } = await client.listTools();
  const once = countTokens(JSON.stringify(tools)) + countTokens(client.getInstructions() ?? "");
  const table = [
    "| question | tools | tokens | tokens of the JSON | times |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    `The tools and the server's instructions, once a conversation: ${grouped(once)} tokens.`,
    "",
  ].join("\n");
  const folder = join(import.meta.dirname, "..", "..", ".cache");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "tokens.md"), table);
  process.stdout.write(`\n${table}`);
});

const grouped = (value: number): string => value.toLocaleString("en");
