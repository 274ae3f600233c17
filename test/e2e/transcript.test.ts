import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { sendBatch, sendSession } from "../bench/page/sessions.ts";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { getJson, type SessionAnswer } from "../program/read-back.ts";
import { closeBrowser, drawings, openPage, untilWhole } from "./open-page.ts";

afterAll(closeBrowser);

type Sent = {
  readonly id: number;
  readonly parent?: number;
  readonly name?: string;
  /** Seconds after the session's start. */
  readonly from: number;
  readonly to?: number;
  readonly with: Readonly<Record<string, unknown>>;
  readonly error?: string;
};

/** Sends spans of one trace. Objects become JSON text. */
function sender(url: string, session: string) {
  const start = BigInt(Date.now()) * 1_000_000n - 3_600_000_000_000n;
  const at = (seconds: number): string => String(start + BigInt(Math.round(seconds * 1e9)));
  return async (...sent: readonly Sent[]): Promise<void> => {
    const spans = sent.map(({ id, parent, name = "step", from, to, with: attributes, error }) => ({
      traceId: "5b8aa5a2d2c872e8321cf37308d69df3",
      spanId: id.toString(16).padStart(16, "0"),
      ...(parent === undefined ? {} : { parentSpanId: parent.toString(16).padStart(16, "0") }),
      name,
      startTimeUnixNano: at(from),
      endTimeUnixNano: at(to ?? from + 1),
      attributes: Object.entries({ "session.id": session, ...attributes }).map(([key, value]) => ({
        key,
        value: { stringValue: typeof value === "string" ? value : JSON.stringify(value) },
      })),
      ...(error === undefined ? {} : { status: { code: 2, message: error } }),
    }));
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
    expect(response.status).toBe(200);
  };
}

const query = (text: string, to: number): Sent => ({
  id: 1,
  name: "query.q",
  from: 0,
  to,
  with: { "query.name": "q", "input.value": text },
});
const answer = (id: number, from: number, text: string): Sent => ({
  id,
  parent: 1,
  name: "llm",
  from,
  with: {
    "openinference.span.kind": "LLM",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.output.messages": [{ role: "assistant", content: text }],
  },
});
const tool = (id: number, from: number, given: unknown, returned: unknown, error?: string): Sent => ({
  id,
  parent: 1,
  name: "tool",
  from,
  with: {
    "openinference.span.kind": "TOOL",
    "tool.name": "run_sql",
    "input.value": given,
    "output.value": returned,
  },
  ...(error === undefined ? {} : { error }),
});

const rowsOf = (page: Page) => page.getByRole("list", { name: "Transcript" }).getByRole("listitem");
/** The items of lists within a row are list items too. */
const stepsOf = (page: Page) => page.locator('[aria-label="Transcript"] > div > [role="listitem"]');

