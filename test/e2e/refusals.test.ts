import { request } from "node:http";
import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

/** An export with the Host header of another machine. */
function postElsewhere(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host: "192.168.1.7:8787", "content-type": "application/json" };
    request(`${url}/v1/traces`, { method: "POST", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end("{}");
  });
}

async function postSpan(url: string): Promise<void> {
  const end = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: "051581bf3cb55c13",
    name: "tool.search",
    startTimeUnixNano: String(end - 5_000_000n),
    endTimeUnixNano: String(end),
    attributes: [{ key: "session.id", value: { stringValue: "trip" } }],
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "planner" } }] };
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(response.status).toBe(200);
}

test("thirty refusals are one line in the footer, which turns grey, can be dismissed, and returns", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await postSpan(url);
  for (let n = 0; n < 30; n++) expect(await postElsewhere(url)).toBe(403);

  const { page, complaints, picture } = await openPage();
  await page.clock.install();
  await page.goto(`${url}/sessions`);
  const foot = page.locator("footer");
  const note = foot.locator(".exports-refused");
  await note.getByText("× 30").waitFor();
  expect(await note.innerText()).toContain("refused (403) ×\u00a030: This program is open");
  expect(await foot.innerText()).toContain("planner");
  // The span was received before the page opened, and a refusal does not measure the delay of live spans: no delay is shown.
  expect(await page.locator(".stream-detail").count()).toBe(0);
  const colour = () => note.locator(".rejected").evaluate((element) => getComputedStyle(element).color);
  const red = await colour();
  await picture("refusals-red");
  await page.setViewportSize({ width: 390, height: 700 });
  await picture("refusals-narrow");
  await page.setViewportSize({ width: 1360, height: 850 });

  const toggle = foot.getByRole("button", { name: "Last export" });
  await note.getByText("refused").click();
  await expect.poll(() => toggle.getAttribute("aria-expanded")).toBe("true");
  // The table's code is loaded when it is first opened.
  await expect.poll(() => foot.getByRole("row").filter({ hasText: "× 30" }).count()).toBe(1);
  await expect.poll(() => foot.getByRole("row").filter({ hasText: "planner" }).count()).toBe(1);
  await picture("refusals-table");
  await toggle.press("Enter");
  await expect.poll(() => toggle.getAttribute("aria-expanded")).toBe("false");

  const present = await page.evaluate(() => Date.now());
  await page.clock.pauseAt(present + 6 * 60_000);
  await expect.poll(colour).not.toBe(red);
  await picture("refusals-grey");
  await page.clock.resume();

  await note.getByRole("button", { name: "Dismiss this refusal" }).click();
  expect(await note.count()).toBe(0);
  await expect.poll(() => toggle.getAttribute("aria-expanded")).toBe("false");
  await picture("refusals-dismissed");
  await page.reload();
  await foot.getByText("planner").waitFor();
  expect(await note.count()).toBe(0);

  await postElsewhere(url);
  await note.getByText("× 31").waitFor();
  expect(complaints).toEqual([]);
});
