import type { SessionReport } from "../../src/session/contract/directory.ts";
import { searchText } from "../../src/session/list/search-text.ts";
import { searchableOf } from "../../src/session/list/searchable.ts";
import type { SessionSummary, Tally } from "../../src/session/summary.ts";
import { Connection, getRequest, requestHead } from "./connection.ts";
import { median, spread } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { expectOk } from "./load.ts";
import { answerOf, settle } from "./workerd.ts";
import type { Bench, Runtime } from "./workerd.ts";

const FEW = 1_000;
const MANY = 100_000;
/** A page of many may take 1.5 times as long as one of few. */
const WANTED = 0.67;

const PAGES: readonly { readonly name: string; readonly query: string }[] = [
  { name: "the newest 100", query: "" },
  { name: "the next 100", query: "cursor" },
  { name: "by tokens", query: "?sort=tokens" },
  { name: "by duration, least first", query: "?sort=duration&order=asc" },
  { name: "those that failed", query: "?status=failed" },
  { name: "a rare word", query: "?q=number-321-and" },
  { name: "a model that half of them use", query: "?model=gpt-4o" },
  { name: "a word that all of them hold", query: "?q=weather" },
];

/** Pages of a list of many sessions against pages of a list of few, both in steady state; and what a report costs. */
export async function benchList(bench: Bench, quick: boolean): Promise<Section> {
  const many = quick ? MANY / 5 : MANY;
  await fill(bench, "few", FEW);
  const filled = await fill(bench, "many", many);
  const few = await bench.start("few");
  const large = await bench.start("many");
  try {
    const first = [await millisOf(few, "/sessions"), await millisOf(large, "/sessions")] as const;
    const figures: Figure[] = [];
    for (const page of PAGES) figures.push(await compare(page, few, large, quick ? 40 : 200));
    figures.push({
      name: "the first page after a wake",
      value: first[1],
      unit: "ms",
      detail: `${first[0].toFixed(1)} ms of ${FEW.toLocaleString("en-US")}: the list's columns are read once`,
    });
    figures.push({ name: "reports to one directory", value: filled.rate, unit: "/s", detail: filled.rows });
    return {
      bench: "list",
      title: `a page of ${many.toLocaleString("en-US")} sessions against one of ${FEW.toLocaleString("en-US")}`,
      figures,
    };
  } finally {
    await few.stop();
    await large.stop();
    await bench.forget("few");
    await bench.forget("many");
  }
}

type Page = (typeof PAGES)[number];

/** Turn by turn, so that whatever else the machine does slows both. */
async function compare({ name, query }: Page, few: Runtime, many: Runtime, rounds: number): Promise<Figure> {
  const lists = await Promise.all([few, many].map((runtime) => ListReader.open(runtime, query)));
  try {
    for (let round = 0; round < rounds + 10; round++) for (const list of lists) await list.read(round >= 10);
    const [small = Number.NaN, large = Number.NaN] = lists.map(({ millis }) => median(millis));
    const detail = `${large.toFixed(2)} ms against ${small.toFixed(2)} ms; ${spread(lists[1]?.millis ?? [], 1)}`;
    return { name, value: small / large, unit: "", detail, target: WANTED };
  } finally {
    for (const list of lists) list.close();
  }
}

class ListReader {
  readonly millis: number[] = [];
  readonly #connection: Connection;
  readonly #request: Buffer;

  private constructor(connection: Connection, request: Buffer) {
    this.#connection = connection;
    this.#request = request;
  }

  static async open(runtime: Runtime, query: string): Promise<ListReader> {
    const path = query === "cursor" ? `/sessions?cursor=${await nextCursor(runtime)}` : `/sessions${query}`;
    return new ListReader(await Connection.open(runtime.port), getRequest(path));
  }

  async read(isCounted: boolean): Promise<void> {
    const begun = performance.now();
    expectOk(await this.#connection.send(this.#request));
    if (isCounted) this.millis.push(performance.now() - begun);
  }

  close(): void {
    this.#connection.close();
  }
}

async function nextCursor({ port }: Runtime): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/sessions`);
  const { nextCursor: cursor } = (await response.json()) as { nextCursor?: string };
  return cursor ?? "";
}

async function millisOf({ port }: Runtime, path: string): Promise<number> {
  const begun = performance.now();
  expectOk(await answerOf(port, path));
  return performance.now() - begun;
}

const REPORTS_AT_ONCE = 100;

async function fill(
  bench: Bench,
  data: string,
  count: number,
): Promise<{ readonly rate: number; readonly rows: string }> {
  const runtime = await bench.start(data, { counting: true });
  try {
    const connection = await Connection.open(runtime.port);
    const begun = performance.now();
    for (let from = 0; from < count; from += REPORTS_AT_ONCE) {
      const reports = Array.from({ length: Math.min(REPORTS_AT_ONCE, count - from) }, (_, n) => reportOf(from + n));
      const body = Buffer.from(JSON.stringify(reports));
      expectOk(
        await connection.send(Buffer.concat([requestHead("/bench/reports", "application/json", body.length), body])),
      );
    }
    const seconds = (performance.now() - begun) / 1_000;
    connection.close();
    const { rowsWritten } = JSON.parse((await answerOf(runtime.port, "/bench/bill")).text) as { rowsWritten: number };
    await settle(runtime.process);
    const rows = `each a new session with its full text: ${(rowsWritten / count).toFixed(1)} rows written`;
    return { rate: count / seconds, rows };
  } finally {
    await runtime.stop();
  }
}

const tally = (...names: string[]): Tally[] => names.map((name, at) => ({ name, calls: 3 + at, errors: 0 }));

/** A month of sessions, one every 26 s, the last an hour ago. */
function reportOf(n: number): SessionReport {
  const heard = Date.now() - 3_600_000 - (MANY - n) * 26_000;
  const id = `9f3c2a71-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
  const summary: SessionSummary = {
    id,
    kind: "session",
    title: `What will the weather be in town number ${n}, and what should I pack?`,
    start: `${heard - 1_000 * (n % 977)}000000`,
    end: `${heard}000000`,
    liveness: {
      lastArrival: `${heard}000000`,
      running: 0,
      awaitedParents: 0,
      missingParents: n % 7 === 0 ? 1 : 0,
      failed: n % 11 === 0,
    },
    traces: 1 + (n % 3),
    spans: 20 + (n % 400),
    errors: n % 11 === 0 ? 2 : 0,
    failedSpans: 0,
    queries: 1,
    agents: tally("planner", "writer"),
    teams: [],
    models: tally(n % 2 === 0 ? "gpt-4o" : "claude-sonnet-4-5"),
    tools: tally("get_forecast", "search", "fetch_page", `tool_${n % 50}`),
    services: ["executor", "gateway"],
    namespaces: [`team-${n % 20}`],
    users: [`user-${n % 500}`],
    tokens: { input: (n * 7_919) % 100_003, output: n % 900, cached: 0, written: 0, written1h: 0, reasoning: 0 },
    cost: (n % 1_000) / 1_000,
    also: [],
    watchers: 0,
    nowLine: { agent: "planner", kind: "llm", step: "gpt-4o", state: "ended", since: `${heard}000000` },
    steps: "amtmtmtttmammtm".repeat(1 + (n % 8)),
    ...(n % 11 === 0 ? { causes: [{ name: "get_forecast", reason: "the upstream service timed out", count: 2 }] } : {}),
    producer: n % 2 === 0 ? "langgraph" : "openai-agents",
  };
  return { id, generation: "000000001x", revision: 1, summary, search: searchText(searchableOf(summary)) };
}