test("a session reads from question to answer, and a tool opens in place", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "reads");
  await send(
    query("Why is checkout **slow**?", 60),
    tool(2, 1, { sql: "select 1", limit: 5 }, { rows: [{ note: "one\ntwo", cost: 7 }] }),
    tool(3, 3, { sql: "select 2" }, "", "statement timeout"),
    answer(4, 40, "**Cause:** no index on `code`.\n\n1. look\n2. fix"),
  );
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/reads`);
  await rowsOf(page).getByText("Cause:", { exact: true }).waitFor();
  const lines = (await stepsOf(page).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
  // The duration is a button; its whole name is for those who hear it.
  const seen = lines.map((line) => line.replace(/\d+:\d+:\d+\s[AP]M/, "TIME").replace(/ Details of \w+:/, ""));
  expect(seen).toEqual([
    "Turn 1 TIME · 1 m 00 s",
    "User Why is checkout slow?",
    "run_sql select 1 → note=one two, cost=7 1.00 s",
    "run_sql select 2 statement timeout 1.00 s",
    "36.0 s idle",
    "Cause: no index on code. look fix 1.00 s",
  ]);
  expect(await page.locator(".markdown strong").allInnerTexts()).toEqual(["slow", "Cause:"]);

  await stepsOf(page).nth(2).getByRole("button", { name: "Open" }).click();
  await page.getByText("[1 item]").waitFor();
  await picture("transcript-tool-in-place");
  expect(await stepsOf(page).nth(2).locator(".json-lines").innerText()).toBe("one\ntwo");

  await stepsOf(page)
    .nth(5)
    .getByRole("button", { name: /^Details of/ })
    .click();
  await page.getByRole("complementary", { name: "Span" }).waitFor();
  await page.keyboard.press("m");
  await page.getByText("**Cause:** no index on `code`.").first().waitFor();
  expect(complaints).toEqual([]);
});

test("a link to a span shows its step, however far down it is", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const steps = Array.from({ length: 120 }, (_, at) => tool(at + 2, at, { sql: `select ${at}` }, "done"));
  await sender(url, "linked")(query("Try all", 200), ...steps);
  const { page, complaints } = await openPage();
  // As the API and the tools for models write it: without the span's kind.
  await page.goto(
    `${url}/sessions/linked?span=5b8aa5a2d2c872e8321cf37308d69df3:${(102).toString(16).padStart(16, "0")}`,
  );
  await expect.poll(() => rowsOf(page).getByText("select 100", { exact: true }).count()).toBe(1);
  await expect
    .poll(async () => (await rowsOf(page).getByText("select 100", { exact: true }).boundingBox())?.y ?? -1)
    .toBeGreaterThan(100);
  expect(complaints).toEqual([]);
});

test("hostile contents run no script and ask no other host, in each kind of step", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "hostile");
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const hostile = [
    "<script>window.owned=1</script>",
    `<img src="http://evil.invalid/a.png" onerror="window.owned=1">`,
    "<svg onload=\"window.owned=1\"><use href='http://evil.invalid/b.svg#x'/></svg>",
    "<style>@import url(http://evil.invalid/c.css); body { display: none }</style>",
    "<iframe src='http://evil.invalid/d'></iframe>",
    "[run](javascript:window.owned=1) [data](data:text/html,<script>1</script>)",
    "![cat](http://evil.invalid/e.png) ![svg](data:image/svg+xml;base64,PHN2Zz4=)",
    `![dot](data:image/png;base64,${pixel})`,
    "[out](https://evil.invalid/f) <https://evil.invalid/g>",
    "safe \u202Etxt.exe and &#x202E;txt.exe",
    "</div></section><h1>Out</h1>",
  ].join("\n\n");
  await send(
    query(hostile, 60),
    {
      id: 2,
      parent: 1,
      name: hostile.slice(0, 200),
      from: 1,
      to: 9,
      with: { "agent.name": `<b>${hostile.slice(0, 60)}` },
    },
    {
      ...tool(3, 2, { sql: hostile, ["<img src=x onerror=alert(1)>"]: hostile }, { html: hostile }, hostile),
      parent: 2,
    },
    answer(4, 40, hostile),
    answer(5, 42, `# ${"a".repeat(1_000_000)}`),
  );
  const { page, complaints, picture } = await openPage();
  const foreign: string[] = [];
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !address.startsWith("data:")) foreign.push(address);
  });
  await page.goto(`${url}/sessions/hostile`);
  await page.locator(".markdown").first().waitFor();
  // A click takes a button away.
  const buttons = [
    page.locator('.step-of-tool [aria-label="Open"]'),
    page.getByRole("button", { name: /^Show image/ }),
  ];
  for (const all of buttons) while ((await all.count()) > 0) await all.first().click();
  await page.locator(".markdown-image").first().waitFor();
  await picture("transcript-hostile");

  const drawn = await page.locator(".transcript").evaluate((element) => ({
    elements: element.querySelectorAll("script, iframe, style, object, embed, link, form, h1, use").length,
    handlers: Array.from(element.querySelectorAll("*")).filter((one) =>
      Array.from(one.attributes).some(({ name }) => name.startsWith("on")),
    ).length,
    images: Array.from(element.querySelectorAll("img"), ({ src }) => src.slice(0, 22)),
    links: Array.from(
      element.querySelectorAll<HTMLAnchorElement>(".markdown a"),
      (link) => `${new URL(link.href).protocol} ${link.rel} ${link.target}`,
    ),
    directions: /[\u202a-\u202e\u2066-\u2069]/.test(element.textContent ?? ""),
  }));
  expect(drawn.elements).toBe(0);
  expect(drawn.handlers).toBe(0);
  expect(new Set(drawn.images)).toEqual(new Set(["data:image/png;base64,"]));
  // An address in the text of a tag is a link that the reader may follow.
  const follows = ["http: noreferrer noopener _blank", "https: noreferrer noopener _blank"];
  expect(new Set(drawn.links)).toEqual(new Set(follows));
  expect(drawn.directions).toBe(false);
  expect(await page.evaluate(() => "owned" in window)).toBe(false);
  expect(foreign).toEqual([]);
  expect(complaints).toEqual([]);
});

