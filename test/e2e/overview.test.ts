import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const TRACE = "5b8aa5a2d2c872e8321cf37308d69dfb";
const HOSTILE = `</li><script>window.owned=1</script><img src=x onerror="window.owned=1"> $& \u202Eevil\u202C`;
const HEBREW = "שלום עולם";

type Sent = {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  /** Seconds ago. */
  readonly from: number;
  /** `undefined`: it runs. */
  readonly to?: number;
  readonly failed?: true;
  readonly with?: Readonly<Record<string, string | number>>;
};

async function send(url: string, session: string, spans: readonly Sent[], token?: string): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const at = (ago: number): string => String(now - BigInt(Math.round(ago * 1e9)));
  const attribute = (key: string, value: string | number) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  });
  const written = spans.map(({ id, parent, name, from, to, failed, with: given = {} }) => ({
    traceId: TRACE,
    spanId: String(id).padStart(16, "0"),
    ...(parent === undefined ? {} : { parentSpanId: String(parent).padStart(16, "0") }),
    name,
    kind: id === 1 ? 2 : 1,
    startTimeUnixNano: at(from),
    ...(to === undefined ? {} : { endTimeUnixNano: at(to) }),
    ...(failed && { status: { code: 2, message: "no answer" } }),
    attributes: Object.entries({ "session.id": session, ...given }).map(([key, value]) => attribute(key, value)),
  }));
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: written }] }] }),
  });
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

const SPANS: readonly Sent[] = [
  { id: 1, name: "POST", from: 9, with: { "http.request.method": "POST", "http.route": "/chat/:id" } },
  { id: 2, parent: 1, name: "invoke_agent helper", from: 8.8, with: { "gen_ai.operation.name": "invoke_agent" } },
  {
    id: 3,
    parent: 2,
    name: "chat acme-1",
    from: 8.5,
    to: 5,
    with: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "acme-1",
      "gen_ai.usage.input_tokens": 1_200,
      "gen_ai.usage.output_tokens": 300,
    },
  },
  {
    id: 4,
    parent: 2,
    name: `execute_tool ${HOSTILE}`,
    from: 5,
    to: 3,
    failed: true,
    with: { "gen_ai.tool.name": "search" },
  },
  { id: 5, parent: 4, name: HEBREW, from: 4.5, to: 3.4 },
];

const figures = async (page: Page): Promise<Record<string, string>> =>
  Object.fromEntries(
    await page
      .locator(".overview-numbers dl > div")
      .evaluateAll((all) => all.map((one) => [one.children[0]?.textContent ?? "", one.children[1]?.textContent ?? ""])),
  );

const rects = (page: Page) => page.locator(".waterfall svg rect");

/** The directory hears of a session a moment after its spans were acknowledged. */
async function untilKnown(url: string, more: object = {}): Promise<void> {
  const read = async () => await (await fetch(url, { headers: { accept: "application/json" } })).json();
  await expect
    .poll(read, { timeout: 60_000 })
    .toMatchObject({ latest: { session: "my errand" }, numbers: { spans: { count: 1 } }, ...more });
}

/** The same, in a page. */
async function untilShown(page: Page, address: string): Promise<void> {
  await expect
    .poll(async () => {
      await page.goto(address);
      return await rects(page).count();
    })
    .toBe(SPANS.length);
}

