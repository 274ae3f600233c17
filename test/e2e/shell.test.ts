import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

type Sent = {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** Seconds since the session's start; without an end it runs. */
  readonly from: number;
  readonly to?: number;
  readonly failure?: string;
  readonly attributes?: Readonly<Record<string, string>>;
};

const agent = (name: string) => ({ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name });
const tool = (name: string) => ({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name });
const model = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

const TRACE_DIGITS = { first: "a", second: "b" } as const;

/** Sends spans of one session, each trace a turn. */
function sender(url: string, session: string, start = BigInt(Date.now() - 60_000) * 1_000_000n) {
  const instant = (seconds: number) => String(start + BigInt(Math.round(seconds * 1_000)) * 1_000_000n);
  return async (trace: keyof typeof TRACE_DIGITS, ...sent: readonly Sent[]) => {
    const spans = sent.map(({ id, parent, name, from, to, failure, attributes }) => ({
      traceId: TRACE_DIGITS[trace].repeat(32),
      spanId: id.toString(16).padStart(16, "0"),
      ...(parent === undefined ? {} : { parentSpanId: parent.toString(16).padStart(16, "0") }),
      name,
      startTimeUnixNano: instant(from),
      ...(to === undefined ? {} : { endTimeUnixNano: instant(to) }),
      ...(failure === undefined ? {} : { status: { code: 2, message: failure } }),
      attributes: Object.entries({ "session.id": session, ...attributes }).map(([key, stringValue]) => ({
        key,
        value: { stringValue },
      })),
    }));
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
    expect(response.status).toBe(200);
  };
}

const rowsOf = (page: Page) => page.getByRole("treegrid").getByRole("row");
/** The names of the spans: titles say what they did. */
const titles = (page: Page) =>
  rowsOf(page)
    .locator(".span-title")
    .evaluateAll((found) => found.map((title) => title.getAttribute("title")));
const query = (page: Page) => new URL(page.url()).searchParams;
const focused = (page: Page) => page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.id);

async function twoTurns(url: string): Promise<void> {
  const send = sender(url, "two-turns");
  await send(
    "first",
    { id: 1, name: "engineer", from: 0, to: 9, attributes: agent("engineer") },
    { id: 2, parent: 1, name: "chat", from: 0, to: 2, attributes: model },
    { id: 3, parent: 1, name: "run_sql", from: 2, to: 4, attributes: tool("run_sql"), failure: "statement timeout" },
    { id: 4, parent: 1, name: "run_sql again", from: 4, to: 8, attributes: tool("run_sql") },
  );
  await send(
    "second",
    { id: 5, name: "reviewer", from: 40, to: 45, attributes: agent("reviewer") },
    { id: 6, parent: 5, name: "chat two", from: 40, to: 45, attributes: model },
  );
}

test("kinds, turns and closed rows are chosen by pointer and key, and are in the URL", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await twoTurns(url);
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/two-turns?view=timeline`);
  await expect
    .poll(() => titles(page))
    .toEqual(["engineer", "chat", "run_sql", "run_sql again", "reviewer", "chat two"]);
  await picture("shell");

  // A card and a toggle choose the same kinds.
  const figures = page.getByRole("region", { name: "Figures" });
  const kinds = page.getByRole("group", { name: "Kinds" });
  await figures.getByRole("button", { name: /^tools/ }).click();
  await expect.poll(() => titles(page)).toEqual(["engineer", "run_sql", "run_sql again"]);
  await expect.poll(() => query(page).get("kinds")).toBe("tool,retrieval");
  await kinds.getByRole("button", { name: "tools" }).click();
  await figures.getByRole("button", { name: /^1.error/ }).click();
  await expect.poll(() => titles(page)).toEqual(["engineer", "run_sql"]);
  await expect.poll(() => figures.getByText("recovered").count()).toBe(1);
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["engineer", "run_sql"]);
  await kinds.getByRole("button", { name: "error" }).click();
  await expect.poll(() => query(page).get("kinds")).toBe(null);

  await page.getByRole("group", { name: "Turns" }).getByRole("button", { name: "Turn 2" }).click();
  await expect.poll(() => titles(page)).toEqual(["reviewer", "chat two"]);
  await page.getByRole("group", { name: "Turns" }).getByRole("button", { name: "Turn 2" }).click();

  await page.keyboard.press("j");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => titles(page)).toEqual(["engineer", "reviewer", "chat two"]);
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["engineer", "reviewer", "chat two"]);
  // An error below a closed row is shown, with the rows above it.
  await page.keyboard.press("e");
  await expect.poll(() => titles(page)).toContain("run_sql");
  await expect.poll(() => query(page).get("closed")).toBe(null);
  expect(complaints).toEqual([]);
});

test("the selection is one for all readings, and the panel gives the focus back", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await twoTurns(url);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/two-turns?view=timeline`);
  await rowsOf(page).first().waitFor();
  await page.keyboard.press("]");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Span" });
  const title = (name: string) => panel.getByRole("heading").getByTitle(name, { exact: true });
  await title("chat").waitFor();
  await expect.poll(() => focused(page)).toBe("Spans");

  await page.keyboard.press("]");
  await title("chat two").waitFor();
  await page.keyboard.press("1");
  await page.getByRole("tab", { name: "Transcript", selected: true }).waitFor();
  await title("chat two").waitFor();
  await page.goBack();
  await page.getByRole("tab", { name: "Timeline", selected: true }).waitFor();

  const wide = async () => (await panel.boundingBox())?.width ?? 0;
  const before = await wide();
  await page.keyboard.press("f");
  await expect.poll(wide).toBeGreaterThan(before * 1.5);
  await expect.poll(() => query(page).get("panel")).toBe("wide");
  await panel.getByRole("button", { name: /^Close the span/ }).click();
  await expect.poll(() => panel.count()).toBe(0);
  await expect.poll(() => focused(page)).toBe("Spans");
  expect(complaints).toEqual([]);
});

