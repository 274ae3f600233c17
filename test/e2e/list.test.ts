import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** One model call for each session. Later sessions have more tokens, and every tenth fails. */
function sessionsOf(numbers: readonly number[]) {
  const end = BigInt(Date.now()) * 1_000_000n;
  return numbers.map((number) => ({
    traceId: (number + 1).toString(16).padStart(32, "0"),
    spanId: "051581bf3cb55c13",
    name: "chat",
    startTimeUnixNano: String(end - 5_000_000n),
    endTimeUnixNano: String(end),
    status: number % 10 === 0 ? { code: 2, message: "overloaded" } : {},
    attributes: [
      text("session.id", `plain-${number}`),
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.request.model", number % 2 === 0 ? "even-model" : "odd-model"),
      text("input.value", number % 50 === 0 ? `the zebra of ${number}` : `the horse of ${number}`),
      { key: "gen_ai.usage.input_tokens", value: { intValue: String(number) } },
    ],
  }));
}

async function post(url: string, numbers: readonly number[]) {
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: sessionsOf(numbers) }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test("the server searches, filters and sorts a long list, and the URL has the parameters", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(url, upTo(160));
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions?kind=all`);
  const rows = page.locator(".session-row");
  const titles = async () => (await page.locator(".row-link").allTextContents()).join(", ");
  await rows.first().waitFor();
  await expect.poll(() => page.getByRole("navigation", { name: "Status" }).textContent()).toContain("All160");

  // The search includes rows that were not loaded.
  await page.getByLabel("Search the sessions").fill("zebra");
  await expect.poll(() => page.getByRole("table").getAttribute("aria-rowcount")).toBe("5");
  await expect.poll(() => new URL(page.url()).search).toBe("?kind=all&q=zebra");

  await page.getByRole("columnheader", { name: "Tokens" }).getByRole("link").click();
  await expect.poll(titles).toBe([150, 100, 50, 0].map((number) => `the zebra of ${number}`).join(", "));
  await page.getByRole("columnheader", { name: "Tokens" }).getByRole("link").click();
  await expect.poll(titles).toBe([0, 50, 100, 150].map((number) => `the zebra of ${number}`).join(", "));
  await expect
    .poll(() => page.getByRole("columnheader", { name: "Tokens" }).getAttribute("aria-sort"))
    .toBe("ascending");

  // A press beside the form closes it, and opens no session below.
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("form", { name: "Filter" }).getByLabel("Model").waitFor();
  const below = await rows.last().boundingBox();
  await page.mouse.click((below?.x ?? 0) + 400, (below?.y ?? 0) + 10);
  await page.getByRole("form", { name: "Filter" }).waitFor({ state: "detached" });
  expect(new URL(page.url()).pathname).toBe("/sessions");

  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("form", { name: "Filter" }).getByLabel("Model").fill("odd-model");
  await page.keyboard.press("Enter");
  await page.getByText("No session matches").waitFor();
  await expect.poll(() => page.getByRole("definition").allTextContents()).toEqual(["zebra", "odd-model"]);
  await expect.poll(() => new URL(page.url()).search).toBe("?kind=all&q=zebra&model=odd-model&sort=tokens&order=asc");

  // A later match appears without a reload.
  await post(url, [1001]);
  const zebra = sessionsOf([1003]).map((span) => ({
    ...span,
    attributes: [...span.attributes.slice(0, 3), text("input.value", "zebra at last")],
  }));
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: zebra }] }] });
  await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
  await expect.poll(titles).toBe("zebra at last");

  await page.getByRole("link", { name: "Remove Model odd-model" }).click();
  await expect.poll(() => rows.count()).toBe(5);
  await page.goBack();
  await expect.poll(titles).toBe("zebra at last");
  expect(complaints).toEqual([]);
});

test("a long list loads more while it is scrolled, and new sessions wait", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(url, upTo(320));
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions?sort=tokens`);
  const table = page.getByRole("table", { name: "Sessions" });
  await table.getByText("the horse of 319").waitFor();
  expect(await table.getAttribute("aria-rowcount")).toBe("-1");

  await post(url, [350]);
  await expect.poll(() => page.locator(".row-link").first().textContent()).toBe("the zebra of 350");
  await page.keyboard.press("End");
  await expect
    .poll(async () => {
      await page.keyboard.press("End");
      return await page.locator(".row-link").last().textContent();
    })
    .toBe("the zebra of 0");
  await expect.poll(() => table.getAttribute("aria-rowcount")).toBe("322");
  expect(await page.locator(".session-row").count()).toBeLessThan(100);

  await post(url, [351]);
  await page.getByRole("button", { name: "1 new session" }).click();
  await expect.poll(() => page.locator(".row-link").first().textContent()).toBe("the horse of 351");
  expect(complaints).toEqual([]);
});

test("a deletion can be undone for ten seconds, and is sent when the reader leaves", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await post(url, [1, 2]);
  const { page, complaints } = await openPage();
  const rows = page.locator(".session-row");
  const remove = async () => {
    await rows.filter({ hasText: "the horse of 1" }).getByRole("link").click();
    await page.getByRole("button", { name: "Details, export, delete" }).click();
    await page.getByRole("button", { name: "Delete this session" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => rows.count()).toBe(1);
  };
  await page.goto(`${url}/sessions`);
  await remove();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => rows.count()).toBe(2);

  await remove();
  await page.goto("about:blank");
  const left = async () =>
    (await (await fetch(`${url}/sessions`, { headers: { accept: "application/json" } })).json()).counts.all;
  await expect.poll(left).toBe(1);
  expect(complaints).toEqual([]);
});
