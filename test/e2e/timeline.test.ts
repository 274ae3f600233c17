import { afterAll, expect, test } from "vitest";
import { startProgram, temporaryDirectory } from "../program/program.ts";
import { closeBrowser, openPage } from "./open-page.ts";

afterAll(closeBrowser);

const NOW = BigInt(Date.now()) * 1_000_000n;

function span(id: number, parent: number, from: number, to: number, tool = "") {
  const at = (second: number) => String(NOW - 1_000_000_000_000n + BigInt(second) * 1_000_000_000n);
  return {
    traceId: "5b8aa5a2d2c872e8321cf37308d69df5",
    spanId: id.toString(16).padStart(16, "0"),
    ...(parent === 0 ? {} : { parentSpanId: parent.toString(16).padStart(16, "0") }),
    name: tool === "" ? `inner ${id}` : tool,
    startTimeUnixNano: at(from),
    endTimeUnixNano: at(to),
    attributes: Object.entries({
      "session.id": "lanes",
      ...(tool === "" ? {} : { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool }),
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
}

test("plumbing and pauses are folded, and the lanes are driven like a map", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const spans = [
    span(1, 0, 0, 620, "job"),
    ...[2, 3, 4, 5, 6, 7].map((id) => span(id, id - 1, 0, 10)),
    span(8, 7, 0, 10, "before"),
    span(9, 1, 610, 620, "after"),
  ];
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  await fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/lanes?view=timeline&kinds=plumbing`);
  const titles = () => page.getByRole("treegrid").locator(".span-title").allTextContents();
  await expect.poll(titles).toEqual(["job", ...[2, 3, 4, 5, 6, 7].map((id) => `inner ${id}`), "before", "after"]);
  await page.goto(`${url}/sessions/lanes?view=timeline`);
  await expect.poll(titles).toEqual(["job", "6\u00a0internal spans", "before", "after"]);
  await expect.poll(() => page.locator(".axis-fold").textContent()).toBe("10\u00a0m idle");

  const after = page.getByRole("row").filter({ hasText: "after" }).locator(".lane > .bar");
  const range = () => new URL(page.url()).searchParams.get("range");
  const width = async () => (await after.boundingBox())?.width ?? 0;
  const whole = await width();
  await after.hover();
  await page.locator(".hover-card").getByText("10.0 s").first().waitFor();
  await picture("timeline-map");
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -160);
  await page.keyboard.up("Control");
  await expect.poll(width).toBeGreaterThan(whole * 1.3);
  await expect.poll(range).not.toBe(null);
  const zoomed = range();
  await page.mouse.wheel(-80, 0);
  await expect.poll(range).not.toBe(zoomed);
  await page.keyboard.press("0");
  await expect.poll(range).toBe(null);
  await page.keyboard.press("w");
  await expect.poll(range).not.toBe(null);
  await page.keyboard.press("0");
  await after.dblclick();
  await expect.poll(range).toMatch(/^60\d+-62\d+$/);

  await page.keyboard.press("c");
  await page.locator(".critical").first().waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get("critical")).toBe("true");
  expect(complaints).toEqual([]);
});
