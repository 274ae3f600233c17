import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage, untilWhole } from "./open-page.ts";

afterAll(closeBrowser);

async function openSession(page: Page, view: "timeline" | "steps"): Promise<void> {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  expect(await run("demo", ["--fast", "--endpoint", url])).toMatchObject({ code: 0 });
  await page.goto(`${url}/sessions`);
  await page.locator('a[href^="/sessions/checkout-latency-"]').click();
  await page.getByRole("tab", { name: view === "timeline" ? "Timeline" : "Steps" }).click();
  // While the session loads, widths may change with what comes.
  await untilWhole(page);
}

const widthOf = async (cell: Locator): Promise<number> => Math.round((await cell.boundingBox())?.width ?? 0);

/** Drags the edge at the right of a cell. */
async function drag(page: Page, cell: Locator, by: number): Promise<void> {
  const box = await cell.boundingBox();
  if (box === null) throw new Error("the cell is not shown");
  const [x, y] = [box.x + box.width - 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + by, y, { steps: 4 });
  await page.mouse.up();
}

test("the timeline's columns: dragged, hidden, sized by keys, remembered, and reset", async () => {
  const { page, complaints, picture } = await openPage();
  await openSession(page, "timeline");
  const cell = (name: string): Locator => page.locator(".tree-head").locator(`[data-column="${name}"]`);
  await cell("tokens").waitFor();
  const before = { span: await widthOf(cell("span")), tokens: await widthOf(cell("tokens")) };
  await drag(page, cell("span"), -120);
  await expect.poll(() => widthOf(cell("span"))).toBe(before.span - 120);
  // The cells of the rows stand under their heads.
  const row = page.getByRole("treegrid").getByRole("row").first();
  await expect.poll(() => widthOf(row.locator(".span-name"))).toBe(before.span - 120);

  await page.getByRole("button", { name: "Columns of the timeline" }).click();
  await page.getByRole("checkbox", { name: "Cost" }).uncheck();
  await expect.poll(() => cell("cost").count()).toBe(0);
  expect(await row.locator(".span-cost").isVisible()).toBe(false);
  await page.getByRole("slider", { name: "Width of Tokens" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => widthOf(cell("tokens"))).toBeGreaterThan(before.tokens);
  await picture("timeline-columns");
  await page.keyboard.press("Escape");

  await page.reload();
  await cell("tokens").waitFor();
  expect(await cell("cost").count()).toBe(0);
  await expect.poll(() => widthOf(cell("span"))).toBe(before.span - 120);
  await page.getByRole("button", { name: "Columns of the timeline" }).press("Enter");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => widthOf(cell("span"))).toBe(before.span);
  await expect.poll(() => widthOf(cell("tokens"))).toBe(before.tokens);
  expect(complaints).toEqual([]);
});

test("the columns of the table of steps", async () => {
  const { page, complaints, picture } = await openPage({ colorScheme: "dark" });
  await openSession(page, "steps");
  const heads = page.getByRole("columnheader");
  const calls = page.locator('th[data-column="calls"]');
  await calls.waitFor();
  const all = await heads.count();
  const before = await widthOf(calls);
  await drag(page, calls, 60);
  await expect.poll(() => widthOf(calls)).toBe(before + 60);
  await page.getByRole("button", { name: "Columns of the table" }).click();
  await page.getByRole("checkbox", { name: "p95" }).uncheck();
  await page.getByRole("checkbox", { name: "Share" }).uncheck();
  await expect.poll(() => heads.count()).toBe(all - 2);
  expect(await page.locator("tbody tr").first().locator("th, td").count()).toBe(all - 2);
  await picture("steps-columns");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => heads.count()).toBe(all);
  await expect.poll(() => widthOf(calls)).toBe(before);
  expect(complaints).toEqual([]);
});