test("of a session of thousands of steps only those in view are mounted, and new ones move nothing", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "long");
  const steps = Array.from({ length: 3_000 }, (_, at) =>
    at % 2 === 0
      ? tool(at + 2, at, { q: `call ${at}` }, "done")
      : answer(at + 2, at, `Answer **${at}**\n\n- one\n- two`),
  );
  await send(query("Go", 4_000));
  for (let at = 0; at < steps.length; at += 500) await send(...steps.slice(at, at + 500));
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/long`);
  const scroller = page.locator(".transcript > .scroller");
  await expect.poll(() => scroller.evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(60_000);
  const mounted = (): Promise<number> => stepsOf(page).count();
  expect(await mounted()).toBeLessThan(120);

  await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  const inView = stepsOf(page).filter({ hasText: "Answer" }).nth(10);
  await inView.locator("strong").waitFor();
  const words = await inView.locator("strong").innerText();
  const place = async () =>
    (
      await stepsOf(page)
        .filter({ hasText: `Answer ${words}` })
        .first()
        .boundingBox()
    )?.y;
  await untilWhole(page);
  // Rows above were never drawn, so that their heights become known only now. What is drawn first comes to rest.
  let before: number | undefined;
  await expect
    .poll(async () => {
      const last = before;
      await drawings(page, 10);
      before = await place();
      return before === last;
    })
    .toBe(true);
  await send(tool(9_001, 0.5, { q: "early" }, "done"), tool(9_002, 3_500, { q: "late" }, "done"));
  await page.getByRole("button", { name: "new steps" }).waitFor();
  expect(Math.abs(((await place()) ?? 0) - (before ?? 0))).toBeLessThan(2);
  expect(await mounted()).toBeLessThan(120);

  await page.getByRole("button", { name: "new steps" }).click();
  await stepsOf(page).filter({ hasText: "early" }).waitFor();

  // Out of view, rows may be behind what arrived. Those that the reader scrolls to are not.
  await send(tool(9_003, 3_600, { q: "the very last" }, "done"));
  await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await stepsOf(page).filter({ hasText: "the very last" }).waitFor();
  expect(complaints).toEqual([]);
});

test("new turns are counted, and their steps come when the reader does", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await sendSession(url, { id: "turns", spans: 600, traces: 3, seed: 7 });
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/turns`);
  const scroller = page.locator(".transcript > .scroller");
  await expect.poll(() => scroller.evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(20_000);
  await untilWhole(page);
  const pill = (count: number) => page.getByRole("button", { name: count === 1 ? "1 new turn" : `${count} new turns` });
  for (const turn of [1, 2, 3]) {
    await sendBatch(url, "turns", 60, 100 + turn);
    await pill(turn).waitFor();
  }
  // The steps that come make the end of the rows lie deeper.
  const lastRow = () =>
    scroller.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
      return Array.from(element.querySelectorAll(".step")).at(-1)?.className;
    });
  const where = async () => `${await lastRow()} ${await page.locator(".transcript-sticky").innerText()}`;
  await expect.poll(where).toMatch(/^step step-of-text\s+Turn 6/);
  expect(complaints).toEqual([]);
});

test("Follow keeps the newest step in view when steps join above it, and counts none as unseen", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const send = sender(url, "followed");
  const agent = (id: number, name: string, from: number): Sent => ({
    id,
    parent: 1,
    from,
    to: 900,
    with: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name },
  });
  const step = (parent: number, id: number, from: number, text: string): Sent => ({
    ...answer(id, from, text),
    parent,
  });
  const many = (from: number) => Array.from({ length: 40 }, (_, n) => step(2, from + n, from + n, `Step ${from + n}.`));
  await send(
    query("Go on.", 900),
    agent(2, "one", 1),
    ...many(10).slice(0, 5),
    agent(3, "two", 2),
    step(3, 800, 800, "It began."),
  );
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions/followed`);
  const transcript = page.getByRole("list", { name: "Transcript" });
  await transcript.getByText("It began.").waitFor();
  await page.keyboard.press("F");
  await send(...many(100), { ...step(3, 800, 800, "The end of it."), to: 880 });
  const end = transcript.getByText("The end of it.");
  const isInView = () =>
    end.evaluate((one) => {
      const { bottom } = one.getBoundingClientRect();
      return bottom <= (one.closest(".scroller")?.getBoundingClientRect().bottom ?? 0);
    });
  await expect.poll(isInView).toBe(true);
  // It stays there.
  await drawings(page, 30);
  expect(await isInView()).toBe(true);
  expect(await page.getByRole("button", { name: /new steps?$/ }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("what was followed and left the view is given back", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const root = await sendSession(url, { id: "kept", spans: 1_500, traces: 1, seed: 5 });
  const { page } = await openPage();
  await page.goto(`${url}/sessions/kept`);
  await stepsOf(page).first().waitFor();
  await page.keyboard.press("F");
  const client = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize;
  };
  // It counts the spans that the page has.
  await page.getByRole("button", { name: "Details, export, delete" }).click();
  const follow = async (...seeds: readonly number[]): Promise<void> => {
    for (const seed of seeds) {
      await sendBatch(url, "kept", 100, seed, root);
      const { session } = await getJson<SessionAnswer>(url, "/sessions/kept");
      await page.getByText(`${session.spans.toLocaleString("en-US")} in 1 trace`).waitFor();
    }
  };
  /** The heap without what drawing and folding leave for a moment. */
  const atRest = async (): Promise<number> => {
    const all = [await heap()];
    do {
      await page.waitForTimeout(1_000);
      all.push(await heap());
    } while (all.length < 30 && Math.abs((all.at(-1) ?? 0) - (all.at(-2) ?? 0)) > 50_000);
    return all.at(-1) ?? 0;
  };
  await follow(1, 2, 3);
  const before = await atRest();
  await follow(4, 5, 6, 7, 8, 9, 10, 11);
  // What these spans say is some three megabytes. The rows of all folds are as much again, twice.
  expect((await atRest()) - before).toBeLessThan(6_000_000);
});
