import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";
import type { Page } from "playwright-core";

afterAll(closeBrowser);

/** Whether the overview shows any step. */
const isOverviewDrawn = (page: Page): Promise<boolean> =>
  page.locator(".overview canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return false;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return data.some((value) => value > 0);
  });

/** 20 steps of ten seconds, exported in one request: a busy machine has time to look at the page between two. */
function steps() {
  const start = 1_790_000_000_000_000_000n;
  return Array.from({ length: 20 }, (_, index) => ({
    traceId: "5b8aa5a2d2c872e8321cf37308d69df2",
    spanId: (index + 1).toString(16).padStart(16, "0"),
    name: `step.${index}`,
    startTimeUnixNano: String(start + BigInt(index) * 10_000_000_000n),
    endTimeUnixNano: String(start + BigInt(index + 1) * 10_000_000_000n),
    attributes: [{ key: "session.id", value: { stringValue: "walk" } }],
  }));
}

test("a link to a replay replays the session in its own time, controlled by bar, axis and keys", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: steps() }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);

  const { page, complaints, picture } = await openPage();
  const rows = page.getByRole("treegrid").getByRole("row");
  const word = page.getByRole("status").first();
  const query = () => new URL(page.url()).searchParams;

  await page.goto(`${url}/sessions/walk?view=timeline&replay=true&speed=2&idle=1h`);
  await rows.filter({ hasText: "step.0" }).waitFor();
  expect(await rows.filter({ hasText: "step.19" }).count()).toBe(0);
  await expect.poll(() => word.textContent()).toBe("Replay");
  await expect.poll(() => isOverviewDrawn(page)).toBe(true);

  await page.getByRole("button", { name: "Pause" }).click();
  await expect.poll(() => word.textContent()).toBe("Replay paused");
  const resting = await rows.count();
  expect(resting).toBeLessThan(20);
  await picture("replay-paused");

  await page.getByText("50×").click();
  await expect.poll(() => query().get("speed")).toBe("50");
  expect(await rows.count()).toBe(resting);
  await page.keyboard.press("Space");
  await expect.poll(() => word.textContent()).toBe("Replay finished");
  await expect.poll(() => rows.filter({ hasText: "step.19" }).count()).toBe(1);

  // A click on the middle of the axis shows earlier spans at once, and no later ones.
  await page.getByText("1×", { exact: true }).click();
  const box = await page.locator(".overview-map").boundingBox();
  if (box === null) throw new Error("the overview has no place");
  await page.mouse.click(box.x + box.width * 0.525, box.y + 10);
  await rows.filter({ hasText: "step.9" }).waitFor();
  expect(await rows.filter({ hasText: "step.15" }).count()).toBe(0);
  await expect.poll(() => query().get("from")).toMatch(/^1790000\d{12}$/);
  await page.keyboard.press(">");
  await expect.poll(() => query().get("speed")).toBe("2");

  // A seek just before the end of the replay does not restart it.
  await page.getByRole("slider", { name: "Position" }).press("ArrowRight");
  await page.getByRole("button", { name: "Back to live" }).click();
  await expect.poll(() => word.textContent()).toBe("Live");
  await page.waitForTimeout(400);
  expect(query().get("replay")).toBe(null);
  await expect.poll(() => isOverviewDrawn(page)).toBe(true);
  await expect.poll(() => rows.filter({ hasText: "step.19" }).count()).toBe(1);
  await page.goBack();
  await expect.poll(() => page.getByRole("region", { name: "Replay" }).count()).toBe(1);
  expect(complaints).toEqual([]);
});