test("the overview goes to a step, selects a time and folds a long pause", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await twoTurns(url);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/two-turns?view=timeline`);
  const map = page.locator(".overview-map");
  await map.getByText("32.0 s").waitFor();
  const box = await map.boundingBox();
  if (box === null) throw new Error("the overview has no place");
  const at = (fraction: number): [number, number] => [box.x + box.width * fraction, box.y + box.height * 0.25];
  await page.mouse.click(...at(0.05));
  await expect.poll(() => page.locator(".at-cursor .span-title").getAttribute("title")).toBe("chat");

  await page.mouse.move(...at(0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.4), { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => query(page).get("range")).toMatch(/^\d{10}-\d{10}$/);
  const [from = 0, to = 0] = (query(page).get("range") ?? "").split("-").map(Number);
  // The right edge alone moves.
  await page.mouse.move(...at(0.4));
  await page.mouse.down();
  await page.mouse.move(...at(0.5), { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => Number(query(page).get("range")?.split("-")[1])).toBeGreaterThan(to);
  expect(Math.abs(Number(query(page).get("range")?.split("-")[0]) - from)).toBeLessThan(5e7);
  await page.keyboard.press("0");
  await expect.poll(() => query(page).get("range")).toBe(null);
  expect(complaints).toEqual([]);
});

test("at 1280 pixels the four classes of time keep their names", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await sender(url, "classes")(
    "first",
    { id: 1, name: "chat", from: 0, to: 3_723, attributes: { "gen_ai.operation.name": "chat" } },
    { id: 2, name: "ls", from: 3_723, to: 7_784, attributes: tool("ls") },
    { id: 3, name: "around", from: 7_784, to: 11_400, attributes: {} },
    { id: 4, name: "ls", from: 200_000, to: 200_001, attributes: tool("ls") },
  );
  const { page, complaints } = await openPage({ viewport: { width: 1280, height: 850 } });
  await page.goto(`${url}/sessions/classes`);
  const names = page.locator(".card").first().locator(".part-name");
  await expect.poll(() => names.allTextContents()).toEqual(["models", "tools", "between", "idle"]);
  const isCut = names.evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
  expect(await isCut).toEqual([false, false, false, false]);
  expect(complaints).toEqual([]);
});

test("names of models stay readable beside what they cost", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const costs = async (trace: keyof typeof TRACE_DIGITS, prices: Readonly<Record<string, string>>): Promise<void> =>
    sender(url, `the ${trace}`)(
      trace,
      ...Object.entries(prices).map(([name, cost], n) => ({
        id: n + 1,
        name: "chat",
        from: n,
        to: n + 1,
        attributes: { ...model, "gen_ai.request.model": name, "gen_ai.usage.cost": cost },
      })),
    );
  const { page, complaints } = await openPage({ viewport: { width: 1280, height: 850 } });
  const card = page.locator(".card").nth(1);
  const cut = () =>
    card
      .locator(".part-name")
      .evaluateAll((all) => all.map((name) => [name.textContent, name.scrollWidth > name.clientWidth]));
  await costs("first", { "claude-sonnet-4-5-20250929": "0.0231", "gpt-5.2": "0.0078" });
  await page.goto(`${url}/sessions/the first`);
  await expect.poll(cut).toEqual([
    ["claude-sonnet-4-5-20250929", true],
    ["gpt-5.2", false],
  ]);
  await costs("second", { "claude-sonnet-4-5": "0.0231", "gpt-5.2": "0.0078", "gpt-5-mini": "0.0014" });
  await page.goto(`${url}/sessions/the second`);
  await expect.poll(cut).toEqual([["claude-sonnet-4-5", false]]);
  expect(await card.getByTitle("gpt-5.2 $0.0078").textContent()).toBe("+ 2\u00a0others");
  expect(complaints).toEqual([]);
});

test("at 1121 pixels, where four cards stand beside each other, names of models can be read", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const call = (name: string, id: number) => ({
    id,
    name: "chat",
    from: id,
    to: id + 1,
    attributes: { ...model, "gen_ai.request.model": name, "gen_ai.usage.input_tokens": "3000" },
  });
  await sender(url, "two models")("first", call("gemini-3-pro", 1), call("gpt-5.2", 2));
  const { page, complaints } = await openPage({ viewport: { width: 1121, height: 850 } });
  await page.goto(`${url}/sessions/two models`);
  await expect.poll(() => page.locator(".card").count()).toBe(4);
  const names = page.locator(".card").nth(1).locator(".part-name");
  await expect.poll(() => names.allTextContents()).toEqual(["gemini-3-pro", "gpt-5.2"]);
  // Some six letters.
  const widths = await names.evaluateAll((all) => all.map(({ clientWidth }) => clientWidth));
  expect(widths.filter((width) => width < 45)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("Follow brings what it follows into a low window, where the page scrolls too", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "low");
  await send(
    "first",
    ...Array.from({ length: 60 }, (_, n) => ({
      id: n + 1,
      name: `step ${n}`,
      from: n,
      to: n + 0.5,
      attributes: tool("ls"),
    })),
  );
  const { page, complaints } = await openPage({ viewport: { width: 1100, height: 420 } });
  for (const view of ["timeline", "transcript"]) {
    await page.goto(`${url}/sessions/low?view=${view}`);
    await page.getByRole("button", { name: "Follow" }).click();
    const last = view === "timeline" ? rowsOf(page).last() : page.locator(".transcript .step").last();
    const bottom = async () => {
      const box = await last.boundingBox();
      return (box?.y ?? Number.POSITIVE_INFINITY) + (box?.height ?? 0);
    };
    await expect.poll(bottom).toBeLessThanOrEqual(420);
  }
  expect(complaints).toEqual([]);
});

test("Follow shows the newest changed step, also of an agent above others, until the reader scrolls", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "parallel");
  const many = (parent: number, from: number): Sent[] =>
    Array.from({ length: 60 }, (_, n) => ({
      id: parent * 1_000 + n,
      parent,
      name: `step ${parent}.${n}`,
      from: from + n / 10,
      to: from + n / 10 + 0.05,
      attributes: tool("ls"),
    }));
  await send(
    "first",
    { id: 1, name: "first agent", from: 0, attributes: agent("one") },
    ...many(1, 0),
    { id: 2, name: "second agent", from: 1, attributes: agent("two") },
    ...many(2, 10),
  );
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/parallel?view=timeline`);
  const row = (name: string) => rowsOf(page).filter({ has: page.locator(`[title="${name}"]`) });
  await rowsOf(page).first().waitFor();
  await page.keyboard.press("F");
  await expect.poll(() => row("step 2.59").count()).toBe(1);

  await send("first", { id: 9_001, parent: 1, name: "new of the first", from: 30, to: 31, attributes: tool("ls") });
  await expect.poll(() => row("new of the first").isVisible()).toBe(true);
  expect(await row("step 2.59").count()).toBe(0);

  await page.mouse.move(600, 600);
  await page.mouse.wheel(0, -2_000);
  await expect.poll(() => page.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed")).toBe("false");
  await send("first", { id: 9_002, parent: 2, name: "new of the second", from: 32, to: 33, attributes: tool("ls") });
  await expect.poll(() => page.getByRole("region", { name: "Now" }).textContent()).toMatch(/before: .*two.*ls/);
  expect(await row("new of the second").count()).toBe(0);
  expect(complaints).toEqual([]);
});
