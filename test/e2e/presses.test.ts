import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

type Sent = {
  readonly session: string;
  readonly id: number;
  readonly parent?: number;
  /** `undefined`: an agent's run. */
  readonly tool?: string;
  readonly input?: string;
  /** Whether its end is sent, too. */
  readonly state: "running" | "ended";
};

/** Sends spans that began a second ago, one millisecond after the other. */
async function send(url: string, ...sent: readonly Sent[]): Promise<void> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = sent.map(({ session, id, parent, tool, input = "", state }) => ({
    traceId: session.charCodeAt(0).toString(16).padStart(32, "a"),
    spanId: String(id).padStart(16, "0"),
    ...(parent === undefined ? {} : { parentSpanId: String(parent).padStart(16, "0") }),
    name: tool ?? "helper",
    startTimeUnixNano: String(now - 1_000_000_000n + BigInt(id) * 1_000_000n),
    ...(state === "ended" && { endTimeUnixNano: String(now) }),
    attributes: Object.entries({
      "session.id": session,
      "input.value": input,
      ...(tool === undefined
        ? { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "helper" }
        : { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool }),
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }));
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}

/** From now on the page's time passes only by `page.clock`: a busy machine makes no press longer. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
}

/** Presses what an element shows, without releasing it. */
async function press(page: Page, selector: string): Promise<void> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  await page.mouse.move(box.x + 12, box.y + box.height / 2);
  await page.mouse.down();
}

/** The page received what was sent: it knows how long that took. */
const received = (page: Page) => page.locator(".stream-detail").waitFor();

test("a row that is pressed while another list comes is clicked, and the list is shown after the press", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  for (const [session, input] of [
    ["apples", "the horse"],
    ["bread", "the cat"],
    ["cherries", "the horse"],
  ] as const)
    await send(url, { session, id: 1, input, state: "ended" });
  const { page, complaints } = await openPage();
  await page.clock.install();
  await page.goto(`${url}/sessions?q=horse`);
  const rows = page.locator(".session-row");
  await expect.poll(() => rows.count()).toBe(2);
  await stopClock(page);

  const search = async (words: string) => {
    // The page watches a list from its first page on.
    const loaded = page.waitForRequest(
      (request) => /watch=true/.test(request.url()) && (new URL(request.url()).searchParams.get("q") ?? "") === words,
    );
    await page.getByLabel("Search the sessions").fill(words);
    await page.clock.runFor(200);
    await loaded;
    await page.clock.runFor(200);
  };

  // Released beside the row, the press clicks nothing.
  await press(page, 'a[href="/sessions/cherries"]');
  await search("");
  expect(await rows.count()).toBe(2);
  await page.mouse.move(5, 5);
  await page.mouse.up();
  await expect
    .poll(async () => {
      await page.clock.runFor(200);
      return await rows.count();
    })
    .toBe(3);

  await press(page, 'a[href="/sessions/cherries"]');
  await search("cat");
  expect(await rows.count()).toBe(3);
  await page.mouse.up();
  await expect.poll(() => new URL(page.url()).pathname).toBe("/sessions/cherries");
  expect(complaints).toEqual([]);
});

test("a step that is pressed while it ends is clicked", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const agent: Sent = { session: "errand", id: 1, state: "running" };
  const tool: Sent = { session: "errand", id: 2, parent: 1, tool: "search", state: "running" };
  await send(url, agent, tool);
  const { page, complaints } = await openPage();
  await page.clock.install();
  await page.goto(`${url}/sessions/errand?view=transcript`);
  const step = page.locator(".step").filter({ hasText: "search" });
  await step.getByText("running").waitFor();
  await expect.poll(() => page.getByRole("status").first().textContent()).toBe("Live");
  await stopClock(page);

  await press(page, ".step-of-running .step-words:has-text('search')");
  await send(url, { ...tool, state: "ended" });
  await received(page);
  await page.clock.runFor(500);
  expect(await step.getByText("running").count()).toBe(1);
  await page.mouse.up();
  await page.clock.resume();
  await page.getByRole("complementary", { name: "Span" }).getByText("search").first().waitFor();
  await expect.poll(() => step.getByText("running").count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("what is pressed for long does not keep the page from changing", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await send(url, { session: "apples", id: 1, state: "ended" });
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.locator(".session-row").waitFor();
  await page.getByRole("heading", { name: "Sessions" }).hover();
  await page.mouse.down();
  await send(url, { session: "bread", id: 1, state: "ended" });
  await expect.poll(() => page.locator(".session-row").count()).toBe(2);
  expect(complaints).toEqual([]);
});