test("without script: what goes on, the numbers and the latest trace, at / and /otel", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, picture } = await openPage({ javaScriptEnabled: false });
  await page.goto(url);
  await page.getByText("No span was received yet").waitFor();
  await picture("overview-empty-without-script");
  await send(url, "my errand", SPANS);
  for (const path of ["/", "/otel"]) {
    await untilShown(page, url + path);
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual(["Now", "Numbers", "Latest trace"]);
    const now = page.getByRole("region", { name: "Now" });
    expect(await now.getByRole("listitem").allTextContents()).toEqual([expect.stringMatching(/^Running /)]);
    // A span a row, each below its parent.
    const rows = await rects(page).evaluateAll((all) =>
      all.map((rect) => [rect.getAttribute("y"), rect.textContent.replace(/ · .*/, "").slice(0, 14)]),
    );
    expect(rows.map(([, name]) => name)).toEqual(["POST", "invoke_agent h", "chat acme-1", "execute_tool <", HEBREW]);
    expect(rows.map(([y]) => Number(y))).toEqual([5, 27, 49, 71, 93]);
    expect(await figures(page)).toMatchObject({
      "Sessions now": "1 of 1",
      Spans: "3",
      Errors: "1",
      Turns: "0",
      Tokens: "1,500",
    });
    expect(await page.locator(".overview-numbers p").textContent()).toMatch(
      /^Of the last 3 spans that ended, all that were received: back to \d+\ss ago/,
    );
  }
  await picture("overview-without-script");
  // What names hold is text.
  expect(await page.locator("main script, main img").count()).toBe(0);
  expect(await page.locator(".waterfall li").nth(3).textContent()).toContain("</li><script>window.owned=1</script>");
  expect(await page.locator(".waterfall li").nth(3).textContent()).toContain("$& ⟨RLO⟩evil⟨PDF⟩");
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe("/sessions");
});

test("the tab says how many sessions wait", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, complaints } = await openPage();
  const turn = { id: 1, name: "turn", from: 3, with: { "gen_ai.operation.name": "invoke_agent" } };
  const asks = { "mcp.method.name": "elicitation/create", "input.value": '{"message": "Which city?"}' };
  await send(url, "errand", [turn, { id: 2, parent: 1, name: "elicitation/create", from: 1, with: asks }]);
  await page.goto(url);
  await page.locator(".overview-now .status-waiting").waitFor();
  await expect.poll(() => page.title()).toBe("(1 waiting) Spanfold");
  expect(complaints).toEqual([]);
});

test("with script it follows the stream, and its links lead on without a reload", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, complaints, picture } = await openPage();
  await page.goto(url);
  await page.getByText("Waiting for the first span").waitFor();
  // They look as they do in the list.
  const heads = await page
    .locator(".snippet > header")
    .evaluateAll((all) => all.map((head) => head.parentElement?.clientWidth === head.clientWidth));
  expect(heads).toEqual([true, true]);
  // The page scrolls, and no box within it.
  const hidden = page.locator(".empty").evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
  expect(await hidden).toBe(0);
  await picture("overview-empty");
  await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
  await send(url, "my errand", SPANS);
  await expect.poll(() => rects(page).count()).toBe(SPANS.length);
  expect(await page.locator(".front-bar-running").count()).toBe(2);
  await send(url, "my errand", [
    { id: 1, name: "POST", from: 9, to: 0, with: { "http.request.method": "POST", "http.route": "/chat/:id" } },
    {
      id: 2,
      parent: 1,
      name: "invoke_agent helper",
      from: 8.8,
      to: 1,
      with: { "gen_ai.operation.name": "invoke_agent" },
    },
    { id: 6, parent: 2, name: "chat acme-1", from: 3, to: 1 },
  ]);
  await expect.poll(() => rects(page).count()).toBe(SPANS.length + 1);
  await expect.poll(() => page.locator(".front-bar-running").count()).toBe(0);
  await expect
    .poll(() => figures(page))
    .toMatchObject({ Turns: "1", Spans: "6", "Turn p95": expect.stringMatching(/^9\.0\d\ss$/) });
  await picture("overview");
  await page.getByRole("link", { name: "All sessions" }).click();
  await page.getByRole("table", { name: "Sessions" }).waitFor();
  await page.getByRole("link", { name: "Spanfold" }).click();
  await page.locator('.overview-latest a[href="/sessions/my%20errand"]').click();
  await page.getByRole("tab", { name: "Timeline" }).waitFor();
  expect(
    await page.evaluate(() => [Object.hasOwn(globalThis, "notReloaded"), Reflect.get(globalThis, "owned")]),
  ).toEqual([true, undefined]);
  expect(complaints).toEqual([]);
});

