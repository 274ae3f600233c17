import { afterAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

async function post(url: string, numbers: readonly number[]) {
  const end = BigInt(Date.now()) * 1_000_000n;
  const spans = numbers.map((number) => ({
    traceId: (number + 1).toString(16).padStart(32, "0"),
    spanId: "051581bf3cb55c13",
    name: "chat",
    startTimeUnixNano: String(end - 5_000_000n),
    endTimeUnixNano: String(end),
    attributes: [
      { key: "session.id", value: { stringValue: `plain-${number}` } },
      { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
      { key: "input.value", value: { stringValue: `the horse of ${number}` } },
    ],
  }));
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}

/** The focused element, in words. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return "nothing";
    return activeElement.closest(".session-row") === null
      ? (activeElement.getAttribute("aria-label") ?? activeElement.textContent)
      : `row ${activeElement.textContent}`;
  });

/** Sends an export and waits until the list has rendered it. */
async function deliver(page: Page, url: string, number: number) {
  const before = await page.getByRole("navigation", { name: "Status" }).textContent();
  await post(url, [number]);
  await expect.poll(() => page.getByRole("navigation", { name: "Status" }).textContent()).not.toBe(before);
}

test("the list does not move the focus of the reader", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(url, [0]);
  for (const number of [1, 2]) await post(url, [number]);
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions?sort=start`);
  await expect.poll(() => page.locator(".session-row").count()).toBe(3);
  const titles = await page.locator(".row-link").allTextContents();
  const search = page.getByLabel("Search the sessions");

  await page.keyboard.press("j");
  await expect.poll(() => focused(page)).toBe(`row ${titles[0]}`);
  await page.keyboard.press("j");
  await expect.poll(() => focused(page)).toBe(`row ${titles[1]}`);

  // All rows are one stop of the Tab key: it goes out of the rows, and comes back to the same row.
  await page.keyboard.press("Tab");
  await expect.poll(() => focused(page)).not.toMatch(/^row/);
  await page.keyboard.press("Shift+Tab");
  await expect.poll(() => focused(page)).toBe(`row ${titles[1]}`);
  await page.keyboard.press("j");
  await page.keyboard.press("Home");
  await expect.poll(() => focused(page)).toBe(`row ${titles[0]}`);
  await page.keyboard.press("Shift+Tab");
  await expect.poll(() => focused(page)).not.toMatch(/^row/);

  // After a key that moves the selection, the search receives the typed text, also while exports arrive.
  await page.keyboard.press("j");
  await page.keyboard.press("/");
  await page.keyboard.type("the ");
  await deliver(page, url, 3);
  await page.keyboard.type("horse");
  await picture("focus-search");
  expect([await search.inputValue(), await focused(page)]).toEqual(["the horse", "Search the sessions"]);
  await search.fill("");
  await expect.poll(() => new URL(page.url()).search).toBe("?sort=start");
  await page.locator('[role="table"][aria-busy="false"]').waitFor();

  // The filters do too, after a Ctrl-click on a row.
  // Chromium does not always open the tab: the test asks that the page leaves the click to the browser.
  const click = page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener(
          "click",
          (event) => {
            resolve([event.ctrlKey || event.metaKey, event.defaultPrevented]);
            event.preventDefault();
          },
          { once: true },
        );
      }),
  );
  await page
    .locator(".row-link")
    .first()
    .click({ modifiers: ["ControlOrMeta"] });
  expect(await click).toEqual([true, false]);
  expect(new URL(page.url()).pathname).toBe("/sessions");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("form", { name: "Filter" }).getByLabel("Model").click();
  await page.keyboard.type("even-");
  await deliver(page, url, 4);
  await page.keyboard.type("model");
  expect(await page.getByRole("form", { name: "Filter" }).getByLabel("Model").inputValue()).toBe("even-model");
  expect(complaints).toEqual([]);
});

test("a key that moves the selection out of view moves the focus too, unless the reader moves it elsewhere", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(
    url,
    Array.from({ length: 90 }, (_, index) => index),
  );
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions?sort=start`);
  await page.locator(".session-row").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("End");
  const last = await page.getByRole("table", { name: "Sessions" }).getAttribute("aria-rowcount");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest("[role=row]")?.getAttribute("aria-rowindex")))
    .toBe(last);

  await page.evaluate(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true })));
  await page.getByLabel("Search the sessions").focus();
  await page.locator('.session-row[aria-rowindex="2"]').waitFor();
  expect(await focused(page)).toBe("Search the sessions");
  expect(complaints).toEqual([]);
});
