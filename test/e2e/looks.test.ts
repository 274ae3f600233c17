import { afterAll, expect, test } from "vitest";
import { run, startProgram, temporaryDirectory } from "../program/program.ts";
import { faintTexts } from "./contrast.ts";
import { closeBrowser, openPage, showTimeline } from "./open-page.ts";

afterAll(closeBrowser);

const background = () => getComputedStyle(document.body).backgroundColor;
const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

/** Relative luminance, 0 to 1, of a computed colour. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

test("light, dark and narrow pages have no overflow and enough contrast", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const demo = await run("demo", ["--fast", "--sessions", "6", "--endpoint", url]);
  expect(demo.code).toBe(0);
  const session =
    demo.output
      .split("\n")
      .find((line) => line.includes("checkout-latency"))
      ?.trim() ?? "";

  const luminances: Record<string, number> = {};
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, viewport] of Object.entries({
      wide: { width: 1360, height: 850 },
      narrow: { width: 390, height: 844 },
    })) {
      const { page, complaints, picture } = await openPage({ colorScheme, viewport, reducedMotion: "reduce" });
      await page.goto(`${url}/sessions`);
      await page.locator('a[href^="/sessions/release-"]').first().waitFor();
      await picture(`list-${colorScheme}-${width}`);
      expect(await page.evaluate(overflow), `list, ${colorScheme}, ${width}`).toBe(0);
      expect(await page.evaluate(faintTexts), `list, ${colorScheme}, ${width}`).toEqual([]);

      await page.goto(session);
      await page.getByRole("tabpanel").getByText("investigator").first().waitFor();
      await picture(`transcript-${colorScheme}-${width}`);
      await showTimeline(page);
      const rows = page.getByRole("treegrid").getByRole("row");
      await rows.filter({ hasText: "investigator" }).first().waitFor();
      await picture(`session-${colorScheme}-${width}`);
      expect(await page.evaluate(overflow), `session, ${colorScheme}, ${width}`).toBe(0);
      expect(await page.evaluate(faintTexts), `session, ${colorScheme}, ${width}`).toEqual([]);

      await rows.filter({ has: page.locator('[title="tool.search_logs"]') }).click();
      await page.getByText("pool exhausted, 20 waiting").first().waitFor();
      await picture(`span-${colorScheme}-${width}`);
      expect(await page.evaluate(overflow), `span, ${colorScheme}, ${width}`).toBe(0);
      expect(await page.evaluate(faintTexts), `span, ${colorScheme}, ${width}`).toEqual([]);

      await page.goto(`${session}?replay=true&speed=0.01`);
      await page.getByRole("region", { name: "Replay" }).waitFor();
      await picture(`replay-${colorScheme}-${width}`);
      expect(await page.evaluate(overflow), `replay, ${colorScheme}, ${width}`).toBe(0);
      expect(await page.evaluate(faintTexts), `replay, ${colorScheme}, ${width}`).toEqual([]);
      luminances[colorScheme] = luminance(await page.evaluate(background));
      expect(complaints).toEqual([]);
    }
  }
  expect(luminances["light"]).toBeGreaterThan(0.8);
  expect(luminances["dark"]).toBeLessThan(0.2);
});

test("the page can be used by keyboard alone", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  await run("demo", ["--fast", "--endpoint", url]);
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.locator('a[href^="/sessions/checkout-latency-"]').waitFor();

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Timeline" }).waitFor();
  await page.keyboard.press("2");
  const tree = page.getByRole("treegrid");
  await tree.getByRole("row").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("complementary", { name: "Span" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("complementary", { name: "Span" }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("the keyboard help has a link to the licences", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const { page, complaints } = await openPage();
  await page.goto(`${url}/sessions`);
  await page.getByRole("heading").first().waitFor();
  await page.keyboard.press("?");
  const link = page.getByRole("dialog", { name: "Keyboard" }).getByRole("link", { name: "Licences" });
  expect(await link.getAttribute("target")).toBe("_blank");
  const opened = page.waitForEvent("popup");
  await link.click();
  const licences = await opened;
  await expect.poll(() => licences.locator("body").textContent()).toMatch(/Spanfold is licensed under Apache-2\.0/);
  expect(complaints).toEqual([]);
});

test("of ten thousand spans only the rows in view are mounted, from the first to the last", async () => {
  const { url } = await startProgram({ DATA_DIR: await temporaryDirectory() });
  const spans = Array.from({ length: 10_000 }, (_, index) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: (index + 1).toString(16).padStart(16, "0"),
    ...(index === 0 ? {} : { parentSpanId: (Math.floor((index - 1) / 20) + 1).toString(16).padStart(16, "0") }),
    name: `step.${index}`,
    startTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n),
    endTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(index + 1) * 1_000_000n),
    attributes: [{ key: "session.id", value: { stringValue: "large" } }],
  }));
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);

  const { page, complaints, picture } = await openPage();
  await page.goto(`${url}/sessions/large?view=timeline`);
  const tree = page.getByRole("treegrid");
  await tree.getByRole("row").filter({ hasText: "step.0" }).first().waitFor();
  await expect.poll(() => tree.getAttribute("aria-rowcount")).toBe("10000");
  expect(await tree.getByRole("row").count()).toBeLessThan(200);

  await page.keyboard.press("End");
  // Twenty children each: the last child's last child's last child.
  await tree.getByRole("row").filter({ hasText: "step.8420" }).first().waitFor();
  expect(await tree.getByRole("row").count()).toBeLessThan(200);
  await picture("large");
  expect(complaints).toEqual([]);
});