/** Counts what the page asks `/` for, but not the page itself. */
function countReads(page: Page, url: string): () => number {
  let reads = 0;
  page.on("request", (request) => {
    if (request.url() === `${url}/` && request.resourceType() === "fetch") reads++;
  });
  return () => reads;
}

test("it is read once a load, again after a change, and not after an export that is refused", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, "my errand", [{ id: 1, name: "POST", from: 9, to: 5 }]);
  // Ten seconds after it was last heard of the session is over. Until then time alone leads to a read.
  await untilKnown(url, { now: [] });
  const { page } = await openPage();
  const reads = countReads(page, url);
  await page.goto(url);
  await page.locator(".brand svg").waitFor();
  await expect.poll(() => page.locator(".waterfall").getByText("POST").count()).toBeGreaterThan(0);
  // The first bookmark, and that of a refused export, would have led to one within a second.
  const refused = await fetch(`${url}/v1/traces`, { method: "POST", body: "{" });
  expect(refused.ok).toBe(false);
  await page.waitForTimeout(2_500);
  expect(reads()).toBe(1);
  await send(url, "my errand", [{ id: 2, parent: 1, name: HEBREW, from: 8, to: 6 }]);
  await page.locator(".waterfall").getByText(HEBREW).first().waitFor();
});

test("a read that fails is made again", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, "my errand", [{ id: 1, name: "POST", from: 9, to: 5 }]);
  await untilKnown(url);
  const { page } = await openPage();
  let failing = true;
  await page.route(`${url}/`, async (route) => {
    if (!failing || route.request().resourceType() !== "fetch") return await route.continue();
    failing = false;
    return await route.fulfill({ status: 500 });
  });
  const again = page.waitForResponse(
    (answer) => answer.request().resourceType() === "fetch" && answer.url() === `${url}/` && answer.ok(),
  );
  await page.goto(url);
  // Without script it is in the page already.
  await again;
  expect(failing).toBe(false);
  await page.locator(".waterfall").getByText("POST").first().waitFor();
});

test.each([
  ["light", 1360],
  ["light", 390],
  ["dark", 1360],
  ["dark", 390],
] as const)("axe-core finds nothing, and nothing is cut: %s, %i pixels", async (colorScheme, width) => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, picture } = await openPage({ colorScheme, viewport: { width, height: 850 } });
  await send(url, "my errand", SPANS);
  await untilShown(page, url);
  await page.locator(".brand svg").waitFor();
  await expect.poll(() => rects(page).count()).toBe(SPANS.length);
  await picture(`overview-${colorScheme}-${width}`);
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
    const { violations } = await run.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
  });
  expect(found).toEqual([]);
  const tooWide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("main, section, .waterfall")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((place) => place.className || place.tagName),
  );
  expect(tooWide).toEqual([]);
});

test("with tokens it shows nothing before one is entered", async () => {
  const tokens = { ADMIN_TOKEN: "admin-secret", VIEW_TOKEN: "view-secret" };
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory(), ...tokens });
  await send(url, "my errand", SPANS, tokens.ADMIN_TOKEN);
  const html = async (authorization?: string) => {
    const headers = { accept: "text/html", ...(authorization && { authorization }) };
    return await (await fetch(url, { headers })).text();
  };
  await expect.poll(() => html(`Bearer ${tokens.VIEW_TOKEN}`)).toContain("invoke_agent helper");
  expect(await html()).not.toMatch(/invoke_agent|my errand|<rect/);
  expect((await fetch(url, { headers: { accept: "application/json" } })).status).toBe(401);
  const { page } = await openPage();
  await page.goto(url);
  await page.getByRole("textbox", { name: "Token" }).fill(tokens.VIEW_TOKEN);
  await page.getByRole("button", { name: "Open" }).click();
  await expect.poll(() => rects(page).count()).toBe(SPANS.length);
});
